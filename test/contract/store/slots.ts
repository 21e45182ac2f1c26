import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { endpointId, T0 } from "../rows.ts"

const P = endpointId("p")

export const slotContract = (subject: () => Subject): void => {
  it("gives the first turn at once, and each next one an interval later", async () => {
    const { store } = subject()
    expect(await store.takeSlot(P, T0, 50)).toBe(T0)
    expect(await store.takeSlot(P, T0, 50)).toBe(T0 + 50)
    expect(await store.takeSlot(P, T0 + 60, 50)).toBe(T0 + 100)
    expect(await store.takeSlot(P, T0 + 100, 50)).toBe(T0 + 150)
  })

  it("gives no turn in the past: one that nobody took is lost", async () => {
    const { store } = subject()
    await store.takeSlot(P, T0, 50)
    expect(await store.takeSlot(P, T0 + 50, 50)).toBe(T0 + 50)
    expect(await store.takeSlot(P, T0 + 101, 50)).toBe(T0 + 101)
    expect(await store.takeSlot(P, T0 + 101, 50)).toBe(T0 + 151)
  })

  it("goes by the interval that is asked for, whatever the ones before were", async () => {
    const { store } = subject()
    expect(await store.takeSlot(P, T0, 1_000)).toBe(T0)
    expect(await store.takeSlot(P, T0, 10)).toBe(T0 + 1_000)
    expect(await store.takeSlot(P, T0, 10)).toBe(T0 + 1_010)
    expect(await store.takeSlot(P, T0, 10)).toBe(T0 + 1_020)
  })

  it("gives no turn backwards to one whose clock is behind", async () => {
    const { store } = subject()
    expect(await store.takeSlot(P, T0 + 500, 50)).toBe(T0 + 500)
    expect(await store.takeSlot(P, T0, 50)).toBe(T0 + 550)
  })

  it("keeps each endpoint's turns apart", async () => {
    const { store } = subject()
    expect(await store.takeSlot(P, T0, 50)).toBe(T0)
    expect(await store.takeSlot(endpointId("q"), T0, 50)).toBe(T0)
    expect(await store.takeSlot(P, T0, 50)).toBe(T0 + 50)
  })

  it("gives no turn twice, and leaves none out, to 40 that ask in parallel", async () => {
    const { store } = subject()
    const turns = await Promise.all(Array.from({ length: 40 }, () => store.takeSlot(P, T0, 20)))
    expect(turns.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => T0 + index * 20))
  })

  it("gives no turn twice to 40 whose clocks differ, none before its own clock, none too close", async () => {
    const { store } = subject()
    const clocks = Array.from({ length: 40 }, (_, index) => T0 + ((index * 17) % 40) * 7)
    const turns = await Promise.all(clocks.map((now) => store.takeSlot(P, now, 20)))
    for (const [index, turn] of turns.entries()) expect(turn).toBeGreaterThanOrEqual(clocks[index]!)
    const sorted = [...turns].sort((a, b) => a - b)
    for (const [index, turn] of sorted.slice(1).entries()) expect(turn - sorted[index]!).toBeGreaterThanOrEqual(20)
  })
}
