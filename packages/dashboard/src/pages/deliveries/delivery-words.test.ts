import { describe, expect, it } from "vitest"

import type { Attempt } from "../../api/resources.ts"
import { deliveryStatuses, lastAnswer, NEEDS_ATTENTION, standing, WAITING } from "./delivery-words.ts"

const attempt = (changes: Partial<Attempt>): Attempt => ({
  id: "att_1",
  number: 1,
  trigger: "schedule",
  startedAt: "2026-11-14T23:46:40.000Z",
  durationMs: 132,
  outcome: "failed",
  errorKind: null,
  errorMessage: null,
  responseStatus: null,
  retryAfterSeconds: null,
  responseBody: null,
  responseBodyTruncated: false,
  ...changes,
})

describe("the last answer in short", () => {
  it.each<[string, Attempt | null, string]>([
    ["is none before the first attempt", null, "none yet"],
    [
      "is a status and how long it took",
      attempt({ responseStatus: 503, errorKind: "http_status" }),
      "503 after 132 ms",
    ],
    ["is what went wrong where none came", attempt({ errorKind: "timeout" }), "no answer in time"],
    ["is a failure where nothing more is known", attempt({}), "failed after 132 ms"],
  ])("%s", (_, given, text) => expect(lastAnswer(given)).toBe(text))
})

describe("where a delivery stands", () => {
  it("is told by its reason before its status", () => {
    expect(standing({ status: "held", statusReason: "paused" }).now).toContain("paused")
    expect(standing({ status: "cancelled", statusReason: "endpoint_gone" }).now).toContain("410")
  })
  it("is told differently for each status", () =>
    expect(new Set(deliveryStatuses.map((status) => standing({ status, statusReason: null }).now)).size).toBe(
      deliveryStatuses.length,
    ))
  it("has presets that do not overlap", () =>
    expect(NEEDS_ATTENTION.some((status) => WAITING.includes(status))).toBe(false))
})
