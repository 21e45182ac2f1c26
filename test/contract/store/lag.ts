import { expect, it } from "vitest"

import { WORK_SHARDS, type WorkKey } from "@posthorn/core/delivery"
import type { Store } from "@posthorn/core/ports"

import type { Subject } from "../store-contract.ts"
import { withIndexLag } from "../index-lag.ts"
import { delivery, endpointId, event, eventId, logRow, T0 } from "../rows.ts"

const E = eventId("e")
const P = endpointId("p")
const key = { eventId: E, endpointId: P }

export const lagContract = (subject: () => Subject): void => {
  /** Indexes that trail by 20 calls, on top of whatever the store's own do. */
  const lagging = (): Store => withIndexLag(subject().store, { operations: 20 })
  const dueOf = async (store: Store): Promise<WorkKey[]> => {
    await subject().settle()
    const shards = Array.from({ length: WORK_SHARDS }, (_, shard) => store.listDueLagging(shard, T0, 10))
    return (await Promise.all(shards)).flat()
  }
  const catchUp = async (store: Store): Promise<void> => {
    for (let call = 0; call < 20; call += 1) await store.getBudget()
  }

  it("hide a new event from lists and finds, never from the log", async () => {
    const store = lagging()
    await store.appendEvent(logRow("ada", 1))
    await subject().settle()
    expect(await store.findEventLagging(logRow("ada", 1).event.id)).toBeNull()
    expect((await store.listEventsLagging({}, { limit: 5, cursor: null })).rows).toEqual([])
    expect(await store.readLog("ada", 0, 5)).toEqual([logRow("ada", 1)])
    expect(await store.lastPosition("ada")).toBe(1)
    await catchUp(store)
    expect(await store.findEventLagging(logRow("ada", 1).event.id)).toEqual(logRow("ada", 1))
    expect((await store.listEventsLagging({}, { limit: 5, cursor: null })).rows).toEqual([logRow("ada", 1)])
  })

  it("hide a new due entry until they catch up, never the row", async () => {
    const store = lagging()
    await store.putDelivery(delivery(E, P, { work: { kind: "due", at: T0 } }), null)
    expect(await dueOf(store)).toEqual([])
    expect(await store.getDelivery(E, P)).not.toBeNull()
    await catchUp(store)
    expect(await dueOf(store)).toEqual([key])
  })

  it("still show an entry that was moved: its row, read again, says where it stands", async () => {
    const store = lagging()
    await store.putDelivery(delivery(E, P, { work: { kind: "due", at: T0 } }), null)
    await catchUp(store)
    expect(await store.moveDue(E, P, T0, T0 + 600_000)).toBe(true)
    expect(await dueOf(store)).toEqual([key])
    expect((await store.getDelivery(E, P))?.work).toEqual({ kind: "due", at: T0 + 600_000 })
    expect(await store.moveDue(E, P, T0, T0 + 600_000)).toBe(false)
    await catchUp(store)
    expect(await dueOf(store)).toEqual([])
  })

  it("still show and count a held delivery that was let out: writing it by the old version fails", async () => {
    const store = lagging()
    const row = delivery(E, P, { status: "held", work: { kind: "held", replay: false, at: T0 } })
    await store.putDelivery(row, null)
    await catchUp(store)
    expect(await store.putDelivery({ ...row, version: 2, status: "succeeded", work: null }, 1)).toBe(true)
    await subject().settle()
    expect(await store.listHeldLagging(P, 10)).toEqual([key])
    expect(await store.countHeldLagging(P, 10)).toBe(1)
    expect(await store.putDelivery({ ...row, version: 2 }, 1)).toBe(false)
    await catchUp(store)
    expect(await store.listHeldLagging(P, 10)).toEqual([])
    expect(await store.countHeldLagging(P, 10)).toBe(0)
  })

  it("still show and count a held delivery that was forgotten: there is no row behind it", async () => {
    const store = lagging()
    await store.putDelivery(delivery(E, P, { status: "held", work: { kind: "held", replay: true, at: T0 } }), null)
    await catchUp(store)
    await store.forgetDelivery(E, P)
    await subject().settle()
    expect(await store.listHeldLagging(P, 10)).toEqual([key])
    expect(await store.listHeldLagging(P, 10, "replay")).toEqual([key])
    expect(await store.listHeldLagging(P, 10, "live")).toEqual([])
    expect(await store.countHeldLagging(P, 10)).toBe(1)
    expect(await store.getDelivery(E, P)).toBeNull()
    await catchUp(store)
    expect(await store.listHeldLagging(P, 10)).toEqual([])
    expect(await store.countHeldLagging(P, 10)).toBe(0)
  })

  it("hide what is fresh without shortening what is not", async () => {
    const store = lagging()
    const hold = (index: number) => {
      const at = T0 + index
      const held = { status: "held", createdAt: at, work: { kind: "held", replay: false, at } } as const
      return store.putDelivery(delivery(eventId(index), P, held), null)
    }
    for (let index = 5; index < 10; index += 1) await hold(index)
    await catchUp(store)
    for (let index = 0; index < 5; index += 1) await hold(index)
    await subject().settle()
    const listed = (await store.listHeldLagging(P, 5)).map(({ eventId }) => eventId)
    expect(listed).toEqual([5, 6, 7, 8, 9].map(eventId))
  })

  it("show a delivery in lists when they have caught up", async () => {
    const store = lagging()
    await store.appendEvent(logRow("acc", 1, { event: event(E, "acc") }))
    await store.putDelivery(delivery(E, P), null)
    await subject().settle()
    const list = async () => (await store.listDeliveriesLagging({}, { limit: 5, cursor: null })).rows
    expect(await list()).toEqual([])
    await catchUp(store)
    expect(await list()).toEqual([delivery(E, P)])
  })
}
