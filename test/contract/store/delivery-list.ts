import { expect, it } from "vitest"

import { type DeliveryRow, deliveryStatuses } from "@posthorn/core/delivery"
import { VisibleError } from "@posthorn/core/error"
import type { DeliveryFilters } from "@posthorn/core/ports"

import type { Subject } from "../store-contract.ts"
import { delivery, drain, endpointId, event, eventId, logRow, T0 } from "../rows.ts"

const nameOf = ({ eventId, endpointId }: DeliveryRow): string => `${eventId} ${endpointId}`

export const deliveryListContract = (subject: () => Subject): void => {
  /** Events 0 … for four endpoints each; every instant has four rows. */
  const fill = async (count: number): Promise<DeliveryRow[]> => {
    const { store, settle } = subject()
    const rows: DeliveryRow[] = []
    for (let index = 0; index < count; index += 1) {
      const number = Math.floor(index / 4)
      const accountId = [null, "ada", "grace"][number % 3] ?? null
      const place = { log: accountId ?? "system", position: number + 1 }
      const createdAt = T0 + number * 1_000
      const seen = logRow(place.log, place.position, { event: event(eventId(number), place.log), seenAt: createdAt })
      await store.appendEvent(seen)
      const row = delivery(eventId(number), endpointId(index % 4), {
        ...place,
        createdAt,
        status: deliveryStatuses[index % deliveryStatuses.length]!,
        accountId,
        work: index % deliveryStatuses.length === 2 ? { kind: "held", replay: false, at: createdAt } : null,
      })
      rows.push(row)
      await store.putDelivery(row, null)
    }
    await settle()
    return rows
  }
  const list = (filters: DeliveryFilters, limit = 4) =>
    drain((page) => subject().store.listDeliveriesLagging(filters, page), limit)

  it("is empty at first", async () => {
    const page = await subject().store.listDeliveriesLagging({}, { limit: 10, cursor: null })
    expect(page).toEqual({ rows: [], cursor: null })
  })

  it.each([1, 3, 4, 5, 40, 100])("shows each row once, newest first, %i to a page", async (limit) => {
    const rows = await fill(40)
    const listed = await list({}, limit)
    expect(listed.map(({ createdAt }) => createdAt)).toEqual(
      rows.map(({ createdAt }) => createdAt).sort((a, b) => b - a),
    )
    expect(listed.map(nameOf).sort()).toEqual(rows.map(nameOf).sort())
    expect(rows).toContainEqual(listed[0])
  })

  it.each<[string, DeliveryFilters, (row: DeliveryRow) => boolean]>([
    ["an endpoint", { endpointId: endpointId(1) }, (row) => row.endpointId === endpointId(1)],
    ["an event", { eventId: eventId(2) }, (row) => row.eventId === eventId(2)],
    [
      "an event and an endpoint",
      { eventId: eventId(2), endpointId: endpointId(3) },
      (row) => row.eventId === eventId(2) && row.endpointId === endpointId(3),
    ],
    ["an account", { accountId: "ada" }, (row) => row.accountId === "ada"],
    ["a status", { statuses: ["held"] }, (row) => row.status === "held"],
    ["statuses", { statuses: ["held", "exhausted"] }, (row) => ["held", "exhausted"].includes(row.status)],
    ["no status", { statuses: [] }, () => false],
    ["since, inclusive", { since: T0 + 3_000 }, (row) => row.createdAt >= T0 + 3_000],
    ["until, exclusive", { until: T0 + 3_000 }, (row) => row.createdAt < T0 + 3_000],
    ["something unknown", { endpointId: endpointId("none") }, () => false],
    [
      "an endpoint, a status and a time",
      { endpointId: endpointId(0), statuses: ["pending"], since: T0 + 1_000, until: T0 + 9_000 },
      (row) =>
        row.endpointId === endpointId(0) &&
        row.status === "pending" &&
        row.createdAt >= T0 + 1_000 &&
        row.createdAt < T0 + 9_000,
    ],
    [
      "an event, an account, a status and a time",
      { eventId: eventId(2), accountId: "ada", statuses: ["succeeded", "held", "cancelled"], since: T0 + 2_000 },
      (row) => row.eventId === eventId(2) && row.accountId === "ada" && row.status !== "pending",
    ],
  ])("filters by %s", async (_, filters, wanted) => {
    const rows = await fill(40)
    for (const limit of [1, 4]) {
      const listed = await list(filters, limit)
      expect(listed.map(nameOf).sort()).toEqual(rows.filter(wanted).map(nameOf).sort())
      expect(listed.map(({ createdAt }) => createdAt)).toEqual(
        listed.map(({ createdAt }) => createdAt).sort((a, b) => b - a),
      )
    }
  })

  it.each([1, 2, 10])(
    "shows an endpoint's held ones by when they were made, whatever their turn, %i to a page",
    async (limit) => {
      const { store, settle } = subject()
      const P = endpointId("p")
      const hold = async (number: number, replay: boolean, at: number) => {
        const held = { createdAt: T0 + number, status: "held", work: { kind: "held", replay, at } } as const
        await store.putDelivery(delivery(eventId(number), P, held), null)
      }
      await hold(1, false, T0 + 9)
      await hold(2, true, T0 + 2)
      await hold(3, false, T0 + 3)
      await hold(4, true, T0 + 7)
      await hold(5, false, T0 + 8)
      await settle()
      const listed = async (change: DeliveryFilters) =>
        (await list({ endpointId: P, statuses: ["held"], ...change }, limit)).map(({ createdAt }) => createdAt - T0)
      expect(await listed({})).toEqual([5, 4, 3, 2, 1])
      expect(await listed({ statuses: ["exhausted", "held"] })).toEqual([5, 4, 3, 2, 1])
      expect(await listed({ since: T0 + 2, until: T0 + 5 })).toEqual([4, 3, 2])
    },
  )

  it("follows a row's status", async () => {
    const { store, settle } = subject()
    const row = delivery(eventId(1), endpointId(1))
    await store.appendEvent(logRow(row.log, row.position, { event: event(row.eventId, row.log) }))
    await store.putDelivery(row, null)
    await store.putDelivery({ ...row, version: 2, status: "succeeded" }, 1)
    await settle()
    expect(await list({ statuses: ["pending"] })).toEqual([])
    expect(await list({ statuses: ["succeeded"] })).toEqual([{ ...row, version: 2, status: "succeeded" }])
  })

  it("keeps its place when rows come in between pages", async () => {
    const { store, settle } = subject()
    const rows = await fill(12)
    const listed = await drain(
      (page) => store.listDeliveriesLagging({}, page),
      5,
      async (pages) => {
        const late = delivery(eventId(`late ${pages}`), endpointId(0), { createdAt: T0 + 60_000, position: pages })
        await store.appendEvent(logRow(late.log, pages, { event: event(late.eventId, late.log), seenAt: T0 + 60_000 }))
        await store.putDelivery(late, null)
        await settle()
      },
    )
    expect(listed.map(nameOf).sort()).toEqual(rows.map(nameOf).sort())
  })

  it("takes a cursor that it did not give for the caller's fault", async () => {
    await fill(3)
    for (const cursor of ["", "nonsense", "eyJhIjoxfQ", "%%%"]) {
      await expect(subject().store.listDeliveriesLagging({}, { limit: 1, cursor })).rejects.toBeInstanceOf(VisibleError)
    }
  })
}
