import type { EndpointRow } from "../endpoint.ts"
import type { Clock, DeliveryStore, LogStore } from "../ports.ts"
import { SECOND_MS, type Instant } from "../time.ts"
import { inBatches } from "./batches.ts"
import { isAsked, isFailed } from "./match.ts"
import { isWalked, type ReplayProgress } from "./progress.ts"
import { walk } from "./walk.ts"

/** What a replay is about is counted over so many events, and for so long, before it begins. */
export const COUNT_EVENTS_MAX = 5_000
export const COUNT_MS_MAX = 5 * SECOND_MS

export interface Counted {
  matched: number
  /** seenAt of the first and the last that match; null where none does. */
  oldest: Instant | null
  newest: Instant | null
  /** False where the count ended at one of its bounds: then there may be more than `matched`, and later ones than `newest`. */
  isExact: boolean
}

export interface CountDeps {
  store: Pick<LogStore, "readLog" | "getEvent"> & Pick<DeliveryStore, "getDelivery">
  clock: Clock
  settings: { retentionMs: number }
}

/** How many deliveries a replay would come to, as things are now. Changes nothing. */
export const countReplay = async (whole: ReplayProgress, endpoint: EndpointRow, deps: CountDeps): Promise<Counted> => {
  const { asked } = whole
  const oldest = deps.clock.now() - deps.settings.retentionMs
  const endsAt = deps.clock.now() + COUNT_MS_MAX
  const seen: Instant[] = []
  let progress = whole
  for (let read = 0; !isWalked(progress) && read < COUNT_EVENTS_MAX && deps.clock.now() < endsAt;) {
    const { rows, rest } = await walk(progress, oldest, deps.store)
    const events = rows.filter((row) => isAsked(row, endpoint, asked, oldest))
    const counts = asked.onlyFailed
      ? await inBatches(events, async ({ event }) => isFailed(await deps.store.getDelivery(event.id, endpoint.id)))
      : events.map(() => true)
    seen.push(...events.filter((_, index) => counts[index]).map(({ seenAt }) => seenAt))
    read += rows.length
    progress = rest
  }
  return {
    matched: seen.length,
    oldest: seen.length === 0 ? null : Math.min(...seen),
    newest: seen.length === 0 ? null : Math.max(...seen),
    isExact: isWalked(progress),
  }
}
