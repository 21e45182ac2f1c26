import { describe, expect, test } from "vitest"
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../time.ts"
import { type Attempted, decide, DEFAULT_SCHEDULE_MS } from "./decide.ts"

const now = 1_800_000_000_000
const failed: Attempted = {
  outcome: "failed",
  statusCode: 500,
  retryAfterSeconds: null,
  trigger: "schedule",
  scheduledAttempts: 0,
  schedule: DEFAULT_SCHEDULE_MS,
  now,
  random: () => 0.5,
}
const after = (given: Partial<Attempted>) => decide({ ...failed, ...given })
const retry = (wait: number, hold: number | null = null) => ({
  kind: "retry",
  at: now + wait,
  holdEndpointUntil: hold === null ? null : now + hold,
})

describe("decide", () => {
  test.each([
    [0, 5 * SECOND_MS],
    [1, 5 * MINUTE_MS],
    [2, 30 * MINUTE_MS],
    [3, 2 * HOUR_MS],
    [4, 5 * HOUR_MS],
    [5, 10 * HOUR_MS],
    [6, 14 * HOUR_MS],
    [7, 20 * HOUR_MS],
    [8, 24 * HOUR_MS],
  ])("after a failure with %d before it, waits %d ms", (scheduledAttempts, wait) => {
    expect(after({ scheduledAttempts })).toEqual(retry(wait))
  })

  test("the tenth failure exhausts the delivery", () => {
    expect(after({ scheduledAttempts: 9 })).toEqual({ kind: "exhausted", holdEndpointUntil: null })
  })

  test.each([
    ["none", [], 0],
    ["two", [1000, 2000], 2],
  ])("n waits make n + 1 attempts: %s", (_, schedule, scheduledAttempts) => {
    expect(after({ schedule, scheduledAttempts })).toEqual({ kind: "exhausted", holdEndpointUntil: null })
    if (scheduledAttempts > 0)
      expect(after({ schedule, scheduledAttempts: scheduledAttempts - 1 })).toMatchObject({ kind: "retry" })
  })

  test.each([
    [0, 0.8],
    [0.5, 1],
    [0.999_999, 1.2],
  ])("jitter: chance %d makes %d of the wait", (chance, factor) => {
    const decision = after({ scheduledAttempts: 1, random: () => chance })
    expect(decision).toMatchObject({ kind: "retry" })
    if (decision.kind === "retry") expect((decision.at - now) / (5 * MINUTE_MS)).toBeCloseTo(factor, 4)
  })

  test.each(["schedule", "manual", "replay", "probe"] as const)("410 is gone, also for trigger %s", (trigger) => {
    expect(after({ statusCode: 410, trigger, scheduledAttempts: 9 })).toEqual({ kind: "gone", holdEndpointUntil: null })
  })

  test("success is success, on any attempt", () => {
    for (const trigger of ["schedule", "manual"] as const)
      expect(after({ outcome: "succeeded", statusCode: 200, trigger, scheduledAttempts: 12 })).toEqual({
        kind: "succeeded",
        holdEndpointUntil: null,
      })
  })

  test.each([429, 503])("%d with Retry-After: never before it, and the endpoint is held", (statusCode) => {
    expect(after({ statusCode, retryAfterSeconds: 600 })).toEqual(retry(600_000, 600_000))
  })

  test("a wait that is longer than Retry-After stays", () => {
    expect(after({ statusCode: 503, retryAfterSeconds: 60, scheduledAttempts: 3 })).toEqual(retry(2 * HOUR_MS, 60_000))
  })

  test.each([
    [500, 600],
    [502, 600],
    [null, 600],
    [503, null],
    [503, 0],
  ])("status %s with Retry-After %s holds nothing", (statusCode, retryAfterSeconds) => {
    expect(after({ statusCode, retryAfterSeconds })).toEqual(retry(5000))
  })

  test("no Retry-After holds for longer than a day", () => {
    expect(after({ statusCode: 429, retryAfterSeconds: 1e9 })).toEqual(retry(24 * HOUR_MS, 24 * HOUR_MS))
  })

  test("the last attempt's Retry-After still holds the endpoint", () => {
    expect(after({ statusCode: 429, retryAfterSeconds: 60, scheduledAttempts: 9 })).toEqual({
      kind: "exhausted",
      holdEndpointUntil: now + 60_000,
    })
  })

  test.each([0, 1, 10])(
    "a failed probe puts its delivery back on hold, however much of the schedule is used up: %d",
    (used) => {
      expect(after({ trigger: "probe", scheduledAttempts: used })).toEqual({ kind: "held", holdEndpointUntil: null })
      expect(after({ trigger: "probe", statusCode: 429, retryAfterSeconds: 60, scheduledAttempts: used })).toEqual({
        kind: "held",
        holdEndpointUntil: now + 60_000,
      })
    },
  )

  describe.each(["manual", "replay"] as const)("a failed attempt by %s uses up nothing", (trigger) => {
    test("of an exhausted delivery: exhausted again", () => {
      expect(after({ trigger, scheduledAttempts: 10 })).toEqual({ kind: "exhausted", holdEndpointUntil: null })
    })
    test("of one that is retrying: the wait it was in, from now", () => {
      expect(after({ trigger, scheduledAttempts: 1 })).toEqual(retry(5 * SECOND_MS))
      expect(after({ trigger, scheduledAttempts: 9 })).toEqual(retry(24 * HOUR_MS))
    })
    test("of one that was never tried by schedule: the first wait", () => {
      expect(after({ trigger, scheduledAttempts: 0 })).toEqual(retry(5 * SECOND_MS))
    })
  })
})
