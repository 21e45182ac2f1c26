import fc from "fast-check"
import { describe, expect, it } from "vitest"

import type { Event } from "@posthorn/core/event"
import { parseFilter } from "@posthorn/core/fanout/filter"
import { wants } from "@posthorn/core/fanout/match"

import { built, whyNoN8n } from "./package.ts"

const reason = whyNoN8n()
type Filter = Record<string, unknown> | null
type KeepUntil = (filter: Filter, eventTypes: string[], until: number) => Filter

const HOUR_MS = 3_600_000
/** A replay may be at work when the workflow goes off, of whatever is kept. */
const FIRST = Date.UTC(2020, 0)
const CATCH_UP_MAX_MS = 30 * 24 * HOUR_MS
const message = (seenAt: number, account = "a"): Event =>
  ({
    id: "evt_1",
    type: "message.received",
    timestamp: new Date(0).toISOString(),
    data: { account: { id: account }, seenAt: new Date(seenAt).toISOString() },
  }) as unknown as Event
const custom = (timestamp: number): Event =>
  ({ id: "evt_2", type: "custom.won", timestamp: new Date(timestamp).toISOString(), data: {} }) as unknown as Event

describe.skipIf(reason !== null)(`a narrowed filter${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  const { keepUntil } = (reason === null ? built("keep-until") : {}) as { keepUntil: KeepUntil }
  const instant = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2036, 0) })
  const kinds: [string, string[], (at: number) => Event][] = [
    ["messages", ["message.received"], message],
    ["everything", ["*"], message],
    ["one's own events", ["custom.won"], custom],
    ["messages beside others", ["message.received", "custom.won"], message],
    ["one's own events beside others", ["*", "custom.won"], custom],
  ]

  it.each(kinds)(
    "lets %s through that were seen before the instant, to the second, and none after",
    (_, types, event) => {
      const span = fc.integer({ min: 1, max: CATCH_UP_MAX_MS })
      const near = fc.constantFrom(-HOUR_MS, -1000, -1, 0, 1, 999, 1000, 60_000, HOUR_MS)
      fc.assert(
        fc.property(instant, span, near, fc.double({ min: 0, max: 1, noNaN: true }), (now, ms, offset, part) => {
          const until = now + ms
          const filter = keepUntil(null, types, until)
          const asks = (at: number) => wants({ eventTypes: types, filter }, event(at))
          const limit = Math.ceil(until / 1000) * 1000
          const inside = FIRST + Math.floor(part * (limit - 1 - FIRST))
          expect(asks(inside), new Date(inside).toISOString()).toBe(true)
          expect(asks(limit - 1)).toBe(true)
          expect(asks(limit)).toBe(false)
          expect(asks(limit + Math.floor(part * 100 * CATCH_UP_MAX_MS))).toBe(false)
          const around = until + offset
          expect(asks(around)).toBe(around < limit)
          expect(parseFilter(filter).ok, "Posthorn takes it").toBe(true)
        }),
      )
    },
  )

  it("asks for all that the filter asked for, too", () => {
    const now = Date.UTC(2026, 10, 14, 23, 46, 40)
    const own = { data: { account: { id: ["a"] } } }
    for (const eventTypes of [["message.received"], ["message.received", "custom.won"]]) {
      const filter = keepUntil(own, eventTypes, now + 60_000)
      expect(wants({ eventTypes, filter }, message(now))).toBe(true)
      expect(wants({ eventTypes, filter }, message(now, "b"))).toBe(false)
      expect(wants({ eventTypes, filter }, message(now + 60_000))).toBe(false)
    }
    expect(own).toEqual({ data: { account: { id: ["a"] } } })
  })

  it.each<[Filter, string[]]>([
    [{ data: { seenAt: ["x"] } }, ["message.received"]],
    [{ data: { seenAt: ["x"] } }, ["message.received", "custom.won"]],
    [{ timestamp: ["x"] }, ["custom.won"]],
    [{ $or: [{ type: ["custom.won"] }, { id: ["x"] }] }, ["message.received", "custom.won"]],
  ])("is none where %j speaks of the same for %j", (filter, eventTypes) => {
    expect(keepUntil(filter, eventTypes, 1_794_700_060_000)).toBeNull()
  })
})
