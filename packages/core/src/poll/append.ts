import type { Account, Checkpoint, Glimpse } from "../account.ts"
import type { Participant } from "../event.ts"
import { publish, readTail } from "../log/publish.ts"
import type { ListedConversation } from "../upstream/thread.ts"
import type { Draft } from "./diff.ts"
import { rowOf } from "./event-of.ts"
import { fold } from "./fold.ts"
import type { PollDeps } from "./deps.ts"
import { LostRace, type Progress } from "./progress.ts"

export interface Found {
  account: Account
  listed: ListedConversation
  participants: Participant[] | null
  drafts: Draft[]
  /** As diff left it. */
  checkpoint: Checkpoint
  /** `upto` of the stored checkpoint; null when there is none. */
  storedUpto: number | null
  /** The checkpoint's `unreadable` before. */
  unreadableBefore: number
  /** What the list showed, if the thread was read whole. */
  glimpse: Glimpse | null
  /** History that a backfill brings, and for whom; absent: what has just come in. */
  backfill?: { only?: string[] }
}

/**
 * Commits what a thread brought, in the design's order of writes: each event at the next position of the account's log, one
 * after another (never in parallel or in a batch: a crash must leave no hole), then the checkpoint, if it is where we read it.
 */
export const append = async (found: Found, progress: Progress, deps: PollDeps): Promise<void> => {
  const { account, listed } = found
  let checkpoint = found.checkpoint
  for (const draft of found.drafts) {
    const position = progress.head + 1
    const row = rowOf(draft, {
      account,
      listed,
      participants: found.participants,
      position,
      sequence: (checkpoint.sequences[draft.type] ?? 0) + 1,
      previous: checkpoint.lastPosition,
      seenAt: await nextSeenAt(account, progress, deps),
      backfill: found.backfill !== undefined,
      ...found.backfill,
    })
    if (!(await deps.store.appendEvent(row))) throw new LostRace()
    progress.head = position
    progress.lastSeenAt = row.seenAt
    progress.events++
    if (draft.message !== null && draft.update === null && found.backfill === undefined) {
      progress.lastMessageAt = Math.max(progress.lastMessageAt ?? 0, draft.message.sentAt)
      progress.lagMs = Math.max(0, row.seenAt - draft.message.sentAt)
      deps.counter?.seen(1)
    }
    checkpoint = fold(checkpoint, row, draft.prints ?? undefined)
  }
  const written = await deps.store.putCheckpoint(
    account.id,
    { ...checkpoint, glimpse: found.glimpse },
    found.storedUpto,
  )
  if (!written) throw new LostRace()
  if (found.storedUpto === null) progress.tracked++
  progress.unreadableMessages += checkpoint.unreadable - found.unreadableBefore
}

/** Never before the row in front, even where the clock has gone back: a log is sorted by position and by seenAt. */
export const nextSeenAt = async (account: Account, progress: Progress, deps: PollDeps): Promise<number> => {
  progress.lastSeenAt ??=
    progress.head === 0 ? 0 : ((await deps.store.getEvent(account.id, progress.head))?.seenAt ?? 0)
  return Math.max(deps.clock.now(), progress.lastSeenAt)
}

/** Hands to the bus what this poll has appended so far. */
export const publishAppended = async (account: Account, progress: Progress, deps: PollDeps): Promise<void> => {
  if (progress.head <= progress.published) return
  const tail = await readTail(account.id, progress.published, deps.store)
  // What stands above our head is another poll's, and perhaps in no checkpoint yet: `published` must not pass it.
  const folded = tail.filter((row) => row.position <= progress.head)
  progress.published = (await publish(folded, deps)) ?? progress.published
}
