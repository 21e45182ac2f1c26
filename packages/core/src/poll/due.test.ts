import * as fc from "fast-check"
import { describe, expect, it } from "vitest"

import { afterRateLimit, dealable, perMinuteAt } from "./budget.ts"
import { type Deal, due, shortestFor, type Waiting } from "./due.ts"
import { account, T } from "./test-samples.ts"

const waiting = (id: string, over: Partial<Waiting> = {}): Waiting => ({ ...account({ id, nextPollAt: T }), ...over })

const deal = (over: Partial<Deal> = {}): Deal => ({ now: T, until: T, intervalMs: () => 60_000, requests: 10, ...over })

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
    const messages = due(
      [waiting("a", { nextPollAt: T - 5_000 })],
      deal({ until: T + 59_999, intervalMs: () => 20_000 }),
    )
    expect(messages.map(({ at }) => at - T)).toEqual([-5_000, 20_000, 40_000])
  })

  it("serves those first that could not read everything", () => {
    const messages = due([waiting("a"), waiting("b", { demand: 5 })], deal({ requests: 8 }))
    expect(messages.map(({ grant }) => grant.threads)).toEqual([1, 5])
  })

  it("never deals more than there is, whoever is due", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            nextPollAt: fc.integer({ min: T - 100, max: T + 100 }),
            demand: fc.nat(40),
            paused: fc.boolean(),
            pollAskedAt: fc.constantFrom(null, T),
            jobId: fc.constantFrom(null, "job"),
          }),
          { maxLength: 60 },
        ),
        fc.nat(100),
        fc.integer({ min: 10, max: 200 }),
        (accounts, requests, intervalMs) => {
          const dealt = due(
            accounts.map((one, index) => waiting(`a${index}`, one)),
            deal({ requests, intervalMs: () => intervalMs }),
          )
          const sum = dealt.reduce((total, { grant }) => total + grant.list + grant.threads, 0)
          expect(sum).toBeLessThanOrEqual(requests)
        },
      ),
    )
  })

  it("serves backfills behind all live threads, and before what is spare", () => {
    const accounts = [waiting("a", { demand: 3 }), waiting("b", { jobId: "job" }), waiting("c")]
    const threads = (requests: number) => due(accounts, deal({ requests })).map(({ grant }) => grant.threads)
    expect(threads(3 + 3)).toEqual([3, 0, 0])
    expect(threads(3 + 3 + 10)).toEqual([3, 10, 0])
    expect(threads(3 + 3 + 10 + 2)).toEqual([4, 11, 0])
  })

  it("deals no request to a paused account, but a look after its log; one that is asked for is polled", () => {
    const paused = waiting("p", { paused: true })
    expect(due([paused], deal({ requests: 0 }))).toMatchObject([{ accountId: "p", grant: { list: 0, threads: 0 } }])
    expect(due([{ ...paused, pollAskedAt: T }], deal({ until: T + 200_000 }))).toMatchObject([{ grant: { list: 1 } }])
    const served = { ...paused, pollAskedAt: T, lastAttemptedAt: T, nextPollAt: T + 600_000 }
    expect(due([served], deal())).toEqual([])
  })

  it("polls an account that was asked for while a poll of it was under way, whatever that one wrote", () => {
    const row = { nextPollAt: T + 60_000, lastAttemptedAt: T - 1_000, pollAskedAt: T - 500 }
    expect(due([waiting("a", row)], deal())).toMatchObject([{ at: T - 500 }])
  })

  it("polls once more when a second wish is due, and lets the first go before it", () => {
    const again = { nextPollAt: T + 60_000, pollAgainAt: T + 10_000 }
    const asked = waiting("a", { ...again, pollAskedAt: T, lastAttemptedAt: T - 1_000 })
    expect(due([asked], deal())).toMatchObject([{ at: T }])
    const begun = waiting("a", { ...again, pollAskedAt: T, lastAttemptedAt: T + 100 })
    expect(due([begun], deal({ now: T + 9_000, until: T + 9_000 }))).toEqual([])
    expect(due([begun], deal({ now: T + 10_000, until: T + 10_000 }))).toMatchObject([{ at: T + 10_000 }])
    const served = waiting("a", { ...again, pollAskedAt: T, lastAttemptedAt: T + 10_100 })
    expect(due([served], deal({ now: T + 11_000, until: T + 11_000 }))).toEqual([])
  })

  it("leaves a second wish alone while the account is paused: a poll that only tends the log would never serve it", () => {
    const paused = waiting("a", { nextPollAt: T + 600_000, pollAgainAt: T - 1_000, paused: true })
    expect(due([paused], deal())).toEqual([])
  })

  it("stretches the interval until the list calls of all accounts fit into their half", () => {
    const same = (wish: number, accounts: number) => Array.from({ length: accounts }, () => wish)
    expect(shortestFor(same(60_000, 5), dealable(60))).toBe(0)
    expect(shortestFor(same(60_000, 48), dealable(60))).toBe(120_000)
    expect(shortestFor(same(2_000, 1), dealable(60))).toBe(2_500)
  })

  it("stretches only wishes that are shorter than what there is for all", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1_000, max: 3_600_000 }), { minLength: 1, maxLength: 50 }), (wishes) => {
        const shortest = shortestFor(wishes, dealable(60))
        const lists = (floor: number) => wishes.reduce((sum, wish) => sum + 60_000 / Math.max(wish, floor), 0)
        expect(lists(shortest)).toBeLessThanOrEqual(24 + 1e-6)
        if (shortest > 0) expect(lists(shortest - 1)).toBeGreaterThan(24 - 0.1)
      }),
    )
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
