import type { Clock } from "@posthorn/core/ports"
import type { Instant } from "@posthorn/core/time"

/** Calls `ring` at an instant, or somewhat early; answers how to call it off. */
export type SetTimer = (at: Instant, ring: () => void) => () => void

/** The longest that setTimeout can wait; beyond it, it would not wait at all. */
const TIMEOUT_MAX = 2 ** 31 - 1

export const setTimerBy =
  (clock: Clock): SetTimer =>
  (at, ring) => {
    const timer = setTimeout(ring, Math.min(Math.max(at - clock.now(), 0), TIMEOUT_MAX))
    return () => clearTimeout(timer)
  }

/** One timer for many instants: rings once, by the soonest that was asked for since it last rang. */
export const createAlarm = (setTimer: SetTimer, ring: () => void) => {
  let setFor = Infinity
  let callOff: (() => void) | null = null

  const cancel = (): void => {
    callOff?.()
    callOff = null
    setFor = Infinity
  }
  return {
    by: (at: Instant): void => {
      if (at >= setFor) return
      cancel()
      setFor = at
      callOff = setTimer(at, () => {
        cancel()
        ring()
      })
    },
    cancel,
  }
}
