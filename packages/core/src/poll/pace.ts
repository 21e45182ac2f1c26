import { SECOND_MS, type Instant } from "../time.ts"
import { type Budget, dealable, perMinuteAt } from "./budget.ts"
import { intervalFor, type Pace } from "./due.ts"

export interface ScheduleSettings {
  /** How often an account is to be polled, in ms. */
  intervalMs: number
  requestsPerMinute: number
  /** Only these are polled, whatever was polled before; absent or null: all. */
  accountIds?: string[] | null
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

/** Those of the known accounts that the operator wants polled: one that is no longer named is left alone. */
export const chosen = <Known extends { id: string }>(accounts: Known[], { accountIds }: ScheduleSettings): Known[] =>
  accountIds === null || accountIds === undefined ? accounts : accounts.filter(({ id }) => accountIds.includes(id))
