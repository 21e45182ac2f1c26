import { expect, it } from "vitest"

import type { Budget } from "@posthorn/core/poll/budget"

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
}
