import { olderToken } from "../upstream/older.ts"
import type { ListedConversation, Thread, ThreadMessage } from "../upstream/thread.ts"
import { append, publishAppended } from "./append.ts"
import { draftOf } from "./diff.ts"
import { startThread, type HistoryThread, type Range } from "./history.ts"
import { withoutEvent } from "./history-events.ts"
import type { HistoryStep } from "./history-step.ts"
import { checkOwner } from "./list.ts"
import { glimpseOf } from "./prints.ts"
import { newCheckpoint } from "./remember.ts"
import { isShort, PAGE_COUNT, PAGE_COUNT_MAX } from "./read-thread.ts"

/** Pages that are read before what they bring is appended, oldest first: a conversation of so many comes in its own order. */
const PAGES_AT_ONCE = 3

/**
 * Reads a conversation back through the range that the task wants of it, and appends what has no event, in the order of writes of
 * every poll. False where the step ended first: the next goes on from `state.thread`.
 */
export const readBack = async (listed: ListedConversation, step: HistoryStep): Promise<boolean> => {
  const { account, task, state, deps } = step
  for (;;) {
    const stored = await deps.store.getCheckpoint(account.id, listed.id)
    const checkpoint = stored ?? newCheckpoint(listed.id, account.baselinedAt)
    const range = task.range(checkpoint, state.since)
    if (range === null) return true
    state.thread ??= startThread(listed, range)
    const read = await readPages(listed, state.thread, range, step)
    if (read.messages.length > 0) {
      const without = await withoutEvent(account.id, checkpoint, read.messages, task.isRetained, deps.store)
      if (task.backfill === undefined)
        for (const message of without)
          deps.logger.error("reconcile.missing", {
            accountId: account.id,
            conversationId: listed.id,
            eventId: draftOf(account.id, listed.id, message).id,
          })
      const found = {
        account,
        listed,
        participants: read.participants,
        drafts: without.map((message) => draftOf(account.id, listed.id, message)),
        checkpoint,
        storedUpto: stored?.upto ?? null,
        unreadableBefore: checkpoint.unreadable,
        // None of the live polls' business; one without a checkpoint they have looked at, and found nothing after the baseline.
        glimpse: stored === null ? glimpseOf(listed) : checkpoint.glimpse,
        ...(task.backfill === undefined ? {} : { backfill: task.backfill }),
      }
      if (without.length > 0) {
        await append(found, step.progress, deps)
        await publishAppended(account, step.progress, deps)
      }
      state.checked += read.messages.length
      state.made += without.length
    }
    if (read.next === "end") return true
    state.thread = read.next
    if (read.isOver) return false
  }
}

interface Pages {
  /** Of the range, sorted by sentAt, then id. */
  messages: ThreadMessage[]
  participants: Thread["participants"]
  next: HistoryThread | "end"
  /** No request was left. */
  isOver: boolean
}

const readPages = async (
  listed: ListedConversation,
  begin: HistoryThread,
  { from, downTo }: Range,
  { account, deps, takeRequest }: HistoryStep,
): Promise<Pages> => {
  const messages = new Map<string, ThreadMessage>()
  let participants: Thread["participants"] = null
  let next: HistoryThread | "end" = begin
  let isOver = false
  for (let pages = 0; pages < PAGES_AT_ONCE && next !== "end"; pages++) {
    isOver = !takeRequest()
    if (isOver) break
    const { than, count }: HistoryThread = next
    const page: Thread = await deps.upstream.readThread({
      accountId: account.id,
      dialect: account.dialect,
      conversation: { id: listed.id, urn: listed.urn },
      profileUrn: account.profileUrn,
      window: than === null ? { kind: "newest" } : { kind: "older", than, count },
    })
    checkOwner(account, page)
    participants ??= page.participants
    for (const message of page.messages)
      if (message.sentAt <= from && message.sentAt >= downTo) messages.set(message.id, message)
    next = nextOf(page, next, { from, downTo })
  }
  const sorted = [...messages.values()].sort((a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  return { messages: sorted, participants, next, isOver }
}

/** Where the next page begins. A walk ends on what it sees, hardly on what upstream says about it. */
const nextOf = (page: Thread, asked: HistoryThread, { from, downTo }: Range): HistoryThread | "end" => {
  const oldest = page.messages[0]
  if (oldest === undefined || oldest.sentAt < downTo || page.older === null) return "end"
  if (page.hasOlder !== true && isShort(page)) return "end"
  const isFirst = asked.than === olderToken({ before: from + 1, cursor: null })
  // Upstream made nothing of our anchor and answered with its newest page: then from there, in its own words.
  if (isFirst && oldest.sentAt > from + 1) return { ...asked, than: page.older }
  if (page.older !== asked.than) return { ...asked, than: page.older, count: PAGE_COUNT }
  // All of one instant: either the page ends within it, or there is nothing before it.
  const isFull = page.messages.length + page.unreadable >= asked.count
  return isFull && asked.count < PAGE_COUNT_MAX ? { ...asked, count: asked.count * 2 } : "end"
}
