/** Time and chance: handed in by tests, the runtime's own otherwise. */
export interface Platform {
  /** Milliseconds since 1970. */
  now: () => number
  random: () => number
  uuid: () => string
  /** Rejects with the signal's reason when that aborts. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export const platform: Platform = {
  now: () => Date.now(),
  random: () => Math.random(),
  uuid: () => crypto.randomUUID(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (isAborted(signal)) {
        reject(reasonOf(signal))
        return
      }
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(reasonOf(signal))
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort)
        resolve()
      }, ms)
      signal?.addEventListener("abort", onAbort, { once: true })
    }),
}

export const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

/** As the platform's own functions reject: with the reason as it is. */
export const reasonOf = (signal: AbortSignal | undefined): Error => signal?.reason as Error
