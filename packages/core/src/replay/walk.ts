import type { LogRow } from "../log-row.ts"
import type { LogStore } from "../ports.ts"
import { MINUTE_MS, type Instant } from "../time.ts"
import type { ReplayProgress } from "./progress.ts"

/** Events that one step takes. */
export const STEP_EVENTS = 100
/** An account's log is sorted by seenAt; the log `system` has many writers, and their clocks are so far apart at most. */
const SORTED_TO_MS = 10 * MINUTE_MS

export interface Walked {
  rows: LogRow[]
  /** The progress behind these rows. */
  rest: ReplayProgress
}

/** The next STEP_EVENTS rows at most, matching or not; consistent. Nothing before `oldest` is looked for. */
export const walk = async (
  progress: ReplayProgress,
  oldest: Instant,
  store: Pick<LogStore, "readLog" | "getEvent">,
): Promise<Walked> => {
  const [first, ...others] = progress.logs
  if (first === undefined) {
    const places = progress.events.slice(0, STEP_EVENTS)
    const rows = await Promise.all(places.map(({ log, position }) => store.getEvent(log, position)))
    return {
      rows: rows.filter((row) => row !== null),
      rest: { ...progress, events: progress.events.slice(STEP_EVENTS) },
    }
  }
  const { log, upto } = first
  const since = Math.max(progress.asked.since ?? oldest, oldest) - SORTED_TO_MS
  const after = first.after ?? (await positionBefore(log, since, upto, store))
  const read = after < upto ? await store.readLog(log, after, STEP_EVENTS) : []
  const rows = read.filter(({ position }) => position <= upto)
  const last = rows.at(-1)
  const until = progress.asked.until
  const isOver =
    last === undefined ||
    rows.length < STEP_EVENTS ||
    last.position === upto ||
    (until !== null && last.seenAt >= until + SORTED_TO_MS)
  return { rows, rest: { ...progress, logs: isOver ? others : [{ log, after: last.position, upto }, ...others] } }
}

/**
 * The last position whose row was seen before `since`, by bisection: a log of years is not read for its last hour. A row that is
 * missing went with retention, and so did all before it.
 */
const positionBefore = async (
  log: string,
  since: Instant,
  upto: number,
  store: Pick<LogStore, "getEvent">,
): Promise<number> => {
  const isBefore = async (position: number): Promise<boolean> => {
    const row = await store.getEvent(log, position)
    return row === null || row.seenAt < since
  }
  // Most logs of a deployment are quiet most of the time.
  if (await isBefore(upto)) return upto
  let [before, behind] = [0, upto]
  while (behind - before > 1) {
    const middle = Math.floor((before + behind) / 2)
    if (await isBefore(middle)) before = middle
    else behind = middle
  }
  return before
}
