import type { Checkpoint } from "../account.ts"
import { messageEventId } from "../event.ts"
import { shortHash } from "../id.ts"
import type { LogStore } from "../ports.ts"
import { HOUR_MS, type Instant } from "../time.ts"
import type { ThreadMessage } from "../upstream/thread.ts"

/** Most rows that are followed back; what is older, an index has shown long since. */
const ROWS_MAX = 500
/** An event is never older than its message, but for the difference of two clocks. */
const SKEW_MS = HOUR_MS

/**
 * Which of these messages have no event. Of one after the baseline whose event retention may have removed that cannot be known: it
 * counts as having one, unless all of them are `isRetained`, sent more recently than any event goes. Of history it only means that
 * an earlier backfill is long ago.
 */
export const withoutEvent = async (
  accountId: string,
  checkpoint: Checkpoint,
  messages: ThreadMessage[],
  isRetained: boolean,
  store: Pick<LogStore, "getEvent" | "findEventLagging">,
): Promise<ThreadMessage[]> => {
  const oldest = Math.min(...messages.map(({ sentAt }) => sentAt))
  const chain = await chainOf(accountId, checkpoint.lastPosition, oldest, store)
  const known = new Set(checkpoint.known.map(({ hash }) => hash))
  const without: ThreadMessage[] = []
  for (const message of messages) {
    const id = messageEventId(accountId, checkpoint.conversationId, message.id)
    if (known.has(shortHash(message.id)) || chain.ids.has(id)) continue
    if (!isRetained && message.sentAt > checkpoint.baseline && message.sentAt <= chain.certainFrom) continue
    if (chain.isCut && (await store.findEventLagging(id)) !== null) continue
    without.push(message)
  }
  return without
}

interface Chain {
  ids: Set<string>
  /** A message sent after this has its event in `ids`, or has none. */
  certainFrom: Instant
  /** There is more than was followed. */
  isCut: boolean
}

/**
 * The events of a conversation, newest first, as each row names the one before it: consistent reads, so that an event of a moment
 * ago is seen, which an index may not show yet.
 */
const chainOf = async (
  accountId: string,
  newest: number | null,
  oldestWanted: Instant,
  store: Pick<LogStore, "getEvent">,
): Promise<Chain> => {
  const ids = new Set<string>()
  let certainFrom = Infinity
  for (let position = newest, rows = 0; position !== null; rows++) {
    if (rows === ROWS_MAX) return { ids, certainFrom, isCut: true }
    const row = await store.getEvent(accountId, position)
    // Without a single row left, nothing is known but that there were some.
    if (row === null) return { ids, certainFrom, isCut: false }
    ids.add(row.event.id)
    certainFrom = row.seenAt + SKEW_MS
    if (row.seenAt < oldestWanted - SKEW_MS) break
    position = row.previous
    if (position === null) certainFrom = -Infinity
  }
  return { ids, certainFrom: newest === null ? -Infinity : certainFrom, isCut: false }
}
