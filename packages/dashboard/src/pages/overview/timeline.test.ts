import { describe, expect, it } from "vitest"

import { timelineOf } from "./timeline.ts"

const at = (time: string): number => Date.parse(`2026-11-27T${time}Z`) / 1_000

describe("the last hour, minute by minute", () => {
  it("minutes in which nothing happened count nothing, instead of being left out", () => {
    const { times, values } = timelineOf({
      since: "2026-11-27T10:00:00.000Z",
      until: "2026-11-27T10:03:00.000Z",
      minutes: [{ at: "2026-11-27T10:01:00.000Z", seen: 3, succeeded: 2, failed: 1, held: 4 }],
    })
    expect(times.slice(0, 3)).toEqual([at("10:00:00"), at("10:01:00"), at("10:02:00")])
    expect(values.seen.slice(0, 3)).toEqual([0, 3, 0])
    expect(values.held.slice(0, 3)).toEqual([0, 4, 0])
  })

  it("the minute under way is drawn up to now", () => {
    const { times, values, totals } = timelineOf({
      since: "2026-11-27T10:00:00.000Z",
      until: "2026-11-27T10:01:20.000Z",
      minutes: [{ at: "2026-11-27T10:01:00.000Z", seen: 5, succeeded: 0, failed: 0, held: 0 }],
    })
    expect(times).toEqual([at("10:00:00"), at("10:01:00"), at("10:01:20")])
    expect(values.seen).toEqual([0, 5, 5])
    expect(totals.seen).toBe(5)
  })
})
