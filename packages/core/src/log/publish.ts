import type { Logger } from "../logger.ts"
import type { LogRow } from "../log-row.ts"
import { BATCH_MAX, type Bus, type BusRefusal, type Clock, type LogStore } from "../ports.ts"

/** An entry that the bus refuses for itself so many times is skipped and alarmed: one bad event stops nothing else. */
const REFUSALS_MAX = 5
const REFUSAL_PAUSE_MS = 200
/** Rows read from a log at a time. */
const READ_MAX = 100
/** Most rows that one call reads; the rest is for the next. */
const TAIL_MAX = 10_000

export interface PublishDeps {
  store: Pick<LogStore, "readLog" | "raisePublished">
  bus: Bus
  clock: Clock
  logger: Logger
}

/** The rows behind `published`: they are the outbox. Consistent, ascending, without a hole. */
export const readTail = async (log: string, published: number, store: Pick<LogStore, "readLog">): Promise<LogRow[]> => {
  const tail: LogRow[] = []
  while (tail.length < TAIL_MAX) {
    const rows = await store.readLog(log, tail.at(-1)?.position ?? published, READ_MAX)
    tail.push(...rows)
    if (rows.length < READ_MAX) break
  }
  return tail
}

/**
 * Hands rows to the bus, in order, then moves `published` up: over what was taken, never over the first entry that was not.
 * Entries behind a refused one may have gone out already, and go out again: at least once, with the same ids.
 * Answers the new `published`, null when nothing was taken.
 */
export const publish = async (rows: LogRow[], deps: PublishDeps): Promise<number | null> => {
  let published: LogRow | null = null
  for (let start = 0; start < rows.length; start += BATCH_MAX) {
    const batch = rows.slice(start, start + BATCH_MAX)
    const taken = await publishBatch(batch, deps)
    published = batch[taken - 1] ?? published
    if (taken < batch.length) break
  }
  if (published === null) return null
  await deps.store.raisePublished(published.log, published.position)
  return published.position
}

/** How many rows from the start are done with. */
const publishBatch = async (batch: LogRow[], deps: PublishDeps): Promise<number> => {
  // A ping is for the tested endpoint alone.
  let open = batch.filter((row) => row.event.type !== "ping")
  for (let tries = 1; open.length > 0; tries++) {
    const refused = await offer(open, deps)
    const last = tries === REFUSALS_MAX
    open = refused.filter(({ refusal }) => !(last && refusal.permanent)).map(({ row }) => row)
    for (const { row, refusal } of refused)
      if (last && refusal.permanent)
        deps.logger.error("event.unpublishable", { eventId: row.event.id, log: row.log, error: refusal.message })
    // Load and outages pass by themselves, and not within this call.
    if (last || refused.some(({ refusal }) => !refusal.permanent)) break
    if (open.length > 0) await deps.clock.sleep(REFUSAL_PAUSE_MS * 2 ** tries)
  }
  const [stuck] = open
  if (stuck === undefined) return batch.length
  deps.logger.warn("publish.refused", { log: stuck.log, position: stuck.position })
  return batch.indexOf(stuck)
}

const offer = async (rows: LogRow[], deps: PublishDeps): Promise<{ row: LogRow; refusal: BusRefusal }[]> => {
  const answers = await deps.bus.publish(rows)
  return rows.flatMap((row, index) => {
    const refusal = answers[index]
    return refusal === null || refusal === undefined ? [] : [{ row, refusal }]
  })
}
