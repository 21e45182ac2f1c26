import { describe, expect, it } from "vitest"

import { type Failure, RETRY_AFTER_MAX_MS, retryAfterOf, waitBeforeRetry } from "./retry.ts"

const failure = (status: number | null, more: Partial<Failure> = {}): Failure => ({
  status,
  code: "internal",
  retryAfterMs: null,
  ...more,
})
const repeatable = { tries: 1, isRepeatable: true }
const once = { tries: 1, isRepeatable: false }
const half = (): number => 0.5

describe("whether a call is tried again", () => {
  it.each([null, 500, 502, 503, 504])("%s: only what comes to the same when it is done twice", (status) => {
    expect(waitBeforeRetry(failure(status), repeatable, half)).toBeGreaterThan(0)
    expect(waitBeforeRetry(failure(status), once, half)).toBeNull()
  })

  it.each([400, 401, 403, 404, 409, 410, 413, 422])("%s stays as it is", (status) => {
    expect(waitBeforeRetry(failure(status), repeatable, half)).toBeNull()
  })

  it("429 came before anything was done: whatever it was", () => {
    expect(waitBeforeRetry(failure(429, { retryAfterMs: 3_000 }), once, half)).toBe(3_000)
  })

  it("a setting that is missing does not come by waiting", () => {
    expect(waitBeforeRetry(failure(503, { code: "not_configured" }), repeatable, half)).toBeNull()
  })

  it("a Retry-After is kept to, never cut short: a longer one than the bound is the caller's", () => {
    const after = (retryAfterMs: number) => waitBeforeRetry(failure(503, { retryAfterMs }), repeatable, half)
    expect(after(RETRY_AFTER_MAX_MS)).toBe(RETRY_AFTER_MAX_MS)
    expect(after(RETRY_AFTER_MAX_MS + 1)).toBeNull()
  })

  it("waits double, to a bound, between half and the whole of it by chance", () => {
    const waits = (random: number) =>
      [1, 2, 3, 6, 20].map((tries) => waitBeforeRetry(failure(502), { tries, isRepeatable: true }, () => random))
    expect(waits(0)).toEqual([125, 250, 500, 4_000, 4_000])
    expect(waits(1)).toEqual([250, 500, 1_000, 8_000, 8_000])
  })
})

describe("Retry-After", () => {
  const now = Date.parse("2026-11-14T23:46:40Z")

  it.each([
    ["0", 0],
    ["12", 12_000],
    ["Sat, 14 Nov 2026 23:46:50 GMT", 10_000],
    ["Sat, 14 Nov 2026 23:46:30 GMT", 0],
    ["soon", null],
    ["-5e99", null],
    ["5.5", null],
    ["", null],
  ])("%s", (header, wanted) => {
    expect(retryAfterOf(header, now)).toBe(wanted)
  })
})
