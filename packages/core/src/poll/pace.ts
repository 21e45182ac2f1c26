import type { Account } from "../account.ts"
import { SECOND_MS, type Instant } from "../time.ts"
import { type Budget, dealable, perMinuteAt } from "./budget.ts"
import { shortestFor, type Pace } from "./due.ts"

export interface ScheduleSettings {
  /** How often an account is to be polled, in ms. */
  intervalMs: number
  requestsPerMinute: number
  /** Only these are polled, whatever was polled before; absent or null: all. */
  accountIds?: string[] | null
}

/**
 * How often each account is polled now, and why less often than wished, in words for its `statusReason`. An interval of its own
 * takes the deployment's place; both are stretched where there are too many accounts for the requests. Paused ones cost nothing.
 */
export const paceOf = (
  accounts: Pick<Account, "paused" | "pollSeconds">[],
  budget: Budget | null,
  settings: ScheduleSettings,
  now: Instant,
): ((account: Pick<Account, "pollSeconds">) => Pace) => {
  const perMinute = dealable(perMinuteAt(budget, settings.requestsPerMinute, now))
  const wishOf = ({ pollSeconds }: Pick<Account, "pollSeconds">): number =>
    pollSeconds === null ? settings.intervalMs : pollSeconds * SECOND_MS
  const polled = accounts.filter(({ paused }) => !paused)
  const shortest = shortestFor(polled.map(wishOf), perMinute)
  return (account) => {
    const wish = wishOf(account)
    if (shortest <= wish) return { intervalMs: wish, stretched: null }
    const [wished, got] = [wish / SECOND_MS, Math.ceil(shortest / SECOND_MS)]
    const why = `${polled.length} accounts share ${perMinute} requests a minute`
    return { intervalMs: shortest, stretched: `Polled every ${got} s instead of ${wished} s: ${why}.` }
  }
}

/** Those of the known accounts that the operator wants polled: one that is no longer named is left alone. */
export const chosen = <Known extends { id: string }>(accounts: Known[], { accountIds }: ScheduleSettings): Known[] =>
  accountIds === null || accountIds === undefined ? accounts : accounts.filter(({ id }) => accountIds.includes(id))
