import { decodeBookmark, encodeBookmark, logKey } from "@posthorn/core/catchup/bookmark"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { earliest } from "./earliest.ts"

type Positions = Record<string, number>
const text = (positions: Positions): string =>
  encodeBookmark(new Map(Object.entries(positions).map(([log, position]) => [logKey(log), position])))

describe("the earliest of several places", () => {
  it("stands in each log at the earliest of their positions; one that a place does not know it does not know either", () => {
    const places = [text({ ada: 7, grace: 9, new: 3 }), text({ grace: 4, ada: 8 })]
    expect(earliest(places)).toBe(text({ ada: 7, grace: 4 }))
    expect(earliest([...places, "start"])).toBe(text({}))
  })

  it("is behind none of them, in no log", () => {
    const log = fc.constantFrom("a", "b", "c")
    const place = fc.dictionary(log, fc.integer({ min: 1, max: 1_000_000 }))
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 4 }), (places) => {
        const found = decodeBookmark(earliest(places.map(text)) ?? "")
        expect(found).not.toBeNull()
        for (const [key, position] of found ?? [])
          for (const each of places) {
            const known = new Map(Object.entries(each).map(([name, at]) => [logKey(name), at]))
            expect(known.get(key) ?? 0).toBeGreaterThanOrEqual(position)
          }
      }),
    )
  })

  it("takes the begin of a page for what is handled within it", () => {
    expect(earliest([`${text({ ada: 7 })}~evt_1~evt_2`, text({ ada: 9 })])).toBe(text({ ada: 7 }))
  })

  it("cannot be told of an event's id, nor of a bookmark of another make", () => {
    expect(earliest([text({ ada: 7 }), "evt_dGhlIHNhbWUgbWVzc2Fn"])).toBeNull()
    expect(earliest([text({ ada: 7 }), Buffer.from([2, 1, 1, 1]).toString("base64url")])).toBeNull()
  })
})
