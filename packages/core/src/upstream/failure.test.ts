import { describe, expect, test } from "vitest"

import { failureOf, noAnswer } from "./failure.ts"
import { KEY, NOW } from "./fake.ts"

const failure = (status: number, body: unknown = null, headers: Record<string, string> = {}) =>
  failureOf({ status, headers, body, now: NOW, secret: KEY })
const isoIn = (ms: number) => new Date(NOW + ms).toISOString()

test.each([
  [400, "bad_request"],
  [401, "unauthorized"],
  [402, "forbidden"],
  [403, "forbidden"],
  [404, "not_found"],
  [405, "bad_request"],
  [408, "timeout"],
  [410, "not_found"],
  [422, "bad_request"],
  [429, "rate_limited"],
  [500, "server_error"],
  [502, "server_error"],
  [503, "server_error"],
  [304, "redirect"],
  [200, "refused"],
])("status %i is %s", (status, kind) => {
  expect(failure(status)).toMatchObject({ kind, status, retryAt: null })
})

test.each([
  ["A", { error: "Unauthorized" }, "Unauthorized"],
  ["B", { success: false, error: "conversationUrn is required" }, "conversationUrn is required"],
  ["C", { success: false, code: "validation_error", message: "What went wrong" }, "What went wrong"],
  ["error.message", { error: { message: "Nested" } }, "Nested"],
  ["F", { errorDetails: { message: "In details" } }, "In details"],
  ["detail", { detail: "In detail" }, "In detail"],
  ["an empty first one", { message: " ", error: "Second" }, "Second"],
  [
    "D",
    { error: { name: "ZodError", issues: [{ path: ["a", 0], message: "Required" }, { message: "Bad" }] } },
    "a.0: Required; Bad",
  ],
  ["H", null, "ConnectSafely answered HTTP 500 without saying why."],
  ["a list", ["x"], "ConnectSafely answered HTTP 500 without saying why."],
  ["odd types", { message: 7, error: { issues: "x" } }, "ConnectSafely answered HTTP 500 without saying why."],
])("shape %s is read", (_shape, body, message) => {
  expect(failure(500, body).message).toBe(message)
})

test("neither the key nor more than a line of what upstream says gets into an error", () => {
  const { message } = failure(401, { error: `Bad key ${KEY}\nSet-Cookie: x\u0000\u2028 ${"long ".repeat(200)}` })
  expect(message).toMatch(/^Bad key \[key\] Set-Cookie: x long long/)
  expect(message.length).toBeLessThanOrEqual(301)
  expect(noAnswer("connect", `refused ${KEY}`, KEY).message).toBe("refused [key]")
})

test("no answer is a timeout or unreachable", () => {
  expect(noAnswer("timeout", "m", KEY)).toMatchObject({ kind: "timeout", status: null })
  for (const kind of ["dns", "connect", "tls", "reset", "address_refused"] as const)
    expect(noAnswer(kind, "m", KEY).kind).toBe("unreachable")
})

describe("when to come back", () => {
  const retryAfter = (headers: Record<string, string>, body: unknown = null) => {
    const { retryAt } = failure(429, body, headers)
    return retryAt === null ? null : retryAt - NOW
  }

  test.each([
    ["Retry-After in seconds", { "retry-after": "30" }, 30_000],
    ["Retry-After as a date", { "retry-after": new Date(NOW + 30_000).toUTCString() }, 30_000],
    ["X-RateLimit-Reset in seconds", { "x-ratelimit-reset": String((NOW + 30_000) / 1_000) }, 30_000],
    ["X-RateLimit-Reset in milliseconds", { "x-ratelimit-reset": String(NOW + 30_000) }, 30_000],
    ["X-RateLimit-Reset as ISO", { "x-ratelimit-reset": isoIn(30_000) }, 30_000],
    ["X-RateLimit-Reset with a space", { "x-ratelimit-reset": "2026-11-14 23:49:00+00:00" }, 40_000],
    ["X-RateLimit-Reset as seconds from now", { "x-ratelimit-reset": "30" }, 30_000],
    ["both: Retry-After wins", { "retry-after": "5", "x-ratelimit-reset": isoIn(30_000) }, 5_000],
    ["an unreadable Retry-After: the other", { "retry-after": "soon", "x-ratelimit-reset": isoIn(30_000) }, 30_000],
    ["nothing", {}, null],
    ["a reset in the past", { "x-ratelimit-reset": isoIn(-1) }, null],
    ["Retry-After 0", { "retry-after": "0" }, null],
    ["a week: a day at most", { "retry-after": "604800" }, 86_400_000],
    ["the year 9999: a day at most", { "x-ratelimit-reset": "9999-12-31T23:59:59Z" }, 86_400_000],
  ])("%s", (_form, headers, ms) => {
    expect(retryAfter(headers)).toBe(ms)
  })

  test("holdUntil counts after Retry-After, and before a header that every answer has", () => {
    const limits = { "x-ratelimit-reset": isoIn(90_000) }
    expect(retryAfter(limits, { error: "x", holdUntil: isoIn(60_000) })).toBe(60_000)
    expect(retryAfter({}, { error: "x", holdUntil: isoIn(60_000) })).toBe(60_000)
    expect(retryAfter({ "retry-after": "5" }, { holdUntil: isoIn(60_000) })).toBe(5_000)
  })

  test("holdUntil makes a refusal with status 200 a rate limit", () => {
    expect(failure(200, { success: false, holdUntil: isoIn(60_000) })).toMatchObject({
      kind: "rate_limited",
      retryAt: NOW + 60_000,
    })
  })

  test("upstream's instants are measured against its own clock", () => {
    const date = new Date(NOW + 3_600_000).toUTCString()
    expect(retryAfter({ date, "x-ratelimit-reset": isoIn(3_630_000) })).toBe(30_000)
    expect(retryAfter({ date, "retry-after": "30" })).toBe(30_000)
  })

  test("only a rate limit has it", () => {
    expect(failure(503, null, { "retry-after": "30" }).retryAt).toBeNull()
  })
})
