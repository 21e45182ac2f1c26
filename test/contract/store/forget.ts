import { type Event, SYSTEM_LOG } from "@posthorn/core/event"
import type { LogRow } from "@posthorn/core/log-row"
import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { delivery, drain, endpointId, event, eventId, logRow, T0 } from "../rows.ts"

const E = eventId("e")
const P = endpointId("p")

const forgotten = (row: LogRow): LogRow => ({
  ...row,
  forgotten: true,
  event: { ...row.event, data: {} as Event["data"] },
})

export const forgetContract = (subject: () => Subject): void => {
  it("empties an event, and keeps its place, id, type and times", async () => {
    const { store } = subject()
    const row = logRow("ada", 2, { conversationId: "2-abc==", sequence: 7, previous: 1 })
    for (const each of [logRow("ada", 1), row, logRow("ada", 3)]) await store.appendEvent(each)
    // Read before, so that a store that remembers what it read is caught.
    expect(await store.getEvent("ada", 2)).toEqual(row)
    await store.forgetEvent("ada", 2)
    expect(await store.getEvent("ada", 2)).toEqual(forgotten(row))
    expect(await store.readLog("ada", 0, 10)).toEqual([logRow("ada", 1), forgotten(row), logRow("ada", 3)])
    expect(await store.lastPosition("ada")).toBe(3)
    expect(await store.appendEvent(row)).toBe(false)
  })

  it("shows a forgotten event in no list, finds it emptied, and the others as before", async () => {
    const { store, settle } = subject()
    const rows = Array.from({ length: 7 }, (_, index) => logRow("ada", index + 1, { conversationId: "c" }))
    for (const row of rows) await store.appendEvent(row)
    for (const position of [1, 4, 5, 7]) await store.forgetEvent("ada", position)
    await settle()
    for (const position of [1, 4, 5, 7])
      expect(await store.findEventLagging(eventId(`ada/${position}`))).toMatchObject({
        position,
        forgotten: true,
        event: { data: {} },
      })
    expect(await store.findEventLagging(eventId("ada/2"))).toEqual(rows[1])
    for (const filters of [{}, { accountId: "ada" }, { conversationId: "c" }, { types: [rows[0]!.event.type] }]) {
      for (const limit of [1, 2, 10]) {
        const listed = await drain((page) => store.listEventsLagging(filters, page), limit)
        expect(listed.map(({ position }) => position)).toEqual([6, 3, 2])
      }
    }
  })

  it("still finds an event that stands elsewhere as well", async () => {
    const { store, settle } = subject()
    const twice = event(eventId("twice"), "ada")
    for (const position of [1, 2]) await store.appendEvent(logRow(SYSTEM_LOG, position, { event: twice }))
    await store.forgetEvent(SYSTEM_LOG, 1)
    await settle()
    expect((await store.findEventLagging(twice.id))?.position).toBe(2)
    await store.forgetEvent(SYSTEM_LOG, 2)
    await settle()
    expect((await store.findEventLagging(twice.id))?.forgotten).toBe(true)
  })

  it("changes nothing the second time, nor where there is no event", async () => {
    const { store } = subject()
    await store.forgetEvent("ada", 1)
    expect(await store.getEvent("ada", 1)).toBeNull()
    expect(await store.lastPosition("ada")).toBe(0)
    expect(await store.appendEvent(logRow("ada", 1))).toBe(true)
    await store.forgetEvent("ada", 1)
    await store.forgetEvent("ada", 1)
    await store.forgetEvent("ada", 2)
    expect(await store.readLog("ada", 0, 10)).toEqual([forgotten(logRow("ada", 1))])
  })

  it("forgets the largest event, of whatever letters, and nothing of it can be read", async () => {
    const { store } = subject()
    const data = { text: `"secret"\u0000\u2028👍 ${"é".repeat(90_000)}` }
    await store.appendEvent(logRow("ada", 1, { event: event(E, "ada", { data }) }))
    await store.forgetEvent("ada", 1)
    expect(JSON.stringify(await store.readLog("ada", 0, 10))).not.toContain("secret")
  })

  it("removes a delivery with all its entries, whatever it says, and no other", async () => {
    const { store, settle } = subject()
    const works = [
      null,
      { kind: "due", at: T0 },
      { kind: "held", replay: false, at: T0 },
      { kind: "held", replay: true, at: T0 + 1 },
      { kind: "failed", at: T0 },
    ] as const
    await store.putDelivery(delivery(E, endpointId("other"), { work: { kind: "due", at: T0 } }), null)
    for (const [index, work] of works.entries()) {
      await store.putDelivery(delivery(E, P, { version: index + 3, work }), null)
      await store.forgetDelivery(E, P)
      expect(await store.getDelivery(E, P)).toBeNull()
      expect(await store.putDelivery(delivery(E, P, { version: index + 4 }), index + 3)).toBe(false)
      expect(await store.moveDue(E, P, T0, T0 + 1)).toBe(false)
      await settle()
      expect(await store.listHeldLagging(P, 10)).toEqual([])
      const due = await Promise.all(Array.from({ length: 8 }, (_, shard) => store.listDueLagging(shard, T0, 10)))
      expect(due.flat()).toEqual([{ eventId: E, endpointId: endpointId("other") }])
      expect(await drain((page) => store.listDeliveriesLagging({ endpointId: P }, page), 10)).toEqual([])
      expect(await drain((page) => store.listDeliveriesLagging({ eventId: E }, page), 10)).toHaveLength(1)
    }
  })

  it("forgets no delivery twice, and lets it be made anew", async () => {
    const { store } = subject()
    await store.forgetDelivery(E, P)
    await store.putDelivery(delivery(E, P), null)
    await store.forgetDelivery(E, P)
    await store.forgetDelivery(E, P)
    expect(await store.putDelivery(delivery(E, P), null)).toBe(true)
    expect(await store.getDelivery(E, P)).toEqual(delivery(E, P))
  })
}
