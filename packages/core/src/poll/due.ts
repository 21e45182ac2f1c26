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

export interface Deal {
  now: Instant
  /** Polls up to this instant are dealt out: one tick's length ahead, or just `now`. */
  until: Instant
  /** Between two polls of an account; several of them may fall into one tick. */
  intervalMs: number
  /** Requests at hand for all of them. */
  requests: number
}

/**
 * Which polls are due up to `until`, and how the requests at hand are dealt out among them: one list call each, then what is left in
 * turns, first to accounts that could not read everything last time. Pure. The sum of all grants is at most `requests`; a poll that
 * gets no list call is not made, and its account stays due.
 */
export const due = (accounts: Pick<Account, "id" | "nextPollAt" | "demand">[], deal: Deal): PollMessage[] => {
  const polls = accounts
    .flatMap((account) => timesOf(account, deal).map((at) => ({ account, at, threads: 0 })))
    .sort((a, b) => a.at - b.at || (a.account.id < b.account.id ? -1 : 1))
    .slice(0, Math.max(0, deal.requests))
  let left = deal.requests - polls.length
  const give = (wanted: (account: { demand: number }) => number): void => {
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
  give(() => THREADS_PER_POLL_MAX)
  return polls.map(({ account, at, threads }) => ({ v: 1, accountId: account.id, at, grant: { list: 1, threads } }))
}

/** The first poll keeps its own instant, however long ago: a later one has been there if the account's is newer. */
const timesOf = (account: Pick<Account, "nextPollAt">, { now, until, intervalMs }: Deal): Instant[] => {
  if (account.nextPollAt > until) return []
  const times = [account.nextPollAt]
  for (let at = Math.max(account.nextPollAt, now) + intervalMs; at <= until; at += intervalMs) {
    if (times.length === POLLS_PER_DEAL_MAX) break
    times.push(at)
  }
  return times
}

/** The interval that so many accounts can have: as wished, or stretched until their list calls fit into their share. */
export const intervalFor = (wishedMs: number, accounts: number, dealablePerMinute: number): number => {
  const listsPerMinute = Math.max(1, dealablePerMinute * LIST_SHARE)
  return Math.max(wishedMs, Math.ceil((accounts * MINUTE_MS) / listsPerMinute))
}
