import type { Instant } from "./time.ts"
import { DAY_MS } from "./time.ts"

/** Minutes are kept so long. */
export const STATS_KEPT_MS = 7 * DAY_MS

/** Upper bounds of the buckets that attempts' durations fall into, in ms; the last bucket is open. */
export const DURATION_BUCKETS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const

/** What a minute saw. */
export interface StatsCounts {
  /** Messages that polls found. */
  seen: number
  succeeded: number
  /** Failed attempts. */
  failed: number
  /** Deliveries that were put on hold. */
  held: number
  /** Attempts by duration: one count for each of DURATION_BUCKETS_MS, and one more. */
  durations: number[]
}

export interface StatsRow extends StatsCounts {
  /** Its first instant. */
  minute: Instant
}

/** To add to a minute's counters; endpointId null: to those of the whole deployment. */
export interface StatsDelta extends StatsRow {
  endpointId: string | null
}

export const noCounts = (): StatsCounts => ({
  seen: 0,
  succeeded: 0,
  failed: 0,
  held: 0,
  durations: Array.from({ length: DURATION_BUCKETS_MS.length + 1 }, () => 0),
})

export const addCounts = (a: StatsCounts, b: StatsCounts): StatsCounts => ({
  seen: a.seen + b.seen,
  succeeded: a.succeeded + b.succeeded,
  failed: a.failed + b.failed,
  held: a.held + b.held,
  durations: a.durations.map((count, index) => count + (b.durations[index] ?? 0)),
})

/** The bucket that a duration falls into. */
export const bucketOf = (durationMs: number): number => {
  const index = DURATION_BUCKETS_MS.findIndex((bound) => durationMs <= bound)
  return index === -1 ? DURATION_BUCKETS_MS.length : index
}

/**
 * The duration in ms that `share` of the attempts did not exceed, read off the histogram: even within a bucket, so never further
 * off than the bucket is wide. The open bucket counts as ending at an attempt's deadline. Null where nothing was counted.
 */
export const quantile = (durations: readonly number[], share: number, deadlineMs: number): number | null => {
  const total = durations.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let below = 0
  for (const [index, count] of durations.entries()) {
    if (count > 0 && below + count >= share * total) {
      const from = DURATION_BUCKETS_MS[index - 1] ?? 0
      const to = DURATION_BUCKETS_MS[index] ?? deadlineMs
      return Math.round(from + ((to - from) * Math.max(0, share * total - below)) / count)
    }
    below += count
  }
  return deadlineMs
}
