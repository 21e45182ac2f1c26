/** Work that comes again some time after it ended; never two at once. */
export interface Repeat {
  start(): void
  /** Resolves when the work at hand has ended. */
  stop(): Promise<void>
}

export const every = (ms: number, work: () => Promise<void>): Repeat => {
  let timer: NodeJS.Timeout | null = null
  let current: Promise<void> = Promise.resolve()
  let running = false
  const next = (): void => {
    if (!running) return
    timer = setTimeout(() => {
      current = work().then(next)
    }, ms)
  }
  return {
    start: () => {
      running = true
      next()
    },
    stop: async () => {
      running = false
      if (timer !== null) clearTimeout(timer)
      await current
    },
  }
}
