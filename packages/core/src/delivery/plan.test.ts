import { describe, expect, it } from "vitest"

import type { Claim, DeliveryRow } from "../delivery.ts"
import type { Gate } from "../endpoint.ts"
import { CLAIM_MS, DUE_GRACE_MS, newDelivery, plan, type PlanInput } from "./plan.ts"

const NOW = 1_800_000_000_000
const message = { v: 1 as const, log: "acc", position: 7, eventId: "evt_x", endpointId: "ep_y", number: 1 }
const event = { type: "message.received", accountId: "acc" }
const open: Gate = { kind: "open" }
const hold: Gate = { kind: "hold", reason: "paused", until: null }
const gone: Gate = { kind: "cancel", reason: "endpoint_gone" }

const ask = (row: DeliveryRow | null, over: Partial<PlanInput> = {}) =>
  plan({ row, message, event, gate: open, claimId: "c1", now: NOW, attemptsMax: 10, retentionMs: 1_000, ...over })
const row = (over: Partial<DeliveryRow> = {}): DeliveryRow => ({
  ...newDelivery(message, event, NOW - 1_000),
  version: 3,
  ...over,
})
const claim = (over: Partial<Claim> = {}): Claim => ({
  id: "c0",
  number: 1,
  trigger: "schedule",
  startedAt: NOW - 10_000,
  until: NOW + 35_000,
  ...over,
})
const dead = claim({ startedAt: NOW - 60_000, until: NOW - 15_000 })
const second = { message: { ...message, number: 2 } }
const retrying = row({
  status: "retrying",
  attemptCount: 1,
  scheduledAttempts: 1,
  nextAttemptAt: NOW,
  work: { kind: "due", at: NOW + 90_000 },
})

describe("a delivery without a row", () => {
  it("is claimed by its first message, which is its timer: no index entry", () => {
    expect(ask(null)).toMatchObject({
      kind: "claim",
      row: { version: 1, status: "pending", work: null, claim: { id: "c1", number: 1, until: NOW + CLAIM_MS } },
    })
  })
  it("is made and held where the gate holds", () => {
    expect(ask(null, { gate: hold })).toMatchObject({
      kind: "settle",
      row: { status: "held", statusReason: "paused", work: { kind: "held", replay: false, at: NOW }, attemptCount: 0 },
    })
  })
  it("ends as cancelled, without an attempt, where the endpoint went while it was on its way", () => {
    expect(ask(null, { gate: gone })).toMatchObject({ kind: "settle", row: { status: "cancelled", attemptCount: 0 } })
  })
})

describe("a message that is late, early or repeated", () => {
  it.each(["succeeded", "exhausted", "cancelled", "held"] as const)("is deleted when the delivery is %s", (status) => {
    expect(ask(row({ status }))).toEqual({ kind: "delete" })
  })
  it("is kept while another's claim lives, and comes back when it ends", () => {
    expect(ask(row({ claim: claim() }))).toEqual({ kind: "again", at: NOW + 35_000 })
    expect(ask(row({ claim: claim() }), { gate: hold })).toEqual({ kind: "again", at: NOW + 35_000 })
  })
  it("is deleted when its attempt was made: the row has a due entry", () => {
    expect(ask(retrying)).toEqual({ kind: "delete" })
  })
  it("waits when it comes before its time", () => {
    expect(ask({ ...retrying, nextAttemptAt: NOW + 5_000 }, second)).toEqual({ kind: "again", at: NOW + 5_000 })
  })
})

describe("an open delivery whose time has come", () => {
  it("is claimed, with a due entry behind the claim's end", () => {
    expect(ask(retrying, second)).toMatchObject({
      kind: "claim",
      row: {
        version: 4,
        claim: { number: 2 },
        work: { kind: "due", at: NOW + CLAIM_MS + DUE_GRACE_MS },
        nextAttemptAt: null,
      },
    })
  })
  it("is held where the gate holds, without an attempt", () => {
    expect(ask(retrying, { ...second, gate: hold })).toMatchObject({
      kind: "settle",
      row: { status: "held", attemptCount: 1 },
    })
  })
  it("is cancelled where the endpoint is gone", () => {
    expect(ask(retrying, { ...second, gate: gone })).toMatchObject({
      kind: "settle",
      row: { status: "cancelled", statusReason: "endpoint_gone", work: null, finishedAt: NOW, expiresAt: NOW + 1_000 },
    })
  })
})

describe("a claim that ended without a record", () => {
  it("counts as an interrupted attempt, and the next one is claimed at once, with a due entry", () => {
    expect(ask(row({ claim: dead }))).toMatchObject({
      kind: "claim",
      row: {
        attemptCount: 1,
        scheduledAttempts: 1,
        attempts: [{ number: 1, errorKind: "interrupted", outcome: "failed" }],
        claim: { id: "c1", number: 2 },
        work: { kind: "due" },
      },
    })
  })
  it("counts, whatever the gate says", () => {
    expect(ask(row({ claim: dead }), { gate: hold })).toMatchObject({
      kind: "settle",
      row: { status: "held", attemptCount: 1, claim: null },
    })
  })
  it("may be the last attempt there was: exhausted, with a due entry until that is told", () => {
    const last = row({ claim: { ...dead, number: 10 }, attemptCount: 9, scheduledAttempts: 9 })
    expect(ask(last)).toMatchObject({
      kind: "settle",
      row: { status: "exhausted", attemptCount: 10, work: { kind: "due", at: NOW } },
    })
  })
  it("does not use up the schedule when it was not the schedule's", () => {
    const manual = row({ claim: { ...dead, trigger: "manual", number: 11 }, attemptCount: 10, scheduledAttempts: 4 })
    expect(ask(manual)).toMatchObject({ kind: "claim", row: { scheduledAttempts: 4, attemptCount: 11 } })
  })
})
