import { DURATION_BUCKETS_MS, type StatsCounts, type StatsRow } from "@posthorn/core/stats"
import { MINUTE_MS } from "@posthorn/core/time"
import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { endpointId, T0 } from "../rows.ts"

const P = endpointId("p")
const minute = (number: number): number => T0 + number * MINUTE_MS

/** One attempt in the bucket of each index that is given. */
const durations = (...buckets: number[]): number[] =>
  Array.from(
    { length: DURATION_BUCKETS_MS.length + 1 },
    (_, index) => buckets.filter((bucket) => bucket === index).length,
  )
const counts = (change: Partial<StatsCounts> = {}): StatsCounts => ({
  seen: 0,
  succeeded: 0,
  failed: 0,
  held: 0,
  durations: durations(),
  ...change,
})

export const statsContract = (subject: () => Subject): void => {
  const add = (endpointId: string | null, number: number, change: Partial<StatsCounts>) =>
    subject().store.addStats({ endpointId, minute: minute(number), ...counts(change) })
  const read = (endpointId: string | null, from = 0, to = 60, limit = 100): Promise<StatsRow[]> =>
    subject().store.readStats(endpointId, minute(from), minute(to), limit)
  const numbers = async (...query: Parameters<typeof read>): Promise<number[]> =>
    (await read(...query)).map((row) => (row.minute - T0) / MINUTE_MS)

  it("adds up what a minute saw, each counter for itself", async () => {
    expect(await read(P)).toEqual([])
    const first = counts({ seen: 3, succeeded: 2, failed: 6, held: 8, durations: durations(0, 11) })
    await add(P, 1, first)
    expect(await read(P)).toEqual([{ minute: minute(1), ...first }])
    await add(P, 1, counts({ seen: 1, succeeded: 5, failed: 1, held: 4, durations: durations(0, 0, 5, 11) }))
    const sum = counts({ seen: 4, succeeded: 7, failed: 7, held: 12, durations: durations(0, 0, 0, 5, 11, 11) })
    expect(await read(P)).toEqual([{ minute: minute(1), ...sum }])
    await add(P, 1, { held: 1 })
    expect(await read(P)).toEqual([{ minute: minute(1), ...sum, held: 13 }])
  })

  it("keeps each endpoint's and the whole deployment's apart", async () => {
    await add(P, 1, { succeeded: 1 })
    await add(null, 1, { succeeded: 2 })
    await add(endpointId("q"), 1, { succeeded: 3 })
    expect((await read(P)).map(({ succeeded }) => succeeded)).toEqual([1])
    expect((await read(null)).map(({ succeeded }) => succeeded)).toEqual([2])
    expect((await read(endpointId("q"))).map(({ succeeded }) => succeeded)).toEqual([3])
    expect(await read(endpointId("none"))).toEqual([])
  })

  it("reads minutes ascending, since inclusive, until exclusive, up to the limit", async () => {
    for (const number of [12, 3, 100, 5, 9, 4]) await add(P, number, { seen: number })
    expect(await numbers(P, 0, 1_000)).toEqual([3, 4, 5, 9, 12, 100])
    expect(await numbers(P, 4, 12)).toEqual([4, 5, 9])
    expect(await numbers(P, 4, 13)).toEqual([4, 5, 9, 12])
    expect(await numbers(P, 0, 1_000, 2)).toEqual([3, 4])
    expect(await numbers(P, 5, 5)).toEqual([])
    expect(await numbers(P, 12, 4)).toEqual([])
  })

  it("reads between instants that begin no minute", async () => {
    for (const number of [1, 2, 3]) await add(P, number, { seen: 1 })
    const { store } = subject()
    expect((await store.readStats(P, minute(1) + 1, minute(3) + 1, 10)).map((row) => row.minute)).toEqual(
      [2, 3].map(minute),
    )
    expect((await store.readStats(P, minute(1), minute(3) - 1, 10)).map((row) => row.minute)).toEqual(
      [1, 2].map(minute),
    )
  })

  it("loses nothing of 40 that add in parallel", async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => add(null, 1, { seen: 1, durations: durations(index % 12) })),
    )
    const [row] = await read(null)
    expect(row?.seen).toBe(40)
    expect(row?.durations).toEqual([4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3])
  })
}
