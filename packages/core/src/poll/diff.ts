import type { Checkpoint, KnownMessage, MessagePrints } from "../account.ts"
import {
  changeable,
  conversationEventId,
  messageEventId,
  updateEventId,
  type Change,
  type EventType,
  type Participant,
} from "../event.ts"
import { shortHash } from "../id.ts"
import type { ListedConversation, ThreadMessage } from "../upstream/thread.ts"
import { printsOf } from "./prints.ts"
import { newCheckpoint, remember } from "./remember.ts"

/** An event as diff sees it: all but what the log adds (position, sequence, seenAt). */
export interface Draft {
  id: string
  type: EventType
  /** Null for what happened when we saw it. */
  message: ThreadMessage | null
  prints: MessagePrints | null
  update: { revision: number; changes: Change[] } | null
}

export interface Read {
  accountId: string
  /** The account's baseline instant: history ends here for a conversation that has no checkpoint yet. */
  baselinedAt: number
  listed: Pick<ListedConversation, "id" | "createdAt">
  /** Sorted by sentAt, then id; without repeats; without a gap above the checkpoint's known ground. */
  messages: ThreadMessage[]
  unreadable: number
  participants?: Participant[]
}

/**
 * What is new in a thread, in the order in which it is to be published: the conversation, its new messages by (sentAt, id),
 * then changes of known ones. Pure. The checkpoint that comes back has learnt everything that makes no event.
 */
export const diff = (before: Checkpoint | null, read: Read): { drafts: Draft[]; checkpoint: Checkpoint } => {
  let checkpoint = before ?? newCheckpoint(read.listed.id, read.baselinedAt)
  const known = new Map(checkpoint.known.map((message) => [message.hash, message]))
  const created: Draft[] = []
  const fresh: Draft[] = []
  const updates: Draft[] = []

  if (before === null && beganAfterBaseline(read)) {
    const id = conversationEventId(read.accountId, read.listed.id)
    created.push({ id, type: "conversation.created", message: null, prints: null, update: null })
  }
  for (const message of read.messages) {
    const hash = shortHash(message.id)
    const seenBefore = known.get(hash)
    const prints = printsOf(message)
    if (seenBefore === undefined) {
      if (message.sentAt <= checkpoint.floor) continue
      fresh.push(draftOf(read.accountId, read.listed.id, message))
      continue
    }
    const { changes, learnt } = compare(seenBefore, prints)
    if (changes.length > 0) {
      const revision = (checkpoint.revisions[hash] ?? 1) + 1
      const id = updateEventId(read.accountId, read.listed.id, message.id, revision)
      updates.push({ id, type: "message.updated", message, prints: learnt, update: { revision, changes } })
    } else if (learnt !== seenBefore.prints) {
      checkpoint = remember(checkpoint, { ...seenBefore, prints: learnt })
    }
  }
  return { drafts: [...created, ...fresh, ...updates], checkpoint: { ...checkpoint, unreadable: read.unreadable } }
}

/** The event of a message that has had none. */
export const draftOf = (accountId: string, conversationId: string, message: ThreadMessage): Draft => ({
  id: messageEventId(accountId, conversationId, message.id),
  type: typeOf(message),
  message,
  prints: printsOf(message),
  update: null,
})

/** Never by name: see the upstream client for how the direction is found. What is undecided is not received. */
const typeOf = (message: ThreadMessage): EventType =>
  message.direction === "inbound"
    ? "message.received"
    : message.direction === "outbound"
      ? "message.sent"
      : "message.unattributed"

/** A conversation first seen now may be an old one that surfaced: a creation time or a message from before the baseline tells. */
const beganAfterBaseline = (read: Read): boolean =>
  (read.listed.createdAt === null || read.listed.createdAt > read.baselinedAt) &&
  read.messages.every((message) => message.sentAt > read.baselinedAt)

/** A field that either side lacks has not changed; what the new side has is learnt. */
const compare = (known: KnownMessage, now: MessagePrints): { changes: Change[]; learnt: MessagePrints | null } => {
  const before = known.prints
  if (before === null) return { changes: [], learnt: null }
  const changes = changeable.filter(
    (field) => before[field] !== null && now[field] !== null && before[field] !== now[field],
  )
  const reactions = now.reactions ?? before.reactions
  const same = changes.length === 0 && reactions === before.reactions
  return { changes, learnt: same ? before : { ...now, reactions } }
}
