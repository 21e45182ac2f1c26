import { createStore } from "@posthorn/aws/store/client"
import type { DeliveryRow } from "@posthorn/core/delivery"
import { VisibleError } from "@posthorn/core/error"
import type { Store } from "@posthorn/core/ports"
import { DAY_MS, HOUR_MS } from "@posthorn/core/time"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"

import { type Engine, startDynalite } from "./dynamodb-engine.ts"
import { delivery, drain, endpointId, event, eventId, logRow, T0 } from "./rows.ts"

/** Lists are where the two stores differ most: here are the walks of this one that the contract has no reason to know. */

const NOW = T0 + 20 * DAY_MS
const P = endpointId("p")
const first = { limit: 10, cursor: null }

let engine: Engine
let store: Store
beforeAll(async () => {
  engine = await startDynalite()
})
afterAll(() => engine.close())
beforeEach(async () => {
  const clock = { now: () => NOW, sleep: async () => {} }
  store = createStore({ client: engine.client, tableName: await engine.createTable(), retentionDays: 30, clock })
})

const append = (log: string, position: number, id: string, seenAt: number) =>
  store.appendEvent(logRow(log, position, { event: event(id, log), seenAt }))

const deliver = async (name: string, seenAt: number, change: Partial<DeliveryRow> = {}) => {
  const row = delivery(eventId(name), P, { createdAt: seenAt, ...change })
  await store.putDelivery(row, null)
  return row
}

it("one page of events reaches over empty days, and ends behind retention", async () => {
  const days = [0, 3, 4, 11, 19]
  for (const [index, day] of days.entries())
    await append("ada", index + 1, eventId(day), T0 + day * DAY_MS + (index % 2) * HOUR_MS)
  await append("old", 1, eventId("old"), NOW - 45 * DAY_MS)
  const { rows, cursor } = await store.listEventsLagging({}, first)
  expect(rows.map(({ event }) => event.id)).toEqual(days.toReversed().map((day) => eventId(day)))
  expect(cursor).toBeNull()
})

it("events of one instant are listed by their position, last first", async () => {
  for (let position = 1; position <= 12; position += 1) await append("ada", position, eventId(position), T0)
  const rows = await drain((page) => store.listEventsLagging({}, page), 5)
  expect(rows.map(({ position }) => position)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
})

it("at midnight nothing is lost or shown twice", async () => {
  const midnight = T0 + 2 * DAY_MS
  for (const [index, at] of [midnight - 1, midnight, midnight + 1].entries())
    await append("ada", index + 1, eventId(index), at)
  for (const limit of [1, 2, 3]) {
    const rows = await drain((page) => store.listEventsLagging({}, page), limit)
    expect(rows.map(({ position }) => position)).toEqual([3, 2, 1])
  }
  const until = await store.listEventsLagging({ until: midnight }, first)
  expect(until.rows.map(({ position }) => position)).toEqual([1])
})

it("a page that has read a thousand rows is handed out short", async () => {
  const positions = Array.from({ length: 1_050 }, (_, index) => index + 1)
  await Promise.all(positions.map((position) => append("ada", position, eventId(position), T0 + position)))
  for (const filters of [{ types: ["ping"] }, { types: ["ping"], accountId: "ada" }]) {
    const short = await store.listEventsLagging(filters, first)
    expect(short.rows).toEqual([])
    expect(short.cursor).not.toBeNull()
    expect(await drain((page) => store.listEventsLagging(filters, page), 10)).toEqual([])
  }
  // Among all accounts' events the walk begins at `until`, and reads nothing that is newer.
  const early = await store.listEventsLagging({ until: T0 + 5 }, first)
  expect(early.rows.map(({ position }) => position)).toEqual([4, 3, 2, 1])
})

it("the few failed and held deliveries of an endpoint are found among many, newest first", async () => {
  const many = Array.from({ length: 1_050 }, (_, index) => index)
  await Promise.all(many.map((index) => deliver(`fine ${String(index)}`, T0 + 50_000 + index, { status: "succeeded" })))
  const at = NOW
  const held = (replay: boolean, at: number) => ({ status: "held", work: { kind: "held", replay, at } }) as const
  await deliver("a", T0 + 1, { status: "exhausted", work: { kind: "failed", at } })
  await deliver("b", T0 + 2, held(true, T0 + 2))
  // Failed as a probe: held behind the others, and listed where it was made.
  await deliver("c", T0 + 3, held(false, T0 + 1_000))
  await deliver("d", T0 + 4, { status: "exhausted", work: { kind: "failed", at: at - 1 } })
  await deliver("e", T0 + 5, held(true, T0 + 5))
  const list = async (statuses: DeliveryRow["status"][]) => {
    const filters = { endpointId: P, statuses }
    const whole = await store.listDeliveriesLagging(filters, first)
    expect(whole.cursor).toBeNull()
    expect(await drain((page) => store.listDeliveriesLagging(filters, page), 1)).toEqual(whole.rows)
    return whole.rows.map((row) => row.eventId)
  }
  expect(await list(["held", "exhausted"])).toEqual(["e", "d", "c", "b", "a"].map(eventId))
  expect(await list(["exhausted"])).toEqual(["d", "a"].map(eventId))
  expect(await list(["held"])).toEqual(["e", "c", "b"].map(eventId))

  const waiting = await deliver("f", T0, { status: "pending" })
  const filters = { endpointId: P, statuses: ["pending" as const] }
  expect(await drain((page) => store.listDeliveriesLagging(filters, page), 10)).toEqual([waiting])
})

it("the deliveries of an event that stands twice in the system's log are listed once", async () => {
  await append("system", 1, eventId("twice"), T0)
  await append("system", 2, eventId("twice"), T0 + 1)
  const row = await deliver("twice", T0, { log: "system", position: 1, accountId: null })
  for (const limit of [1, 10])
    expect(await drain((page) => store.listDeliveriesLagging({}, page), limit)).toEqual([row])
})

it("pages go on within an event that has more deliveries than fit", async () => {
  await append("acc", 1, eventId("e"), T0)
  for (let index = 0; index < 7; index += 1)
    await store.putDelivery(delivery(eventId("e"), endpointId(index), { createdAt: T0 + (index % 3) }), null)
  for (const filters of [{}, { eventId: eventId("e") }, { accountId: "acc" }]) {
    const rows = await drain((page) => store.listDeliveriesLagging(filters, page), 2)
    expect(rows.map(({ createdAt }) => createdAt - T0)).toEqual([2, 2, 1, 1, 0, 0, 0])
    expect(new Set(rows.map((row) => row.endpointId)).size).toBe(7)
  }
})

it("a cursor of one walk is refused by another, in words", async () => {
  await append("ada", 1, eventId(1), T0)
  const { cursor } = await store.listEventsLagging({ accountId: "ada" }, { limit: 1, cursor: null })
  await expect(store.listEventsLagging({}, { limit: 1, cursor })).rejects.toThrow("other filters")
  await expect(store.listEventsLagging({}, { limit: 1, cursor })).rejects.toBeInstanceOf(VisibleError)
})
