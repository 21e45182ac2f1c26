import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { deliver } from "./deliver.ts"
import { CLAIM_MS, DUE_GRACE_MS } from "./plan.ts"
import { retryDelivery } from "./retry.ts"
import { sweep } from "./sweep.ts"
import { answered, createWorld, ENDPOINT_ID, EVENT_ID, type World } from "./test-world.ts"
import { work } from "./work.ts"

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.store.close())

const row = async () => (await world.store.getDelivery(EVENT_ID, ENDPOINT_ID))!
const run = (number = 1) => deliver({ ...world.message, number }, world.deps)

describe("deliver", () => {
  it("makes a first try with two writes: the claim that creates the row, and the record", async () => {
    await world.addEndpoint()
    const writes: string[] = []
    world.deps.store = {
      ...world.store,
      putDelivery: (...args) => (writes.push(args[0].status), world.store.putDelivery(...args)),
    }
    expect(await run()).toEqual({ kind: "delete" })
    expect(writes).toEqual(["pending", "succeeded"])
    expect(await row()).toMatchObject({ status: "succeeded", attemptCount: 1, work: null, finishedAt: world.now })
  })

  it("dials once, however often the message comes", async () => {
    await world.addEndpoint()
    let release = (): void => {}
    world.answer = () => new Promise((resolve) => (release = () => resolve(answered(200))))
    const first = run()
    await expect.poll(() => world.posted.length).toBe(1)
    expect(await run()).toEqual({ kind: "again", at: world.now + CLAIM_MS })
    release()
    expect(await first).toEqual({ kind: "delete" })
    expect(await run()).toEqual({ kind: "delete" })
    expect(world.posted).toHaveLength(1)
  })

  it("retries by the schedule: a short wait rides on a message, with the due entry behind it; a long one on the due entry", async () => {
    await world.addEndpoint()
    world.answer = () => answered(500)
    expect(await run()).toEqual({ kind: "delete" })
    const at = world.now + 5_000
    expect(await row()).toMatchObject({
      status: "retrying",
      nextAttemptAt: at,
      work: { kind: "due", at: at + DUE_GRACE_MS },
    })
    expect(world.sent).toMatchObject([{ notBefore: at, body: { number: 2 } }])
    world.now = at
    world.sent.length = 0
    await run(2)
    expect(await row()).toMatchObject({ work: { kind: "due", at: world.now + 3_600_000 } })
    expect(world.sent).toEqual([])
    world.now += 3_600_000
    await sweep(world.deps)
    expect(world.sent).toMatchObject([{ notBefore: world.now, body: { number: 3 } }])
  })

  it("ends exhausted, tells it in the log, and only then lets the due entry go", async () => {
    await world.addEndpoint()
    world.answer = () => answered(500)
    for (const number of [1, 2, 3]) {
      await run(number)
      world.now += 4_000_000
    }
    expect(await row()).toMatchObject({ status: "exhausted", attemptCount: 3, work: { kind: "failed" } })
    expect(world.published.map(({ event }) => event.type)).toEqual(["delivery.exhausted"])
  })

  it("tells an exhaustion that a crash kept from the log, at the next sweep", async () => {
    await world.addEndpoint()
    world.answer = () => answered(500)
    world.deps.settings = { ...world.deps.settings, retrySchedule: [] }
    world.deps.store = { ...world.store, appendEvent: () => new Promise(() => {}) }
    void run()
    await expect.poll(async () => (await world.store.getDelivery(EVENT_ID, ENDPOINT_ID))?.status).toBe("exhausted")
    world.deps.store = world.store
    await sweep(world.deps)
    expect(world.published.map(({ event }) => event.type)).toEqual(["delivery.exhausted"])
    expect(await row()).toMatchObject({ work: { kind: "failed" } })
  })

  it("records nothing and keeps the message when its claim was lost", async () => {
    await world.addEndpoint()
    world.answer = async () => {
      const current = await row()
      await world.store.putDelivery({ ...current, version: current.version + 1 }, current.version)
      return answered(200)
    }
    expect(await run()).toMatchObject({ kind: "again" })
    expect(await row()).toMatchObject({ status: "pending", attempts: [] })
  })

  it("goes on after a crash while dialling: the attempt counts as interrupted, and the message, still there, makes the next", async () => {
    await world.addEndpoint()
    world.answer = () => new Promise(() => {})
    void run()
    await expect.poll(() => world.posted.length).toBe(1)
    world.answer = () => answered(200)
    world.now += CLAIM_MS + 45_000
    expect(await run()).toEqual({ kind: "delete" })
    expect(await row()).toMatchObject({
      status: "succeeded",
      attempts: [{ errorKind: "interrupted" }, { outcome: "succeeded" }],
    })
  })

  it("reads an endpoint again that is older than 2 s when it dials, and holds without an attempt", async () => {
    const endpoint = await world.addEndpoint()
    world.deps.store = {
      ...world.store,
      putDelivery: async (...args) => {
        const written = await world.store.putDelivery(...args)
        if (args[0].status === "pending") {
          world.now += 2_001
          await world.store.putEndpoint({ ...endpoint, version: 2, revision: 2, status: "paused" }, 1)
        }
        return written
      },
    }
    expect(await run()).toEqual({ kind: "delete" })
    expect(world.posted).toEqual([])
    expect(await row()).toMatchObject({ status: "held", statusReason: "paused", attemptCount: 0 })
  })

  it("does not let the old URL's 410 disable an endpoint whose URL has changed", async () => {
    const endpoint = await world.addEndpoint()
    world.answer = async () => {
      await world.store.putEndpoint({ ...endpoint, version: 2, revision: 2, url: "https://new.example/" }, 1)
      return answered(410)
    }
    await run()
    expect(await world.store.getEndpoint(ENDPOINT_ID)).toMatchObject({ status: "enabled" })
    expect(await row()).toMatchObject({ status: "retrying", attemptCount: 1 })
  })

  it("cancels, visibly, what has lost its event to retention", async () => {
    await world.addEndpoint()
    world.answer = () => answered(500)
    await run()
    world.now += 5_000
    expect(await deliver({ ...world.message, position: 99, number: 2 }, world.deps)).toEqual({ kind: "delete" })
    expect(await row()).toMatchObject({ status: "cancelled", statusReason: "expired" })
  })

  it("makes no operational event about the delivery of an operational event", async () => {
    await world.addEndpoint({ eventTypes: ["delivery.exhausted"] })
    world.answer = () => answered(500)
    world.deps.settings = { ...world.deps.settings, retrySchedule: [] }
    const found = (await world.store.getEvent("acc", 1))!
    await world.store.appendEvent({
      ...found,
      log: "system",
      event: { ...found.event, type: "delivery.exhausted", id: EVENT_ID.replace(/.$/, "A") },
    })
    await deliver({ ...world.message, log: "system", eventId: EVENT_ID.replace(/.$/, "A") }, world.deps)
    expect(await world.store.lastPosition("system")).toBe(1)
  })
})

describe("a hold", () => {
  it("keeps deliveries without attempts, and has them let out when it ends", async () => {
    const endpoint = await world.addEndpoint({ notBefore: world.now + 60_000 })
    expect(await run()).toEqual({ kind: "delete" })
    expect(await row()).toMatchObject({ status: "held", statusReason: "retry_after", attemptCount: 0 })
    world.now = endpoint.notBefore!
    const releaser = (await world.store.getEndpoint(ENDPOINT_ID))?.releaser
    await work({ v: 1, release: ENDPOINT_ID, tick: releaser!.tick }, world.deps)
    await run()
    expect(await row()).toMatchObject({ status: "succeeded", attemptCount: 1 })
  })

  it("ends visibly when it lasts longer than events are kept", async () => {
    await world.addEndpoint({ status: "paused" })
    await run()
    world.now += world.deps.settings.retentionMs + 1
    // An endpoint where nothing changes is looked at every ten minutes.
    for (let minute = 0; minute < 10; minute++) {
      await sweep(world.deps)
      world.now += 60_000
    }
    expect(await row()).toMatchObject({ status: "cancelled", statusReason: "expired" })
  })

  it("ends when its endpoint is deleted", async () => {
    const endpoint = await world.addEndpoint({ status: "paused" })
    await run()
    await world.store.putEndpoint({ ...endpoint, version: 2, deletedAt: world.now }, 1)
    await sweep(world.deps)
    expect(await row()).toMatchObject({ status: "cancelled", statusReason: "endpoint_deleted" })
  })
})

describe("retry on request", () => {
  it("opens a finished delivery again, with a due entry, and numbers go on", async () => {
    await world.addEndpoint()
    await run()
    await retryDelivery(await row(), world.deps)
    expect(await row()).toMatchObject({ status: "retrying", trigger: "manual", finishedAt: null, expiresAt: null })
    expect(world.sent).toMatchObject([{ body: { number: 2 } }])
    await run(2)
    expect(await row()).toMatchObject({
      status: "succeeded",
      attempts: [{ trigger: "schedule" }, { number: 2, trigger: "manual" }],
    })
  })

  it("is refused until it has been told that the delivery was exhausted: opened before, that would never be told", async () => {
    await world.addEndpoint()
    world.answer = () => answered(500)
    world.deps.settings = { ...world.deps.settings, retrySchedule: [] }
    world.deps.store = { ...world.store, appendEvent: () => new Promise(() => {}) }
    void run()
    await expect.poll(async () => (await world.store.getDelivery(EVENT_ID, ENDPOINT_ID))?.status).toBe("exhausted")
    await expect(retryDelivery(await row(), world.deps)).rejects.toThrow("still being told")
  })

  it("is refused while an attempt is under way, or where there is nowhere to send it", async () => {
    const endpoint = await world.addEndpoint()
    world.answer = () => new Promise(() => {})
    void run()
    await expect.poll(() => world.posted.length).toBe(1)
    await expect(retryDelivery(await row(), world.deps)).rejects.toThrow("An attempt is under way")
    await world.store.putEndpoint({ ...endpoint, version: 2, deletedAt: world.now }, 1)
    await expect(retryDelivery(await row(), world.deps)).rejects.toThrow("deleted")
  })
})
