import { expect, it } from "vitest"

import type { Budget } from "@posthorn/core/poll/budget"
import { MINUTE_MS } from "@posthorn/core/time"

import type { Subject } from "../store-contract.ts"
import { successes, T0 } from "../rows.ts"

const budget = (change: Partial<Budget> = {}): Budget => ({
  version: 1,
  perMinute: 60,
  halvedAt: null,
  pausedUntil: null,
  ...change,
})

export const budgetContract = (subject: () => Subject): void => {
  it("gives back what was put, and null before", async () => {
    const { store } = subject()
    expect(await store.getBudget()).toBeNull()
    expect(await store.putBudget(budget({ perMinute: 7.5, halvedAt: T0, pausedUntil: T0 + 1 }), null)).toBe(true)
    expect(await store.getBudget()).toEqual(budget({ perMinute: 7.5, halvedAt: T0, pausedUntil: T0 + 1 }))
  })

  it("writes only over the version that was read", async () => {
    const { store } = subject()
    expect(await store.putBudget(budget({ version: 2 }), 1)).toBe(false)
    expect(await store.getBudget()).toBeNull()
    await store.putBudget(budget(), null)
    expect(await store.putBudget(budget({ perMinute: 1 }), null)).toBe(false)
    expect(await store.putBudget(budget({ version: 3, perMinute: 1 }), 2)).toBe(false)
    expect(await store.getBudget()).toEqual(budget())
    expect(await store.putBudget(budget({ version: 2, perMinute: 30 }), 1)).toBe(true)
    expect(await store.getBudget()).toEqual(budget({ version: 2, perMinute: 30 }))
  })

  it("of 20 parallel writers over one version one succeeds", async () => {
    const { store } = subject()
    await store.putBudget(budget(), null)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.putBudget(budget({ version: 2, perMinute: index }), 1)),
    )
    expect(successes(answers)).toBe(1)
    expect((await store.getBudget())?.perMinute).toBe(answers.indexOf(true))
  })

  it("gives a minute's tick to the first who asks, whoever takes of its reserve", async () => {
    const { store } = subject()
    expect(await store.takeReserved(T0, 2)).toBe(true)
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.claimTick(T0)))
    expect(successes(answers)).toBe(1)
    expect(await store.claimTick(T0)).toBe(false)
    expect(await store.claimTick(T0 + MINUTE_MS)).toBe(true)
    expect(await store.getBudget()).toBeNull()
  })

  it("gives out so much of a minute's reserve, and no more", async () => {
    const { store } = subject()
    await store.claimTick(T0)
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.takeReserved(T0, 7)))
    expect(successes(answers)).toBe(7)
    expect(await store.takeReserved(T0, 7)).toBe(false)
    expect(await store.takeReserved(T0, 8)).toBe(true)
    expect(await store.takeReserved(T0 + MINUTE_MS, 1)).toBe(true)
    expect(await store.takeReserved(T0 + 2 * MINUTE_MS, 0)).toBe(false)
  })
}
