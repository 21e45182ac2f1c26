import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { BOOKMARK_LENGTH_MAX, decodeBookmark, encodeBookmark, logKey } from "./bookmark.ts"

describe("a bookmark", () => {
  it("comes back as it was, for any positions", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.nat({ max: Number.MAX_SAFE_INTEGER })), (positions) => {
        const bookmark = new Map(Object.entries(positions).map(([log, position]) => [logKey(log), position]))
        expect(decodeBookmark(encodeBookmark(bookmark))).toEqual(new Map([...bookmark].toSorted()))
      }),
    )
  })

  it("of 501 logs, each with a billion events, has room in a URL", () => {
    const bookmark = new Map(Array.from({ length: 501 }, (_, index) => [logKey(String(index)), 1_000_000_000 + index]))
    expect(encodeBookmark(bookmark).length).toBeLessThan(BOOKMARK_LENGTH_MAX)
    expect(encodeBookmark(bookmark).length).toBeLessThan(8_000)
  })

  it("with any letter changed, added or lost is none", () => {
    const text = encodeBookmark(
      new Map([
        [logKey("ada"), 7],
        [logKey("grace"), 70_000],
      ]),
    )
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === "A" ? "B" : "A"
      expect(decodeBookmark(text.slice(0, at) + other + text.slice(at + 1))).toBeNull()
      expect(decodeBookmark(text.slice(0, at) + text.slice(at + 1))).toBeNull()
      expect(decodeBookmark(text.slice(0, at) + other + text.slice(at))).toBeNull()
    }
  })

  it("nothing that is written by hand makes it throw", () => {
    fc.assert(fc.property(fc.base64String(), (text) => void decodeBookmark(text)))
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => void decodeBookmark(Buffer.from([1, ...bytes]).toString("base64url"))),
    )
    expect(decodeBookmark("")).toBeNull()
    expect(decodeBookmark("Ag")).toBeNull()
    expect(decodeBookmark(Buffer.from([1, 2, 3]).toString("base64url"))).toBeNull()
    expect(
      decodeBookmark(
        Buffer.from([1, 1, 2, 3, 4, 5, 6, ...Array.from({ length: 9 }, () => 255), 1]).toString("base64url"),
      ),
    ).toBeNull()
  })
})
