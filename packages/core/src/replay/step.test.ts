import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { Attempt, DeliveryRow } from "../delivery.ts"
import { ENDPOINT_ID } from "../delivery/test-world.ts"
import { closedCircuit } from "../endpoint.ts"
import { deliveryId, derivedId } from "../id.ts"
import { finishedJob } from "../job.ts"
import { REPLAY_AHEAD_MAX, stepJob } from "./step.ts"
import { createReplayWorld, eventIdAt, JOB_ID, type ReplayWorld } from "./test-replay.ts"

let world: ReplayWorld
beforeEach(async () => {
  world = await createReplayWorld()
  await world.addEndpoint()
})
afterEach(() => world.store.close())

const attempt: Attempt = {
  id: "att_0123456789012345678901",
  number: 1,
  trigger: "schedule",
  startedAt: 0,
  durationMs: 1,
  outcome: "failed",
  errorKind: "http_status",
  errorMessage: "The receiver answered 503.",
  responseStatus: 503,
  retryAfterSeconds: null,
  responseBody: null,
  responseBodyTruncated: false,
}
const ended = (status: "succeeded" | "exhausted" | "cancelled"): Partial<DeliveryRow> => ({
  status,
  statusReason: status === "cancelled" ? "endpoint_gone" : null,
  attempts: [attempt],
  attemptCount: 1,
  scheduledAttempts: 1,
  work: status === "exhausted" ? { kind: "failed", at: 5 } : null,
  finishedAt: 5,
  expiresAt: world.now + 1e9,
})
const message = (tick: number) => ({ v: 1 as const, job: JOB_ID, tick })

describe("what a replay opens", () => {
  it("reopens a finished delivery as a held one of the second class, with a new schedule, its attempts counted on", async () => {
    await world.append(1, 1)
    const before = await world.deliver(1, { ...ended("exhausted"), released: 3, slot: 7, jobId: "job_older" })
    await world.ask({ since: 0 })
    await world.work()
    expect(await world.delivery(1)).toEqual({
      ...before,
      version: 2,
      status: "held",
      statusReason: null,
      trigger: "replay",
      scheduledAttempts: 0,
      released: null,
      slot: null,
      jobId: JOB_ID,
      nextAttemptAt: null,
      work: { kind: "held", replay: true, at: world.seenAt(1) },
      updatedAt: world.now,
      finishedAt: null,
      expiresAt: null,
    })
    expect(world.started).toEqual([ENDPOINT_ID])
    expect(await world.job()).toMatchObject({ status: "succeeded", matched: 1, done: 1, next: null, progress: null })
  })

  it("makes the delivery of an event that never had one", async () => {
    await world.append(1, 1)
    await world.ask({ since: 0 })
    await world.work()
    expect(await world.delivery(1)).toMatchObject({
      version: 1,
      status: "held",
      trigger: "replay",
      attemptCount: 0,
      createdAt: world.now,
      work: { kind: "held", replay: true, at: world.seenAt(1) },
    })
  })

  it.each([
    ["pending", { work: { kind: "due" as const, at: 9 } }],
    ["retrying", { work: { kind: "due" as const, at: 9 }, nextAttemptAt: 9 }],
    ["held", { work: { kind: "held" as const, replay: false, at: 9 }, statusReason: "paused" as const }],
  ] as const)("leaves a delivery that is %s as it is, and counts it: it is delivered anyway", async (status, more) => {
    await world.append(1, 1)
    const before = await world.deliver(1, { status, ...more })
    await world.ask({ since: 0 })
    await world.work()
    expect(await world.delivery(1)).toEqual(before)
    expect(await world.job()).toMatchObject({ status: "succeeded", done: 1 })
  })

  it("with onlyFailed: what ended without success, and nothing else", async () => {
    await world.append(1, 5)
    await world.deliver(1, ended("succeeded"))
    await world.deliver(2, ended("exhausted"))
    await world.deliver(3, ended("cancelled"))
    await world.deliver(4, { status: "retrying", work: { kind: "due", at: 9 } })
    const job = await world.ask({ since: 0, onlyFailed: true })
    await world.work()
    const opened = []
    for (let position = 1; position <= 5; position++)
      if ((await world.delivery(position))?.jobId === JOB_ID) opened.push(position)
    expect(opened).toEqual([2, 3])
    expect([job.matched, (await world.job()).done]).toEqual([2, 2])
    expect(await world.delivery(5)).toBeNull()
  })

  it("tells that a delivery was exhausted before it opens it", async () => {
    await world.append(1, 1)
    await world.deliver(1, { ...ended("exhausted"), work: { kind: "due", at: world.now } })
    await world.ask({ since: 0 })
    await world.work()
    expect(world.published.map(({ event }) => event)).toMatchObject([
      { type: "delivery.exhausted", data: { delivery: { id: deliveryId(eventIdAt(1), ENDPOINT_ID) } } },
    ])
    expect(await world.delivery(1)).toMatchObject({ status: "held", jobId: JOB_ID })
  })

  it("says why the endpoint holds, while it does", async () => {
    await world.append(1, 1)
    const reason = async (more: object): Promise<unknown> => {
      const row = (await world.store.getEndpoint(ENDPOINT_ID))!
      await world.store.putEndpoint({ ...row, ...more, version: row.version + 1 }, row.version)
      const delivery = await world.delivery(1)
      if (delivery !== null) await world.store.forgetDelivery(eventIdAt(1), ENDPOINT_ID)
      const id = derivedId("job", JSON.stringify(more))
      await world.ask({ since: 0 }, id)
      await world.work()
      return (await world.delivery(1))?.statusReason
    }
    expect(await reason({ status: "paused" })).toBe("paused")
    expect(await reason({ status: "enabled", notBefore: world.now + 1 })).toBe("retry_after")
    expect(await reason({ notBefore: null, circuit: { ...closedCircuit, state: "open" } })).toBe("circuit_open")
  })
})

describe("the steps of a replay", () => {
  it("take a hundred events each, move on behind them, and leave nothing out", async () => {
    await world.append(1, 250)
    await world.append(1, 30, () => ({}), "system")
    const job = await world.ask({ since: 0 })
    expect(job).toMatchObject({ status: "queued", matched: 280, done: 0 })
    const seen = []
    while ((await world.work(1)) === 1) seen.push([(await world.job()).status, (await world.job()).done])
    expect(seen).toEqual([
      ["running", 100],
      ["running", 200],
      ["running", 250],
      ["succeeded", 280],
    ])
    for (let position = 1; position <= 250; position++)
      expect((await world.delivery(position))?.jobId, String(position)).toBe(JOB_ID)
  })

  it("change nothing when they are repeated after a crash, and count each delivery once", async () => {
    await world.append(1, 150)
    await world.ask({ since: 0 })
    const writes: string[] = []
    const { store } = world.replayDeps
    world.replayDeps.store = {
      ...store,
      putDelivery: (row, version) => (writes.push(row.eventId), store.putDelivery(row, version)),
      putJob: () => new Promise(() => {}),
    }
    void stepJob(message(1), world.replayDeps)
    await expect.poll(() => world.started.length).toBe(1)
    const before = await world.delivery(7)
    // Delivered between the crash and the repetition.
    const arrived = (await world.delivery(8))!
    await store.putDelivery({ ...arrived, ...ended("succeeded"), version: arrived.version + 1 }, arrived.version)
    world.replayDeps.store = { ...world.replayDeps.store, putJob: (row, version) => store.putJob(row, version) }
    await world.work()
    expect(await world.delivery(7)).toEqual(before)
    expect((await world.delivery(8))?.status).toBe("succeeded")
    expect(writes).toHaveLength(150)
    expect(new Set(writes).size).toBe(150)
    expect(world.started.length).toBeGreaterThan(2)
    expect(await world.job()).toMatchObject({ status: "succeeded", matched: 150, done: 150 })
  })

  it("act on the row's own tick only", async () => {
    await world.append(1, 250)
    await world.ask({ since: 0 })
    await stepJob(message(2), world.replayDeps)
    expect(await world.job()).toMatchObject({ done: 0, next: { tick: 1 } })
    await stepJob(message(1), world.replayDeps)
    const after = await world.job()
    expect(after).toMatchObject({ done: 100, next: { tick: 2 } })
    await stepJob(message(1), world.replayDeps)
    expect(await world.job()).toEqual(after)
  })

  it("stop where the job was cancelled meanwhile; what was opened stays held", async () => {
    await world.append(1, 250)
    await world.ask({ since: 0 })
    await world.work(1)
    const row = await world.job()
    await world.store.putJob(finishedJob(row, "cancelled", { now: world.now }), row.version)
    await world.work()
    expect(await world.job()).toMatchObject({ status: "cancelled", done: 100, next: null })
    expect([(await world.delivery(100))?.status, await world.delivery(101)]).toEqual(["held", null])
  })

  it("leave what is published after the replay was made to the bus", async () => {
    await world.append(1, 3)
    await world.ask({ since: 0 })
    await world.append(4, 6)
    await world.work()
    expect([(await world.delivery(3))?.jobId, await world.delivery(4)]).toEqual([JOB_ID, null])
  })

  it("wait while many deliveries are held, and go on when there is room", async () => {
    await world.append(1, REPLAY_AHEAD_MAX + 150)
    await world.ask({ since: 0 })
    await world.work()
    expect(await world.job()).toMatchObject({ status: "running", done: REPLAY_AHEAD_MAX })
    expect(world.sent).toMatchObject([{ notBefore: world.now + 5_000 }])
    for (let position = 1; position <= 200; position++) {
      const row = (await world.delivery(position))!
      const left = { ...row, version: row.version + 1, status: "succeeded" as const, work: null, finishedAt: world.now }
      await world.store.putDelivery(left, row.version)
    }
    expect(await world.work()).toBe(0)
    world.now += 5_000
    await world.work()
    expect(await world.job()).toMatchObject({ status: "succeeded", done: REPLAY_AHEAD_MAX + 150 })
  })

  it.each([
    ["deleted", { deletedAt: 1 }, /deleted/],
    ["gone", { status: "disabled", disabledReason: "gone" }, /410.*disabledAt/],
  ] as const)("fail, saying so, where the endpoint is %s", async (_, change, error) => {
    await world.append(1, 3)
    await world.ask({ since: 0 })
    const row = (await world.store.getEndpoint(ENDPOINT_ID))!
    await world.store.putEndpoint({ ...row, ...change, version: 2 }, 1)
    await world.work()
    expect(await world.job()).toMatchObject({ status: "failed", next: null })
    expect((await world.job()).error).toMatch(error)
    expect(await world.delivery(1)).toBeNull()
  })

  it("fail where a later version wrote the progress in another form", async () => {
    await world.append(1, 3)
    await world.ask({ since: 0 })
    const row = await world.job()
    await world.store.putJob({ ...row, version: 2, progress: { v: 9 } }, 1)
    await world.work()
    expect(await world.job()).toMatchObject({ status: "failed", next: null })
    expect((await world.job()).error).toMatch(/cannot be read/)
  })
})
