/** Somebody who can take part in a conversation: a member, or an organisation, which has no profile id. */
export interface Person {
  profileId: string | null
  /** `urn:li:fsd_profile:…` or `urn:li:fsd_company:…` */
  urn: string
  name: string
  headline: string | null
  picture: string | null
  distance: string
  badge: string | null
  memberNumber: number
}

export interface Account {
  id: string
  owner: Person
  profileUrn: string
  firstName: string
  lastName: string
  publicId: string
  /** `AVAILABLE`, `IN_USE`, `ERROR`, `WARMUP`, `UNKNOWN`, `FREE`…: unknown strings will come (upstream README 3). */
  status: string
  enabled: boolean
  hasTokens: boolean
  apiSeatAllocated: boolean
  lastUsedAt: number
  sync: SyncState
}

/** What `/conversations/sync/status` tells of the vendor's cache (upstream README 4.4). */
export interface SyncState {
  lastSyncAt: number | null
  syncInProgress: boolean
  consecutiveFailures: number
  lastError: string | null
  initialSyncCompleted: boolean
}

/** One account's own view of a thread: two of our accounts may sit in the same one (upstream trap 4). */
export interface Mailbox {
  unreadCount: number
  lastReadAt: number
}

export interface Conversation {
  /** bare `2-…` id */
  id: string
  members: Person[]
  group: boolean
  title: string | null
  createdAt: number
  lastActivityAt: number
  hidden: boolean
  salesNav: boolean
  mailboxes: Map<string, Mailbox>
  /** in the order of (sentAt, id), hidden ones included */
  messages: Message[]
}

export interface Attachment {
  type: string
  url: string
}

export interface Reaction {
  emoji: string
  count: number
  viewerReacted: boolean
}

/** How a malformed message is malformed (upstream trap 30: one bad message must not sink its thread). */
export type Unreadable = "no-sent-at" | "no-id" | "text-object" | "not-an-object"

export interface Message {
  /** bare `2-…` id, the same in both dialects and in every mailbox (upstream trap 1) */
  id: string
  conversationId: string
  sentAt: number
  /** null: the system, such as "Ines joined" */
  sender: Person | null
  /** the answer lacks the sender altogether */
  senderMissing: boolean
  text: string | null
  subject: string | null
  attachments: Attachment[]
  /** may contradict `attachments` (upstream trap 25) */
  hasAttachment: boolean
  reactions: Reaction[]
  hidden: boolean
  recalled: boolean
  unreadable: Unreadable | null
}

/** A request that changes the user's inbox. The relay must never make one (upstream trap 36). */
export interface SideEffect {
  action: string
  accountId: string
  conversationUrn: string | null
  at: number
}
