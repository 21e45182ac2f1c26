import type { Checkpoint, MessagePrints } from "../account.ts"
import type { Event, EventData } from "../event.ts"
import { shortHash } from "../id.ts"
import type { LogRow } from "../log-row.ts"
import { printsOf } from "./prints.ts"
import { remember } from "./remember.ts"

type MessageEventData = EventData<"message.received"> & { revision?: number }

const isMessageEvent = (event: Event): event is Event & { data: MessageEventData } => event.type.startsWith("message.")

/**
 * What an appended event means for its conversation's checkpoint. Poll folds its own appends, and, after a crash between
 * append and checkpoint, the rows that it finds in the log: both must come to the same.
 *
 * `prints` are at hand only for own appends. From a row alone, an empty list of reactions may also mean that the dialect has
 * none: then they stay unknown until the next read.
 */
export const fold = (checkpoint: Checkpoint, row: LogRow, prints?: MessagePrints): Checkpoint => {
  if (row.position <= checkpoint.upto) return checkpoint
  const folded: Checkpoint = {
    ...checkpoint,
    upto: row.position,
    lastPosition: row.position,
    sequences:
      row.sequence === null ? checkpoint.sequences : { ...checkpoint.sequences, [row.event.type]: row.sequence },
  }
  // History stays below the floor, where everything counts as known: only what came in live is remembered.
  if (row.forgotten || !isMessageEvent(row.event) || row.event.data.backfill) return folded
  const { message, revision } = row.event.data
  const hash = shortHash(message.id)
  const reactions = message.reactions.length === 0 ? null : message.reactions
  return remember(
    revision === undefined ? folded : { ...folded, revisions: { ...folded.revisions, [hash]: revision } },
    { hash, sentAt: Date.parse(message.sentAt), prints: prints ?? printsOf({ ...message, reactions }) },
  )
}
