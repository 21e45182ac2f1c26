import { expect, it } from "vitest"

import { WORK_SHARDS, type Work, type WorkKey } from "@posthorn/core/delivery"

import type { Subject } from "../store-contract.ts"
import { delivery, endpointId, eventId, successes, T0 } from "../rows.ts"

const E = eventId("e")
const P = endpointId("p")
const due = (at: number): Work => ({ kind: "due", at })

export const workContract = (subject: () => Subject): void => {
  const dueByShard = async (now: number, limit = 100): Promise<WorkKey[][]> => {
    const { store, settle } = subject()
    await settle()
    return Promise.all(Array.from({ length: WORK_SHARDS }, (_, shard) => store.listDueLagging(shard, now, limit)))
  }
  const dueEvents = async (now: number): Promise<string[]> =>
    (await dueByShard(now)).flat().map(({ eventId }) => eventId)
  const held = async (limit = 100): Promise<string[]> => {
    const { store, settle } = subject()
    await settle()
    return (await store.listHeldLagging(P, limit)).map(({ eventId }) => eventId)
  }

  it("lists an entry in one shard, from its instant on", async () => {
    const { store } = subject()
    await store.putDelivery(delivery(E, P, { status: "retrying", work: due(T0) }), null)
    expect(await dueEvents(T0 - 1)).toEqual([])
    expect((await dueByShard(T0)).flat()).toEqual([{ eventId: E, endpointId: P }])
  })

  it("spreads events over all shards, and never splits an event", async () => {
    const { store } = subject()
    for (let index = 0; index < 100; index += 1) {
      await store.putDelivery(delivery(eventId(index), P, { work: due(T0 + index) }), null)
    }
    for (const name of ["q", "r", "s"])
      await store.putDelivery(delivery(eventId(0), endpointId(name), { work: due(T0) }), null)
    const shards = await dueByShard(T0 + 1_000)
    expect(shards.flat()).toHaveLength(103)
    for (const shard of shards) expect(shard.length).toBeGreaterThan(0)
    expect(shards.filter((keys) => keys.some((key) => key.eventId === eventId(0)))).toHaveLength(1)
  })

  it("lists the soonest first, up to the limit", async () => {
    const { store } = subject()
    const endpoints = Array.from({ length: 9 }, (_, index) => endpointId(index))
    for (const [index, id] of endpoints.entries()) {
      await store.putDelivery(delivery(E, id, { work: due(T0 + ((index * 4) % 9) * 100_000) }), null)
    }
    const soonest = endpoints
      .map((id, index) => ({ id, at: ((index * 4) % 9) * 100_000 }))
      .sort((a, b) => a.at - b.at)
      .map(({ id }) => id)
    const listed = async (now: number, limit: number) =>
      (await dueByShard(now, limit)).flat().map(({ endpointId }) => endpointId)
    expect(await listed(T0 + 10_000_000, 100)).toEqual(soonest)
    expect(await listed(T0 + 10_000_000, 4)).toEqual(soonest.slice(0, 4))
    expect(await listed(T0 + 300_000, 100)).toEqual(soonest.slice(0, 4))
  })

  it("lists several entries of one instant", async () => {
    const { store } = subject()
    for (const name of ["a", "b", "c"]) await store.putDelivery(delivery(E, endpointId(name), { work: due(T0) }), null)
    expect(
      (await dueByShard(T0))
        .flat()
        .map(({ endpointId }) => endpointId)
        .sort(),
    ).toEqual(["a", "b", "c"].map(endpointId).sort())
  })

  it("moves a due entry and leaves the rest of the row alone, version and all", async () => {
    const { store } = subject()
    const row = delivery(E, P, { version: 7, status: "retrying", nextAttemptAt: T0, work: due(T0) })
    await store.putDelivery(row, null)
    expect(await store.moveDue(E, P, T0, T0 + 600_000)).toBe(true)
    expect(await store.getDelivery(E, P)).toEqual({ ...row, work: due(T0 + 600_000) })
    expect(await dueEvents(T0 + 599_999)).toEqual([])
    expect(await dueEvents(T0 + 600_000)).toEqual([E])
    expect(await store.putDelivery({ ...row, version: 8, work: null }, 7)).toBe(true)
    expect(await dueEvents(T0 + 600_000)).toEqual([])
  })

  it("does not move an entry that stands elsewhere, nor what is no due entry", async () => {
    const { store } = subject()
    await store.putDelivery(delivery(E, P, { work: due(T0) }), null)
    expect(await store.moveDue(E, P, T0 + 1, T0 + 5)).toBe(false)
    expect(await store.moveDue(E, endpointId("none"), T0, T0 + 5)).toBe(false)
    expect(await store.getDelivery(E, endpointId("none"))).toBeNull()
    const others: (Work | null)[] = [null, { kind: "failed", at: T0 }, { kind: "held", replay: false, at: T0 }]
    for (const [index, work] of others.entries()) {
      await store.putDelivery(delivery(eventId(index), P, { work }), null)
      expect(await store.moveDue(eventId(index), P, T0, T0 + 5)).toBe(false)
      expect((await store.getDelivery(eventId(index), P))?.work).toEqual(work)
    }
    expect((await store.getDelivery(E, P))?.work).toEqual(due(T0))
  })

  it("of 20 that move one entry one succeeds", async () => {
    const { store } = subject()
    await store.putDelivery(delivery(E, P, { work: due(T0) }), null)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => store.moveDue(E, P, T0, T0 + 1 + index)))
    expect(successes(answers)).toBe(1)
    expect((await store.getDelivery(E, P))?.work).toEqual(due(T0 + 1 + answers.indexOf(true)))
  })

  it("lists what is held: live before replays, oldest first", async () => {
    const { store } = subject()
    const put = (name: string, createdAt: number, replay: boolean) =>
      store.putDelivery(
        delivery(eventId(name), P, { status: "held", createdAt, work: { kind: "held", replay, at: createdAt } }),
        null,
      )
    await put("replay old", T0 - 9, true)
    await put("live new", T0 + 100_000, false)
    await put("replay new", T0 + 1_000_000, true)
    await put("live old", T0 + 99_999, false)
    await put("live oldest", T0 + 1, false)
    const order = ["live oldest", "live old", "live new", "replay old", "replay new"].map(eventId)
    expect(await held()).toEqual(order)
    expect(await held(4)).toEqual(order.slice(0, 4))
    expect(await held(1)).toEqual(order.slice(0, 1))
  })

  it("lists and counts an endpoint's own", async () => {
    const { store, settle } = subject()
    for (let index = 0; index < 25; index += 1) {
      await store.putDelivery(delivery(eventId(index), P, { work: { kind: "held", replay: index > 20, at: T0 } }), null)
    }
    await store.putDelivery(delivery(E, endpointId("q"), { work: { kind: "held", replay: false, at: T0 } }), null)
    expect(await held()).toHaveLength(25)
    await settle()
    expect(await store.countHeldLagging(P, 100)).toBe(25)
    expect(await store.countHeldLagging(P, 25)).toBe(25)
    expect(await store.countHeldLagging(P, 10)).toBe(10)
    expect(await store.countHeldLagging(endpointId("q"), 10)).toBe(1)
    expect(await store.countHeldLagging(endpointId("none"), 10)).toBe(0)
  })

  it("has one entry of a delivery at a time, and none of a finished one", async () => {
    const { store, settle } = subject()
    const stages: (Work | null)[] = [
      due(T0),
      { kind: "held", replay: false, at: T0 },
      due(T0 + 1),
      { kind: "failed", at: T0 },
      null,
    ]
    for (const [index, work] of stages.entries()) {
      await store.putDelivery(delivery(E, P, { version: index + 1, work }), index === 0 ? null : index)
      expect(await dueEvents(T0 + 10)).toEqual(work?.kind === "due" ? [E] : [])
      expect(await held()).toEqual(work?.kind === "held" ? [E] : [])
      await settle()
      expect(await store.countHeldLagging(P, 10)).toBe(work?.kind === "held" ? 1 : 0)
    }
  })

  it("lists a finished row that still has something to say", async () => {
    const { store } = subject()
    await store.putDelivery(
      delivery(E, P, { status: "exhausted", finishedAt: T0, expiresAt: T0 + 9, work: due(T0) }),
      null,
    )
    expect(await dueEvents(T0)).toEqual([E])
  })
}
