import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { PAGE_BYTES_MAX, fitting } from "./page-bytes.ts"
import { NOW, logRow, testApi, type Answered } from "./fixture.ts"

/** As Lambda's runtime writes an answer. */
const sent = (rows: unknown[]): number => Buffer.byteLength(JSON.stringify({ body: JSON.stringify({ data: rows }) }))

describe("fitting", () => {
  it("takes all where all fit, none of none, and one that is too large by itself", () => {
    expect(fitting(["a", "b"], 1_000)).toBe(2)
    expect(fitting([], 0)).toBe(0)
    expect(fitting(["a".repeat(1_000), "b"], 100)).toBe(1)
  })

  it("ends a page before the row that would pass the bound", () => {
    // A row of 100 letters has its two quotes and, inside a string, two backslashes and two quotes more.
    const rows = Array.from({ length: 10 }, () => "x".repeat(100))
    expect(fitting(rows, 106 * 3)).toBe(3)
    expect(fitting(rows, 106 * 3 - 1)).toBe(2)
  })

  it("keeps an answer inside a Lambda's 6 MB, whatever is written in it", () => {
    const text = fc.constantFrom('"', "\\", "\u0001", "ü", "😀", "a").map((letter) => letter.repeat(100))
    fc.assert(
      fc.property(fc.array(text, { maxLength: 100 }), fc.integer({ min: 500, max: 20_000 }), (rows, bytesMax) => {
        const count = fitting(rows, bytesMax)
        // 4 of 6 parts for the rows: a comma between two of them, and the brackets, are far less.
        if (count > 1) expect(sent(rows.slice(0, count))).toBeLessThan(bytesMax * 1.5)
        if (count < rows.length) expect(sent(rows.slice(0, count + 1))).toBeGreaterThan(bytesMax)
      }),
    )
    expect(PAGE_BYTES_MAX * 1.5).toBeLessThanOrEqual(6_000_000)
  })
})

describe("a list of large events", () => {
  it("is cut into pages that a Lambda can answer, each event on one of them", async () => {
    const api = testApi()
    const positions = Array.from({ length: 40 }, (_, index) => index + 1)
    for (const position of positions) {
      const row = logRow("a1", position, NOW - 100_000 + position)
      Object.assign((row.event.data as { message: object }).message, { text: '"'.repeat(90_000) })
      await api.store.appendEvent(row)
    }
    const seen: string[] = []
    let cursor: string | null = null
    let pages = 0
    do {
      const page: Answered = (
        await api.call("GET", `/v1/events?limit=100${cursor === null ? "" : `&cursor=${cursor}`}`)
      ).body
      expect(sent(page.data)).toBeLessThan(PAGE_BYTES_MAX * 1.5)
      seen.push(...page.data.map(({ id }) => id))
      cursor = page.nextCursor
      pages++
    } while (cursor !== null)
    expect(seen).toEqual(positions.map((position) => logRow("a1", position, NOW).event.id).toReversed())
    expect(pages).toBeGreaterThan(1)
  })
})
