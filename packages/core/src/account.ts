import type { Dialect } from "./upstream/thread.ts"
import type { Instant } from "./time.ts"

export const accountStatuses = ["baselining", "healthy", "stale", "failing", "auth_failed", "disconnected"] as const
export type AccountStatus = (typeof accountStatuses)[number]

export interface AccountError {
  kind: string
  message: string
  status: number | null
  at: Instant
}

/** What upstream tells of an account, and what a poll keeps up to date about it. */
export interface AccountProgress {
  name: string | null
  publicId: string | null
  profileUrn: string | null
  pictureUrl: string | null
  status: AccountStatus
  statusReason: string | null
  statusChangedAt: Instant
  /** The dialect that answered last; null before the first answer. */
  dialect: Dialect | null
  /** Upstream's clock (`Date` header) at the first good poll: where history ends for conversations first seen later. */
  baselinedAt: Instant | null
  /** Every conversation with activity up to here has been read, or is quarantined. Upstream's time. */
  watermark: Instant
  /** The front page as last read: short hash of the conversation -> what it looked like. An idle poll needs nothing else. */
  front: Record<string, Glimpse>
  /** Conversations that fail for themselves, kept aside: at most QUARANTINE_MAX. */
  quarantine: Quarantined[]
  /** When upstream was last asked how fresh its cache is; null when it was not, or does not answer from one. */
  freshnessAskedAt: Instant | null
  /** Threads that the last grant did not cover; the next deal looks at it. */
  demand: number
  lastPolledAt: Instant | null
  /** When the last poll began that asked upstream, or would have. */
  lastAttemptedAt: Instant | null
  nextPollAt: Instant
  lastMessageAt: Instant | null
  lagMs: number | null
  consecutiveFailures: number
  lastError: AccountError | null
  lastReconciliation: Reconciliation | null
  /** How far the nightly reconciliation is (HistoryProgress, checked where it is read); null while none is at work. */
  reconciling: unknown
  tracked: number
  unreadableMessages: number
  updatedAt: Instant
}

/** What people ask of an account. Each is written on its own, whoever holds the lease. */
export interface AccountWishes {
  /** A name of the operator's own. */
  label: string | null
  /** Not polled by itself; its log is still looked after. */
  paused: boolean
  /** An interval of its own, in seconds; null: the deployment's. */
  pollSeconds: number | null
  /** The backfill or reconciliation that its polls work on; the sweep puts it back where it was lost. */
  jobId: string | null
  /** When a poll was last asked for by hand or by a hint. It is owed until a poll has begun after it: see dueAt. */
  pollAskedAt: Instant | null
  /** When one more is wanted, by a hint that came too soon after another; owed likewise, and not before this instant. */
  pollAgainAt: Instant | null
}

/** How the last reconciliation went: what 24 hours should have brought, and what of it had been missing. */
export interface Reconciliation {
  at: Instant
  checked: number
  missing: number
}

/** One account's row. `published` belongs to its log and only ever rises. */
export interface Account extends AccountProgress, AccountWishes {
  id: string
  published: number
  createdAt: Instant
}

/** What the list showed of a conversation when its thread was last read. */
export interface Glimpse {
  /** Short hash over lastActivityAt and the preview. */
  print: string
  /** A rise is a reason to read although the print is the same: a late message moves nothing else. */
  unread: number
}

export interface Quarantined {
  conversationId: string
  urn: string
  failures: number
  retryAt: Instant
  reason: string
}

/** A message that has had its event. The prints are kept for the newest few only, to notice edits. */
export interface KnownMessage {
  /** shortHash of the bare message id. */
  hash: string
  sentAt: Instant
  prints: MessagePrints | null
}

/** 32-bit hashes; null where the dialect that showed the message does not have the field. */
export interface MessagePrints {
  text: number
  attachments: number
  reactions: number | null
}

/** How far a conversation has been read. Folded from the account's log up to `upto`. */
export interface Checkpoint {
  conversationId: string
  /** Position of the newest log row folded in; 0 before the first. */
  upto: number
  /** Position of the newest event of this conversation; null before the first. */
  lastPosition: number | null
  /** The last `data.sequence` given out, by event type. */
  sequences: Record<string, number>
  /** At or before it is history. Upstream's time. */
  baseline: Instant
  /** At or before it everything counts as known. Starts at the baseline, rises as known ids are dropped. */
  floor: Instant
  /** Sorted by sentAt, then hash. */
  known: KnownMessage[]
  /** Revisions of messages that were edited: hash -> revision. */
  revisions: Record<string, number>
  /** As in the account's front page, for conversations that are not on it. Null while a read is unfinished. */
  glimpse: Glimpse | null
  /** Messages above the floor that could not be read, at the last look. */
  unreadable: number
}
