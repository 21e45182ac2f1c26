import type { Clock } from "@posthorn/core/ports"
import type { Instant } from "@posthorn/core/time"

/** A clock that stands still until it is moved, and the timers that go by it. */
export const createManualTime = (start: Instant) => {
  let now = start
  const timers = new Set<{ at: Instant; ring: () => void }>()

  const setTimer = (at: Instant, ring: () => void): (() => void) => {
    const timer = { at, ring }
    timers.add(timer)
    return () => timers.delete(timer)
  }
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => new Promise((resolve) => setTimer(now + ms, resolve)),
  }
  /** Moves the clock, and rings what is due on the way, each at its instant. */
  const advance = async (ms: number): Promise<void> => {
    const end = now + ms
    for (;;) {
      const next = [...timers].sort((a, b) => a.at - b.at).find(({ at }) => at <= end)
      if (next === undefined) break
      timers.delete(next)
      now = Math.max(now, next.at)
      next.ring()
      await turns()
    }
    now = end
    await turns()
  }
  return { clock, setTimer, advance, pending: () => timers.size }
}

/** Lets everything run that waits for nothing but its turn. */
export const turns = async (count = 10): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
