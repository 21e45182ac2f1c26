import type { Attachment, Participant, Reaction } from "../event.ts"
import type { Instant } from "../time.ts"

/** The one shape that both dialects of upstream are read into. */

/** `legacy`: /messaging/*; `conversations`: /conversations* (upstream README 2 and 4). */
export type Dialect = "legacy" | "conversations"

/** A connected account as upstream lists it (upstream README 3). */
export interface UpstreamAccount {
  id: string
  name: string | null
  publicId: string | null
  pictureUrl: string | null
  /** Upstream's own word: AVAILABLE, IN_USE, ERROR, WARMUP, …; unknown words will come. */
  status: string | null
  /** False when disabled, without tokens or without a seat: messages cannot be read. */
  connected: boolean
}

/** A conversation as the list shows it. */
export interface ListedConversation {
  /** Bare `2-…` form, or the whole URN where there is none (Sales Navigator). */
  id: string
  /** What a thread read wants. */
  urn: string
  url: string | null
  title: string | null
  isGroup: boolean
  participants: Participant[]
  unreadCount: number
  lastActivityAt: Instant
  createdAt: Instant | null
  /** Everything the preview says, as one string; compared, never parsed. */
  preview: string
  /** The preview's sentAt, null without a preview. */
  previewSentAt: Instant | null
}

export interface ConversationList {
  dialect: Dialect
  /** Null where the dialect does not say. */
  accountId: string | null
  profileUrn: string | null
  conversations: ListedConversation[]
  /** Items that could not be read: counted, the others stand. */
  unreadable: number
  nextCursor: string | null
  /** True when upstream says that it answered from its cache. */
  fromCache: boolean
  /** Upstream's clock: the `Date` header; null when absent or unreadable. */
  date: Instant | null
}

/** One message. Absent in the dialect: null (`reactions`, `subject`), so that a lacking field is not a changed one. */
export interface ThreadMessage {
  /** Bare `2-…` form. */
  id: string
  urn: string
  text: string
  subject: string | null
  sentAt: Instant
  direction: "inbound" | "outbound" | "unknown"
  sender: Participant | null
  attachments: Attachment[]
  reactions: Reaction[] | null
}

export interface Thread {
  dialect: Dialect
  accountId: string | null
  profileUrn: string | null
  /** Sorted by sentAt, then id; without repeats. */
  messages: ThreadMessage[]
  unreadable: number
  /** Null where upstream does not say in this answer (only v1 legacy and v3 do). */
  participants: Participant[] | null
  /** Whether upstream says that older messages exist; null where it does not say. It may lie: a walk also ends on what it sees. */
  hasOlder: boolean | null
  /** Passed back to read the next older page; null when there is none. */
  older: string | null
}

/** Which part of a thread to read. */
export type ThreadWindow =
  | { kind: "newest" }
  /** The page before: `older` of the page in hand. */
  | { kind: "older"; than: string; count: number }
  /** Forward from an instant, oldest first; includes messages of that very instant. */
  | { kind: "newer"; from: Instant; count: number }

/** Upstream's own reading of LinkedIn (upstream README 4.4). */
export interface SyncStatus {
  lastSyncAt: Instant | null
  /** In words, null when its last reading went well. */
  failure: string | null
}

/** What the relay asks of upstream. All throw UpstreamError and nothing else. */
export interface Upstream {
  listAccounts(): Promise<UpstreamAccount[]>
  listConversations(request: {
    accountId: string
    dialect: Dialect | null
    cursor: string | null
  }): Promise<ConversationList>
  readThread(request: {
    accountId: string
    dialect: Dialect | null
    conversation: { id: string; urn: string }
    /** The owner as known so far: the conversations dialect does not repeat it. */
    profileUrn: string | null
    window: ThreadWindow
  }): Promise<Thread>
  /** How fresh upstream's own cache is; null where it does not say. Only the newer dialect answers from one. */
  getSync(request: { accountId: string }): Promise<SyncStatus | null>
  sendTyping(request: { accountId: string; urn: string }): Promise<void>
}

export const upstreamErrorKinds = [
  "unreachable",
  "timeout",
  "rate_limited",
  "unauthorized",
  "forbidden",
  "not_found",
  "bad_request",
  "server_error",
  "redirect",
  "invalid_answer",
  "refused",
] as const
export type UpstreamErrorKind = (typeof upstreamErrorKinds)[number]

/** Why upstream could not be read, in words for a person. Never carries the key, nor a body that was not reduced to its message. */
export class UpstreamError extends Error {
  override name = "UpstreamError"
  readonly kind: UpstreamErrorKind
  readonly status: number | null
  /** When upstream says to come back; only on rate_limited. */
  readonly retryAt: Instant | null

  constructor(
    kind: UpstreamErrorKind,
    message: string,
    more: { status?: number; retryAt?: Instant | null; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.kind = kind
    this.status = more.status ?? null
    this.retryAt = more.retryAt ?? null
  }
}
