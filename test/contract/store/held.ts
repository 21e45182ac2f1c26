import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { delivery, endpointId, eventId, T0 } from "../rows.ts"

const P = endpointId("p")

export const heldContract = (subject: () => Subject): void => {
  const hold = (name: string, createdAt: number, replay: boolean, at = createdAt, version = 1) =>
    subject().store.putDelivery(
      delivery(eventId(name), P, { version, status: "held", createdAt, work: { kind: "held", replay, at } }),
      version === 1 ? null : version - 1,
    )
  const listed = async (limit = 100, only?: "live" | "replay"): Promise<string[]> => {
    const { store, settle } = subject()
    await settle()
    return (await store.listHeldLagging(P, limit, only)).map(({ eventId }) => eventId)
  }

  it("is by class, then by the entry's instant, whenever the deliveries were made", async () => {
    await hold("replay a", T0 + 1, true)
    await hold("live a", T0 + 2, false)
    await hold("live b", T0 + 3, false)
    await hold("live probed", T0, false, T0 + 4)
    await hold("live c", T0 + 5, false)
    await hold("replay probed", T0, true, T0 + 2)
    const order = ["live a", "live b", "live probed", "live c", "replay a", "replay probed"].map(eventId)
    expect(await listed()).toEqual(order)
    for (const limit of [1, 2, 3, 4, 5]) expect(await listed(limit)).toEqual(order.slice(0, limit))
    expect(await subject().store.getDelivery(eventId("live probed"), P)).toMatchObject({
      createdAt: T0,
      work: { kind: "held", replay: false, at: T0 + 4 },
    })
  })

  it("puts a delivery that failed as a probe behind the others, and counts it once", async () => {
    for (const [index, name] of ["a", "b", "c"].entries()) await hold(name, T0 + index, false)
    await hold("a", T0, false, T0 + 60_000, 2)
    expect(await listed()).toEqual(["b", "c", "a"].map(eventId))
    await subject().settle()
    expect(await subject().store.countHeldLagging(P, 10)).toBe(3)
    expect(await subject().store.countHeldLagging(P, 2)).toBe(2)
    await hold("a", T0, false, T0 + 90_000, 3)
    expect(await listed()).toEqual(["b", "c", "a"].map(eventId))
    await subject().store.putDelivery(delivery(eventId("a"), P, { version: 4, status: "pending" }), 3)
    expect(await listed()).toEqual(["b", "c"].map(eventId))
  })

  it("is by event where class and instant are the same", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `e${String(index)}`)
    for (const name of names) await hold(name, T0, false)
    expect(await listed()).toEqual(names.map(eventId).sort())
  })

  it("lists one class alone, up to the limit", async () => {
    await hold("live a", T0 + 5, false)
    await hold("live b", T0, false, T0 + 6)
    await hold("replay a", T0 + 1, true)
    await hold("replay b", T0, true, T0 + 9)
    expect(await listed(100, "live")).toEqual(["live a", "live b"].map(eventId))
    expect(await listed(100, "replay")).toEqual(["replay a", "replay b"].map(eventId))
    expect(await listed(1, "live")).toEqual(["live a"].map(eventId))
    expect(await listed(1, "replay")).toEqual(["replay a"].map(eventId))
  })
}
