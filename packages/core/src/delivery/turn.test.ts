import { beforeEach, describe, expect, it } from "vitest"

import type { Event } from "../event.ts"
import { derivedId } from "../id.ts"
import type { LogRow } from "../log-row.ts"
import { deliver } from "./deliver.ts"
import { ORDERING_LOOK_MS } from "./order.ts"
import { answered, createWorld, ENDPOINT_ID, type World } from "./test-world.ts"

let world: World
beforeEach(async () => {
  world = await createWorld()
})

const LOG = "ordered"
const eventOf = (position: number, type = "message.received"): Event =>
  ({ id: derivedId("event", LOG, String(position)), type, timestamp: "", data: {} }) as unknown as Event

const append = async (position: number, more: Partial<LogRow> & { type?: string } = {}): Promise<void> => {
  const { type, ...rest } = more
  const row: LogRow = {
    log: LOG,
    position,
    event: eventOf(position, type),
    seenAt: world.now,
    conversationId: "c",
    sequence: position,
    previous: position === 1 ? null : position - 1,
    forgotten: false,
    ...rest,
  }
  await world.store.appendEvent(row)
}
const message = (position: number, number = 1) =>
  ({ v: 1, log: LOG, position, eventId: eventOf(position).id, endpointId: ENDPOINT_ID, number }) as const
const bring = (position: number, number = 1) => deliver(message(position, number), world.deps)
const rowOf = (position: number) => world.store.getDelivery(eventOf(position).id, ENDPOINT_ID)
const woken = () => world.sent.map(({ body }) => ("eventId" in body ? body.position : 0))

describe(`ordering: "conversation"`, () => {
  beforeEach(async () => {
    await world.addEndpoint({ ordering: "conversation" })
    for (const position of [1, 2, 3]) await append(position)
  })

  it("a message waits, with a timer, until the one before it is finished, and is woken then", async () => {
    expect(await bring(2)).toEqual({ kind: "delete" })
    expect(await rowOf(2)).toMatchObject({
      status: "pending",
      statusReason: "ordering",
      claim: null,
      attemptCount: 0,
      work: { kind: "due", at: world.now + ORDERING_LOOK_MS },
    })
    expect(world.posted).toHaveLength(0)
    await bring(1)
    expect(woken()).toEqual([2])
    await bring(2)
    expect((await rowOf(2))?.status).toBe("succeeded")
  })

  it("what it does not ask for is passed by in the search for the one before", async () => {
    await append(4, { type: "message.sent" })
    await append(5)
    await bring(5)
    expect((await rowOf(5))?.statusReason).toBe("ordering")
  })

  it("a failed one holds those behind it until it is exhausted", async () => {
    world.answer = () => answered(500)
    await bring(1)
    world.sent.length = 0
    await bring(2)
    expect((await rowOf(2))?.statusReason).toBe("ordering")
    const first = (await rowOf(1))!
    await world.store.putDelivery(
      { ...first, version: first.version + 1, status: "exhausted", finishedAt: world.now, work: null },
      first.version,
    )
    await bring(2)
    expect(world.posted).toHaveLength(2)
  })

  it("what finishes between the look and the row is not missed", async () => {
    const getDelivery = world.store.getDelivery.bind(world.store)
    let looks = 0
    world.store.getDelivery = async (eventId, endpointId) => {
      if (eventId === eventOf(1).id && ++looks === 2) await bring(1)
      return await getDelivery(eventId, endpointId)
    }
    await bring(2)
    expect(woken()).toContain(2)
  })

  it("nothing is held by another conversation, by events it does not ask for, nor by forgotten ones", async () => {
    await append(4, { previous: null, conversationId: "other" })
    await bring(4)
    await append(5, { previous: null, type: "message.sent" })
    await append(6, { previous: 5 })
    await bring(6)
    await append(7, { previous: null })
    await append(8, { previous: 7 })
    await world.store.forgetEvent(LOG, 7)
    await bring(8)
    expect(world.posted).toHaveLength(3)
  })

  it("nothing is held by an event that is for other endpoints alone, nor by one that a replay opened again", async () => {
    await append(4, { previous: null, only: [derivedId("endpoint", "other")] })
    await append(5, { previous: 4 })
    await bring(5)
    await append(6, { previous: null })
    world.answer = () => answered(500)
    await bring(6)
    const failed = (await rowOf(6))!
    const replayed = { ...failed, version: failed.version + 1, jobId: derivedId("job", "replay") }
    await world.store.putDelivery(replayed, failed.version)
    await append(7, { previous: 6 })
    await bring(7)
    expect(world.posted).toHaveLength(3)
  })

  it("nothing is held by what was published before the endpoint was resumed", async () => {
    const row = (await world.store.getEndpoint(ENDPOINT_ID))!
    await world.store.putEndpoint({ ...row, version: 2, enabledAt: world.now + 1 }, 1)
    await append(9, { previous: 3, seenAt: world.now + 2 })
    await bring(9)
    expect(world.posted).toHaveLength(1)
  })

  it("an event without a delivery holds for 15 minutes", async () => {
    world.now += 14 * 60_000
    await bring(2)
    expect((await rowOf(2))?.statusReason).toBe("ordering")
    world.now += 2 * 60_000
    await bring(2)
    expect((await rowOf(2))?.status).toBe("succeeded")
  })
})

describe("rateLimit", () => {
  beforeEach(async () => {
    await world.addEndpoint({ rateLimit: 10 })
    for (let position = 1; position <= 30; position++) await append(position, { conversationId: null, previous: null })
  })

  it("each delivery has its own turn, a tenth of a second behind the one before", async () => {
    for (let position = 1; position <= 30; position++) await bring(position)
    expect(world.posted).toHaveLength(1)
    expect(world.sent.map(({ notBefore }) => notBefore - world.now)).toEqual(
      Array.from({ length: 29 }, (_, index) => (index + 1) * 100),
    )
    expect(await rowOf(30)).toMatchObject({ status: "pending", statusReason: null, nextAttemptAt: world.now + 2_900 })
  })

  it("goes out in its turn, not before, and takes no second one", async () => {
    await bring(1)
    await bring(2)
    expect(await bring(2)).toEqual({ kind: "again", at: world.now + 100 })
    world.now += 100
    await bring(2)
    expect(world.posted).toHaveLength(2)
    await bring(3)
    expect((await rowOf(3))?.nextAttemptAt).toBe(world.now + 100)
  })

  it("turns that passed during a standstill do not come all at once", async () => {
    for (let position = 1; position <= 30; position++) await bring(position)
    world.now += 600_000
    for (let position = 2; position <= 30; position++) await bring(position)
    expect(world.posted).toHaveLength(2)
  })

  it("a turn beyond the queue's delay rides on the due index alone", async () => {
    for (let position = 1; position <= 2; position++) await bring(position)
    world.sent.length = 0
    for (let taken = 0; taken < 10_000; taken++) await world.store.takeSlot(ENDPOINT_ID, world.now, 100)
    await bring(3)
    expect(world.sent).toEqual([])
    const row = (await rowOf(3))!
    // So early that the sweep can put it into the queue with what is left of the wait.
    expect(row.work).toEqual({ kind: "due", at: row.nextAttemptAt! - 5 * 60_000 })
  })
})
