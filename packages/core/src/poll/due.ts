import type { Account } from "../account.ts"
import { MINUTE_MS, type Instant } from "../time.ts"

/** Requests to upstream that one poll may make. */
export interface Grant {
  list: number
  threads: number
}

/** Poll this account, at that instant, with that grant. Tagged, since old messages wait in queues across deploys. */
export interface PollMessage {
  v: 1
  accountId: string
  at: Instant
  grant: Grant
}

/** More threads than this are not read in one poll, however much is left: a poll has to end within its function's timeout. */
export const THREADS_PER_POLL_MAX = 30
/** Accounts share this much of the dealable requests for their list calls; the rest reads threads. */
const LIST_SHARE = 0.5

/**
 * Which accounts are due up to `until`, and how the requests at hand are dealt out among them: one list call each, then what is
 * left in turns, first to those that could not read everything last time. Pure. The sum of all grants is at most `requests`;
 * accounts that get no list call stay due.
 */
export const due = (
  accounts: Pick<Account, "id" | "nextPollAt" | "demand">[],
  { until, requests }: { until: Instant; requests: number },
): PollMessage[] => {
  const waiting = accounts
    .filter((account) => account.nextPollAt <= until)
    .sort((a, b) => a.nextPollAt - b.nextPollAt || (a.id < b.id ? -1 : 1))
    .slice(0, Math.max(0, requests))
  let left = requests - waiting.length
  const threads = new Map<string, number>()
  const give = (wants: (account: { id: string; demand: number }) => number): void => {
    for (let given = true; given && left > 0;) {
      given = false
      for (const account of waiting) {
        const has = threads.get(account.id) ?? 0
        if (left === 0 || has >= Math.min(wants(account), THREADS_PER_POLL_MAX)) continue
        threads.set(account.id, has + 1)
        left--
        given = true
      }
    }
  }
  give((account) => account.demand)
  give(() => THREADS_PER_POLL_MAX)
  return waiting.map((account) => ({
    v: 1,
    accountId: account.id,
    at: account.nextPollAt,
    grant: { list: 1, threads: threads.get(account.id) ?? 0 },
  }))
}

/** The interval that so many accounts can have: as wished, or stretched until their list calls fit into their share. */
export const intervalFor = (wishedMs: number, accounts: number, dealablePerMinute: number): number => {
  const listsPerMinute = Math.max(1, dealablePerMinute * LIST_SHARE)
  return Math.max(wishedMs, Math.ceil((accounts * MINUTE_MS) / listsPerMinute))
}
