import type { Stats } from "../../api/resources.ts"

const MINUTE_MS = 60_000

const counted = ["seen", "succeeded", "failed", "held"] as const
export type Counted = (typeof counted)[number]

export interface Timeline {
  /** The start of each minute, in seconds since 1970, without a gap; the last is the end of the last one. */
  times: number[]
  values: Record<Counted, number[]>
  totals: Record<Counted, number>
}

/** The API leaves out minutes in which nothing happened; a drawing needs them. */
export const timelineOf = ({ since, until, minutes }: Pick<Stats, "since" | "until" | "minutes">): Timeline => {
  const known = new Map(minutes.map((minute) => [Date.parse(minute.at), minute]))
  const timeline: Timeline = {
    times: [],
    values: { seen: [], succeeded: [], failed: [], held: [] },
    totals: { seen: 0, succeeded: 0, failed: 0, held: 0 },
  }
  for (let at = Math.floor(Date.parse(since) / MINUTE_MS) * MINUTE_MS; at < Date.parse(until); at += MINUTE_MS) {
    timeline.times.push(at / 1_000)
    for (const name of counted) {
      const count = known.get(at)?.[name] ?? 0
      timeline.values[name].push(count)
      timeline.totals[name] += count
    }
  }
  // Once more at the end, so that a drawing in steps gives the last minute its width.
  timeline.times.push(Date.parse(until) / 1_000)
  for (const name of counted) timeline.values[name].push(timeline.values[name].at(-1) ?? 0)
  return timeline
}
