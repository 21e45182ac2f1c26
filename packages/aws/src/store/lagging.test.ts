import { describe, expect, it } from "vitest"

import type { Access, Query } from "./access.ts"
import { deliveryStore } from "./deliveries.ts"
import type { Item } from "./item.ts"
import { deliveryKey, deliveryListKeys, eventIndexKeys, eventKey } from "./keys.ts"
import { logStore } from "./log.ts"

/** A table whose indexes name items that are as `rows` says by now: gone, or changed. No local engine's index ever trails. */
const trailing = (entries: Item[], rows: (Item | null)[]): Access => {
  const unused = () => Promise.reject(new Error("not part of this"))
  return {
    clock: { now: () => 1_000, sleep: unused },
    get: unused,
    count: unused,
    put: unused,
    update: unused,
    remove: unused,
    query: async ({ newestFirst, range }: Query) =>
      newestFirst === true && range?.[1].startsWith("0000000000000000") ? [] : entries,
    getMany: async () => rows,
  }
}

const page = { limit: 10, cursor: null }
const events = [1, 2].map((position) => ({
  log: "ada",
  position,
  seenAt: 500 + position,
  event: { id: `evt_${position}` },
}))
const eventEntries = events.map((row) => ({ ...eventKey(row.log, row.position), ...eventIndexKeys(row) })).reverse()
const eventItem = (position: number): Item => ({
  ...eventKey("ada", position),
  event: JSON.stringify({ id: `evt_${position}`, type: "ping", timestamp: "", data: {} }),
  seen: 500 + position,
})

describe("an index that trails", () => {
  it("lists no event whose row is gone", async () => {
    const table = trailing(eventEntries, [null, eventItem(1)])
    const { rows } = await logStore(table, 0).listEventsLagging({ since: 501 }, page)
    expect(rows.map(({ position }) => position)).toEqual([1])
  })

  it("lists no event that was forgotten, and finds it as such", async () => {
    const table = trailing(eventEntries, [{ ...eventItem(2), gone: true }, eventItem(1)])
    const { rows } = await logStore(table, 0).listEventsLagging({ since: 501 }, page)
    expect(rows.map(({ position }) => position)).toEqual([1])
    const found = await logStore(trailing(eventEntries, [{ ...eventItem(1), gone: true }]), 0).findEventLagging("evt_1")
    expect(found?.forgotten).toBe(true)
  })

  it("finds no event whose row is gone, and another copy of it if there is one", async () => {
    expect(await logStore(trailing(eventEntries, [null, null]), 0).findEventLagging("evt_1")).toBeNull()
    const found = await logStore(trailing(eventEntries, [null, eventItem(1)]), 0).findEventLagging("evt_1")
    expect(found?.position).toBe(1)
  })

  it("lists no delivery whose row is gone, or is no longer what was asked for", async () => {
    const keys = (name: string) => ({ eventId: name, endpointId: "p", createdAt: 5 })
    const item = (name: string, status: string): Item => ({
      ...deliveryKey(name, "p"),
      ...{ v: 1, log: "ada", pos: 1, type: "ping", st: status, n: 0, sched: 0, trig: "schedule", creAt: 5, updAt: 5 },
    })
    const names = ["c", "b", "a"]
    const entries = names.map((name) => ({ ...deliveryKey(name, "p"), ...deliveryListKeys(keys(name) as never) }))
    const table = trailing(entries, [item("c", "succeeded"), null, item("a", "pending")])
    const { rows } = await deliveryStore(table, 0).listDeliveriesLagging(
      { endpointId: "p", statuses: ["pending"] },
      page,
    )
    expect(rows.map(({ eventId }) => eventId)).toEqual(["a"])
  })
})
