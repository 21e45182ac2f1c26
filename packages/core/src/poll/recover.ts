import type { Account } from "../account.ts"
import type { LogRow } from "../log-row.ts"
import { publish, readTail } from "../log/publish.ts"
import { fold } from "./fold.ts"
import type { PollDeps } from "./deps.ts"
import { newCheckpoint } from "./remember.ts"
import { LostRace, statusOf, type Progress } from "./progress.ts"

/**
 * The first step of every poll, before upstream is asked: rows that an earlier poll appended and did not publish are folded into
 * their checkpoints, then published. So an outage upstream delays nothing that was found before it.
 */
export const recover = async (account: Account, progress: Progress, deps: PollDeps): Promise<void> => {
  const tail = await readTail(account.id, account.published, deps.store)
  const last = tail.at(-1)
  if (last === undefined) return
  progress.head = last.position
  progress.lastSeenAt = last.seenAt

  const conversations = Map.groupBy(
    tail.filter((row) => row.conversationId !== null),
    (row) => row.conversationId ?? "",
  )
  for (const [conversationId, rows] of conversations) await foldInto(account, conversationId, rows, progress, deps)

  const status = tail.findLast((row) => row.event.type === "account.status_changed")
  if (status !== undefined) {
    const saved = await deps.store.saveProgress(account.id, progress.owner, statusOf(status), false)
    if (!saved) throw new LostRace()
    Object.assign(account, statusOf(status))
  }
  progress.published = (await publish(tail, deps)) ?? progress.published
  deps.logger.info("poll.recovered", { accountId: account.id, rows: tail.length })
}

const isBackfill = ({ event }: LogRow): boolean => "backfill" in event.data && event.data.backfill

const foldInto = async (
  account: Account,
  conversationId: string,
  rows: LogRow[],
  progress: Progress,
  deps: PollDeps,
): Promise<void> => {
  const stored = await deps.store.getCheckpoint(account.id, conversationId)
  const before = stored ?? newCheckpoint(conversationId, account.baselinedAt ?? 0)
  const after = rows.reduce((checkpoint, row) => fold(checkpoint, row), before)
  if (after.upto === before.upto) return
  // The read that found them did not end: the thread has to be looked at again. A backfill's reads are none of the live ones.
  const glimpse = rows.every(isBackfill) ? after.glimpse : null
  const written = await deps.store.putCheckpoint(account.id, { ...after, glimpse }, stored?.upto ?? null)
  if (!written) throw new LostRace()
  if (stored === null) progress.tracked++
}
