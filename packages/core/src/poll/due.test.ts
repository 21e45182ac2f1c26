import * as fc from "fast-check"
import { describe, expect, it } from "vitest"

import { afterRateLimit, dealable, perMinuteAt } from "./budget.ts"
import { type Deal, due, intervalFor } from "./due.ts"
import { T } from "./test-samples.ts"

const waiting = (id: string, over: { nextPollAt?: number; demand?: number } = {}) => ({
  id,
  nextPollAt: T,
  demand: 0,
  ...over,
})

const deal = (over: Partial<Deal> = {}): Deal => ({ now: T, until: T, intervalMs: 60_000, requests: 10, ...over })

describe("due", () => {
  it("deals one list call to each account that is due, and what is left to threads", () => {
    const messages = due(
      [waiting("a"), waiting("b"), waiting("later", { nextPollAt: T + 61_000 })],
      deal({ until: T + 59_000, requests: 10 }),
    )
    expect(messages.map(({ accountId, grant }) => [accountId, grant.list, grant.threads])).toEqual([
      ["a", 1, 4],
      ["b", 1, 4],
    ])
  })

  it("deals several polls of an account into a tick that is longer than the interval", () => {
    const messages = due([waiting("a", { nextPollAt: T - 5_000 })], deal({ until: T + 59_999, intervalMs: 20_000 }))
    expect(messages.map(({ at }) => at - T)).toEqual([-5_000, 20_000, 40_000])
  })

  it("serves those first that could not read everything", () => {
    const messages = due([waiting("a"), waiting("b", { demand: 5 })], deal({ requests: 8 }))
    expect(messages.map(({ grant }) => grant.threads)).toEqual([1, 5])
  })

  it("never deals more than there is, whoever is due", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ nextPollAt: fc.integer({ min: T - 100, max: T + 100 }), demand: fc.nat(40) }), {
          maxLength: 60,
        }),
        fc.nat(100),
        fc.integer({ min: 10, max: 200 }),
        (accounts, requests, intervalMs) => {
          const dealt = due(
            accounts.map((account, index) => ({ id: `a${index}`, ...account })),
            deal({ requests, intervalMs }),
          )
          const sum = dealt.reduce((total, { grant }) => total + grant.list + grant.threads, 0)
          expect(sum).toBeLessThanOrEqual(requests)
        },
      ),
    )
  })

  it("stretches the interval until the list calls of all accounts fit into their half", () => {
    expect(intervalFor(60_000, 5, dealable(60))).toBe(60_000)
    expect(intervalFor(60_000, 48, dealable(60))).toBe(120_000)
    expect(intervalFor(2_000, 1, dealable(60))).toBe(2_500)
  })
})

describe("budget", () => {
  it("halves at most once a minute, pauses until upstream's instant, and comes back by a tenth a minute", () => {
    const first = afterRateLimit(null, 60, T + 20_000, T)
    expect(first).toMatchObject({ perMinute: 30, pausedUntil: T + 20_000 })
    expect(afterRateLimit(first, 60, T + 20_000, T + 1_000)).toBeNull()
    expect(afterRateLimit(first, 60, T + 90_000, T + 1_000)).toMatchObject({ perMinute: 30, pausedUntil: T + 90_000 })
    expect(afterRateLimit(first, 60, null, T + 61_000)).toMatchObject({ perMinute: 18 })
    expect(perMinuteAt(first, 60, T + 3 * 60_000)).toBe(48)
    expect(perMinuteAt(first, 60, T + 60 * 60_000)).toBe(60)
  })
})
