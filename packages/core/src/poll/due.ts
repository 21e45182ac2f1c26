import * as z from "zod"

import type { Account } from "../account.ts"
import { MINUTE_MS, type Instant } from "../time.ts"

/** Requests to upstream that one poll may make. */
export const Grant = z.object({ list: z.int().min(0), threads: z.int().min(0) })
export type Grant = z.infer<typeof Grant>

/** How often accounts are polled at present, and the sentence about it where that is less often than wished. */
export const Pace = z.object({ intervalMs: z.number().positive(), stretched: z.string().nullable() })
export type Pace = z.infer<typeof Pace>

/** Poll this account, at that instant, with that grant. Tagged, since old messages wait in queues across deploys. */
export const PollMessage = z.object({
  v: z.literal(1),
  accountId: z.string(),
  at: z.number(),
  grant: Grant,
  /** For whoever polls in another process than the one that dealt. */
  pace: Pace.optional(),
})
export type PollMessage = z.infer<typeof PollMessage>

/** More threads than this are not read in one poll, however much is left: a poll has to end within its function's timeout. */
export const THREADS_PER_POLL_MAX = 30
/** More polls of one account than this are not dealt out at once. */
const POLLS_PER_DEAL_MAX = 60
/** Accounts share this much of the dealable requests for their list calls; the rest reads threads. */
const LIST_SHARE = 0.5

/** More requests than this are not spent on an account's backfill or reconciliation in one poll. */
export const JOB_REQUESTS_PER_POLL = 10

/** What of an account decides when it is polled, and with how many requests. */
export type Waiting = Pick<
  Account,
  | "id"
  | "nextPollAt"
  | "pollAskedAt"
  | "pollAgainAt"
  | "lastAttemptedAt"
  | "paused"
  | "pollSeconds"
  | "demand"
  | "jobId"
  | "reconciling"
>

export interface Deal {
  now: Instant
  /** Polls up to this instant are dealt out: one tick's length ahead, or just `now`. */
  until: Instant
  /** Between two polls of an account; several of them may fall into one tick. */
  intervalMs: (account: Waiting) => number
  /** Requests at hand for all of them. */
  requests: number
}

/** Whether someone asked for a poll and none has begun since: one that was under way then may have looked upstream before. */
export const isAsked = ({ pollAskedAt, lastAttemptedAt }: Pick<Account, "pollAskedAt" | "lastAttemptedAt">): boolean =>
  isOwed(pollAskedAt, lastAttemptedAt)

const isOwed = (at: Instant | null, lastAttemptedAt: Instant | null): at is Instant =>
  at !== null && (lastAttemptedAt === null || at > lastAttemptedAt)

/** When an account is to be polled next. */
export const dueAt = (
  account: Pick<Account, "nextPollAt" | "pollAskedAt" | "pollAgainAt" | "lastAttemptedAt" | "paused">,
): Instant =>
  // What a hint left behind does not count while paused: such a poll looks after the log alone, and serves no wish.
  [account.pollAskedAt, account.paused ? null : account.pollAgainAt].reduce<Instant>(
    (due, at) => (isOwed(at, account.lastAttemptedAt) ? Math.min(due, at) : due),
    account.nextPollAt,
  )

/** Whether a poll of it only looks after its log: upstream is left alone. */
export const isOnlyTended = (account: Pick<Account, "paused" | "pollAskedAt" | "lastAttemptedAt">): boolean =>
  account.paused && !isAsked(account)

/**
 * Which polls are due up to `until`, and how the requests at hand are dealt out among them: one list call each, then what is left in
 * turns, first to accounts that could not read everything last time, then to backfills and reconciliations. Pure. The sum of all
 * grants is at most `requests`; a poll that gets no list call is not made, and its account stays due. A paused account needs none.
 */
export const due = (accounts: Waiting[], deal: Deal): PollMessage[] => {
  const isDue = (account: Waiting): boolean => dueAt(account) <= deal.until
  const tended = accounts
    .filter((account) => isOnlyTended(account) && isDue(account))
    .map((account) => pollOf(account, dueAt(account), { list: 0, threads: 0 }))
  const polls = accounts
    .filter((account) => !isOnlyTended(account) && isDue(account))
    .flatMap((account) => timesOf(account, deal).map((at) => ({ account, at, threads: 0 })))
    .sort((a, b) => a.at - b.at || (a.account.id < b.account.id ? -1 : 1))
    .slice(0, Math.max(0, deal.requests))
  let left = deal.requests - polls.length
  const give = (wanted: (account: Waiting) => number): void => {
    for (let given = true; given && left > 0;) {
      given = false
      for (const poll of polls) {
        if (left === 0 || poll.threads >= Math.min(wanted(poll.account), THREADS_PER_POLL_MAX)) continue
        poll.threads++
        left--
        given = true
      }
    }
  }
  give((account) => account.demand)
  give((account) => account.demand + (hasJob(account) ? JOB_REQUESTS_PER_POLL : 0))
  give(() => THREADS_PER_POLL_MAX)
  return [...polls.map(({ account, at, threads }) => pollOf(account, at, { list: 1, threads })), ...tended]
}

const hasJob = ({ jobId, reconciling }: Waiting): boolean => jobId !== null || reconciling !== null

const pollOf = ({ id }: Waiting, at: Instant, grant: Grant): PollMessage => ({ v: 1, accountId: id, at, grant })

/** The first poll keeps its own instant, however long ago: a later one has been there if the account's is newer. */
const timesOf = (account: Waiting, { now, until, intervalMs }: Deal): Instant[] => {
  const times = [dueAt(account)]
  if (account.paused) return times
  const interval = intervalMs(account)
  for (let at = Math.max(dueAt(account), now) + interval; at <= until; at += interval) {
    if (times.length === POLLS_PER_DEAL_MAX) break
    times.push(at)
  }
  return times
}

/**
 * The shortest interval that accounts with these wishes can have: those who wish for less are stretched to it, until all list calls
 * fit into their share. Whoever wishes for more than that keeps what it wishes. 0 where all wishes fit.
 */
export const shortestFor = (wishedMs: number[], dealablePerMinute: number): number => {
  let left = Math.max(1, dealablePerMinute * LIST_SHARE)
  const slowestFirst = wishedMs.toSorted((a, b) => b - a)
  for (const [index, wished] of slowestFirst.entries()) {
    const even = ((slowestFirst.length - index) * MINUTE_MS) / left
    if (even >= wished) return Math.ceil(even)
    left -= MINUTE_MS / wished
  }
  return 0
}
