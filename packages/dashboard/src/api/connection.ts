/** Whether the API answers, for the banner. Every request tells. */

type Listener = () => void

let isReachable = true
const listeners = new Set<Listener>()

const set = (value: boolean): void => {
  if (value === isReachable) return
  isReachable = value
  for (const listener of listeners) listener()
}

export const noteReachable = (): void => set(true)
export const noteUnreachable = (): void => set(false)

export const readReachable = (): boolean => isReachable
export const onReachable = (listener: Listener): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
