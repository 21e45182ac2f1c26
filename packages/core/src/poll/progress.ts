import type { Account, AccountProgress, AccountStatus } from "../account.ts"
import type { LogRow } from "../log-row.ts"
import type { Instant } from "../time.ts"

/** What one poll knows and has done so far. */
export interface Progress {
  owner: string
  startedAt: Instant
  /** Position of the last row of the account's log. */
  head: number
  /** How far the log has been handed to the bus. */
  published: number
  /** seenAt of that row, null until needed: a log is sorted by both. */
  lastSeenAt: Instant | null
  /** Requests to upstream that the grant still allows, beyond its one list call. */
  threadsLeft: number
  requests: number
  events: number
  tracked: number
  unreadableMessages: number
  lastMessageAt: Instant | null
  lagMs: number | null
}

export const startProgress = (
  account: Account,
  owner: string,
  startedAt: Instant,
  grant: { list: number; threads: number },
): Progress => ({
  owner,
  startedAt,
  head: account.published,
  published: account.published,
  lastSeenAt: null,
  threadsLeft: grant.threads,
  requests: 0,
  events: 0,
  tracked: account.tracked,
  unreadableMessages: account.unreadableMessages,
  lastMessageAt: account.lastMessageAt,
  lagMs: account.lagMs,
})

/** Another poll of this account is alive (a position was taken, a checkpoint or the lease had moved): this one stops, and loses nothing. */
export class LostRace extends Error {
  override name = "LostRace"
}

/** The part of an account's row that an account.status_changed event stands for. */
export const statusOf = (row: LogRow): Pick<AccountProgress, "status" | "statusReason" | "statusChangedAt"> => {
  const data = row.event.data as { status: AccountStatus; reason: string | null }
  return { status: data.status, statusReason: data.reason, statusChangedAt: row.seenAt }
}
