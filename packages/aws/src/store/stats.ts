import type { StatsStore } from "@posthorn/core/ports"
import { SECOND_MS } from "@posthorn/core/time"
import { DURATION_BUCKETS_MS, STATS_KEPT_MS, type StatsCounts, type StatsRow } from "@posthorn/core/stats"
import * as z from "zod"

import type { Access } from "./access.ts"
import type { Item } from "./item.ts"
import { minuteOf, sortable, statsKey, statsPartition, TTL } from "./keys.ts"

/** Counters by attribute; one for each bucket of durations. */
const durations = Array.from({ length: DURATION_BUCKETS_MS.length + 1 }, (_, index) => `d${String(index)}`)
const countersOf = (counts: StatsCounts): [attribute: string, count: number][] => [
  ["seen", counts.seen],
  ["ok", counts.succeeded],
  ["failed", counts.failed],
  ["held", counts.held],
  ...durations.map((attribute, index): [string, number] => [attribute, counts.durations[index] ?? 0]),
]

const Count = z.number().default(0)
const rowOf = (item: Item): StatsRow => ({
  minute: minuteOf(item),
  seen: Count.parse(item.seen),
  succeeded: Count.parse(item.ok),
  failed: Count.parse(item.failed),
  held: Count.parse(item.held),
  durations: durations.map((attribute) => Count.parse(item[attribute])),
})

export const statsStore = (table: Access): StatsStore => ({
  async addStats({ endpointId, minute, ...counts }) {
    const add = Object.fromEntries(countersOf(counts).filter(([, count]) => count !== 0))
    const expires = { [TTL]: Math.ceil((minute + STATS_KEPT_MS) / SECOND_MS) }
    await table.update(statsKey(endpointId, minute), { set: expires, add })
  },

  async readStats(endpointId, since, until, limit) {
    const items = await table.query({
      pk: statsPartition(endpointId),
      range: ["between", sortable(since), sortable(until - 1)],
      limit,
    })
    return items.map(rowOf)
  },
})
