import { describe, expect, it } from "vitest"

import { agoText, spanText, timeText } from "./time-text.ts"

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe("a span in words", () => {
  it.each([
    [0, "0 ms"],
    [840, "840 ms"],
    [999, "999 ms"],
    [SECOND, "1 s"],
    [MINUTE - 1, "59 s"],
    [MINUTE, "1 min"],
    [HOUR - 1, "59 min"],
    [HOUR, "1 h"],
    [DAY - 1, "23 h"],
    [DAY, "1 d"],
    [400 * DAY, "400 d"],
  ])("%i ms is %s: one unit, rounded down", (ms, text) => expect(spanText(ms)).toBe(text))
})

describe("how far an instant is from now", () => {
  const now = Date.UTC(2026, 10, 27, 12)
  it.each([
    [0, "now"],
    [-999, "now"],
    [999, "now"],
    [-12 * SECOND, "12 s ago"],
    [5 * MINUTE, "in 5 min"],
    [-3 * DAY, "3 d ago"],
  ])("%i ms from now is %s", (ms, text) => expect(agoText(now + ms, now)).toBe(text))
})

describe("an instant in the viewer's zone", () => {
  const now = new Date(2026, 10, 27, 12)
  it("is a time alone today", () => {
    expect(timeText(new Date(2026, 10, 27, 0, 3, 5), now)).toBe("00:03:05")
    expect(timeText(new Date(2026, 10, 27, 23, 59, 59), now)).toBe("23:59:59")
  })
  it("has the day before today, and no year within this one", () => {
    expect(timeText(new Date(2026, 10, 26, 23, 59, 59), now)).toMatch(/^(?=.*\b26\b)(?!.*2026).+, 23:59:59$/)
    expect(timeText(new Date(2026, 0, 1, 0, 0, 0), now)).toMatch(/^(?=.*\b1\b)(?!.*2026).+, 00:00:00$/)
  })
  it("has the year before this year, and after it", () => {
    expect(timeText(new Date(2025, 11, 31, 23, 59, 59), now)).toMatch(/2025.*, 23:59:59$/)
    expect(timeText(new Date(2027, 0, 1), now)).toMatch(/2027.*, 00:00:00$/)
  })
})
