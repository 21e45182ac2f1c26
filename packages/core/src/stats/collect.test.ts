import { describe, expect, it } from "vitest"

import { silentLogger } from "../logger.ts"
import { bucketOf, DURATION_BUCKETS_MS, noCounts, quantile, type StatsDelta } from "../stats.ts"
import { createCollector } from "./collect.ts"

const DEADLINE = 15_000
const durationsOf = (...durations: number[]): number[] => {
  const counts = noCounts().durations
  for (const duration of durations) counts[bucketOf(duration)]! += 1
  return counts
}

describe("what is counted", () => {
  it("is written once per endpoint and minute, and once for the whole deployment", async () => {
    const written: StatsDelta[] = []
    const clock = { at: 60_500, now: () => clock.at, sleep: async () => {} }
    const store = { addStats: async (delta: StatsDelta) => void written.push(delta), readStats: async () => [] }
    const collector = createCollector({ store, clock, logger: silentLogger })
    collector.seen(3)
    for (let index = 0; index < 50; index++) collector.attempted("ep_a", index % 5 > 0, 30)
    collector.held("ep_b")
    clock.at += 60_000
    collector.attempted("ep_a", true, 7)
    await collector.flush()
    await collector.flush()
    const shown = written.map(({ durations, ...rest }) => ({ ...rest, attempts: durations.reduce((a, b) => a + b) }))
    expect(shown).toEqual([
      { endpointId: null, minute: 60_000, seen: 3, succeeded: 40, failed: 10, held: 1, attempts: 50 },
      { endpointId: "ep_a", minute: 60_000, seen: 0, succeeded: 40, failed: 10, held: 0, attempts: 50 },
      { endpointId: "ep_b", minute: 60_000, seen: 0, succeeded: 0, failed: 0, held: 1, attempts: 0 },
      { endpointId: null, minute: 120_000, seen: 0, succeeded: 1, failed: 0, held: 0, attempts: 1 },
      { endpointId: "ep_a", minute: 120_000, seen: 0, succeeded: 1, failed: 0, held: 0, attempts: 1 },
    ])
  })

  it("is lost without harm where it cannot be written", async () => {
    const store = { addStats: () => Promise.reject(new Error("away")), readStats: async () => [] }
    const collector = createCollector({ store, clock: { now: () => 0, sleep: async () => {} }, logger: silentLogger })
    collector.seen(1)
    await expect(collector.flush()).resolves.toBeUndefined()
  })
})

describe("a quantile", () => {
  it("is never further off than its bucket is wide", () => {
    const all = Array.from({ length: 1_000 }, (_, index) => (index * 7_919) % 12_000)
    const sorted = all.toSorted((a, b) => a - b)
    for (const share of [0.01, 0.5, 0.9, 0.95, 0.99]) {
      const exact = sorted[Math.ceil(share * all.length) - 1]!
      const found = quantile(durationsOf(...all), share, DEADLINE)!
      expect(bucketOf(found)).toBe(bucketOf(exact))
    }
  })
  it("of nothing is null; of one attempt lies in its bucket", () => {
    expect(quantile(noCounts().durations, 0.5, DEADLINE)).toBeNull()
    for (const [index, bound] of DURATION_BUCKETS_MS.entries())
      expect(bucketOf(quantile(durationsOf(bound), 0.95, DEADLINE)!)).toBe(index)
    expect(quantile(durationsOf(14_000), 0.5, DEADLINE)).toBeGreaterThan(10_000)
  })
})
