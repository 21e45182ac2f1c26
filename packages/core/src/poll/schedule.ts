import { messageOf } from "../error.ts"
import type { Logger } from "../logger.ts"
import { type AccountStore, BATCH_MAX, type BudgetStore, type Clock, type Message, type Queue } from "../ports.ts"
import { MINUTE_MS, type Instant } from "../time.ts"
import { dealable, perMinuteAt, reserved } from "./budget.ts"
import { due, type Pace, type PollMessage } from "./due.ts"
import { chosen, paceOf, type ScheduleSettings } from "./pace.ts"

/** New accounts are looked for so often. */
const DISCOVER_MINUTES = 10
/** Threads that a poll by hand may read; what it leaves is demand, which the next deal looks at. */
const POLL_NOW_THREADS = 3

export interface ScheduleDeps {
  store: Pick<AccountStore, "listAccounts"> & Pick<BudgetStore, "getBudget" | "claimTick">
  queue: Queue<PollMessage>
  /** Makes rows for accounts that are not among the known ones; answers how many. */
  discover: (known: ReadonlySet<string>) => Promise<number>
  clock: Clock
  logger: Logger
  settings: ScheduleSettings
}

/**
 * Deals out a minute's requests, once, however often this minute is told of: one message for each poll up to the next tick. An
 * account stays due until a poll of it has ended, so that a tick that dies on its way, or a message that is refused, costs a
 * minute and no account. Answers how many polls were dealt.
 *
 * `scheduledAt` is the instant for which the timer meant this tick, not when it came: two that come within one minute of the clock,
 * the first of them late, are two ticks. A timer that does not tell means now.
 */
export const tick = async (deps: ScheduleDeps, scheduledAt: Instant = deps.clock.now()): Promise<number> => {
  const minute = minuteOf(scheduledAt)
  if (!(await deps.store.claimTick(minute))) return 0
  // Short of the next tick, or an account polled each minute would be dealt two polls at a time. The timer's clock may be ahead.
  const until = Math.min(scheduledAt, deps.clock.now()) + MINUTE_MS - 1
  const known = await deps.store.listAccounts()
  if (known.length > 0) {
    const dealt = await deal(known, until, deps)
    if ((minute / MINUTE_MS) % DISCOVER_MINUTES === 0) await look(known, deps)
    return dealt
  }
  return (await look(known, deps)) === 0 ? 0 : await deal(await deps.store.listAccounts(), until, deps)
}

type Accounts = Awaited<ReturnType<AccountStore["listAccounts"]>>

const deal = async (known: Accounts, until: Instant, deps: ScheduleDeps): Promise<number> => {
  const accounts = chosen(known, deps.settings)
  const now = deps.clock.now()
  const budget = await deps.store.getBudget()
  const pace = paceOf(accounts, budget, deps.settings, now)
  const paces = new Map(accounts.map((account) => [account.id, pace(account)]))
  const requests = dealable(perMinuteAt(budget, deps.settings.requestsPerMinute, now))
  const messages = due(accounts, { now, until, intervalMs: (account) => pace(account).intervalMs, requests })
  for (let start = 0; start < messages.length; start += BATCH_MAX) {
    const batch = messages
      .slice(start, start + BATCH_MAX)
      .map((message) => pollRequest(message, paces.get(message.accountId)))
    const refusals = (await deps.queue.send(batch)).filter((refusal) => refusal !== null)
    const [refusal] = refusals
    if (refusal !== undefined) deps.logger.warn("schedule.refused", { polls: refusals.length, error: refusal })
  }
  return messages.length
}

/** Upstream may be away: what is known is polled all the same. */
const look = async (known: Accounts, deps: ScheduleDeps): Promise<number> => {
  try {
    const found = await deps.discover(new Set(known.map((account) => account.id)))
    if (found > 0) deps.logger.info("accounts.discovered", { accounts: found })
    return found
  } catch (error) {
    deps.logger.warn("discover.failed", { error: messageOf(error) })
    return 0
  }
}

export interface PollNowDeps {
  store: Pick<AccountStore, "listAccounts" | "setWishes"> & Pick<BudgetStore, "getBudget" | "takeReserved">
  queue: Queue<PollMessage>
  clock: Clock
  settings: ScheduleSettings
}

/** A poll as soon as possible: at once, of the requests that were kept back; when those are used up, with the next tick. */
export const pollNow = async (accountId: string, deps: PollNowDeps): Promise<void> => {
  const now = deps.clock.now()
  // A wish, so that the end of a poll that is under way does not write over it: it may have looked upstream already.
  await deps.store.setWishes(accountId, { pollAskedAt: now })
  const budget = await deps.store.getBudget()
  const max = reserved(perMinuteAt(budget, deps.settings.requestsPerMinute, now))
  const take = (): Promise<boolean> => deps.store.takeReserved(minuteOf(now), max)
  if (!(await take())) return
  let threads = 0
  while (threads < POLL_NOW_THREADS && (await take())) threads++
  const accounts = chosen(await deps.store.listAccounts(), deps.settings)
  const account = accounts.find(({ id }) => id === accountId)
  const pace = account && paceOf(accounts, budget, deps.settings, now)(account)
  // Refused: the account is due, and the next tick deals.
  await deps.queue.send([pollRequest({ v: 1, accountId, at: now, grant: { list: 1, threads } }, pace)])
}

const pollRequest = (message: PollMessage, pace: Pace | undefined): Message<PollMessage> => ({
  group: message.accountId,
  notBefore: message.at,
  body: pace === undefined ? message : { ...message, pace },
})

const minuteOf = (at: Instant): Instant => Math.floor(at / MINUTE_MS) * MINUTE_MS
