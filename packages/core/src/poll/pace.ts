import { SECOND_MS, type Instant } from "../time.ts"
import { type Budget, dealable, perMinuteAt } from "./budget.ts"
import { intervalFor, type Pace } from "./due.ts"

export interface ScheduleSettings {
  /** How often an account is to be polled, in ms. */
  intervalMs: number
  requestsPerMinute: number
}

/** How often each account is polled now, and why less often than wished, in words for its `statusReason`. */
export const paceOf = (accounts: number, budget: Budget | null, settings: ScheduleSettings, now: Instant): Pace => {
  const perMinute = dealable(perMinuteAt(budget, settings.requestsPerMinute, now))
  const intervalMs = intervalFor(settings.intervalMs, accounts, perMinute)
  if (intervalMs <= settings.intervalMs) return { intervalMs, stretched: null }
  const [wished, got] = [settings.intervalMs / SECOND_MS, Math.ceil(intervalMs / SECOND_MS)]
  const why = `${accounts} accounts share ${perMinute} requests a minute`
  return { intervalMs, stretched: `Polled every ${got} s instead of ${wished} s: ${why}.` }
}
