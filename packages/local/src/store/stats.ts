import type { DatabaseSync } from "node:sqlite"

import type { StatsStore } from "@posthorn/core/ports"
import type { StatsCounts } from "@posthorn/core/stats"

import type { Writer } from "./writer.ts"

/** In the column of endpoints' ids, where none is empty. */
const WHOLE_DEPLOYMENT = ""

/** Counters as JSON: their number is that of the buckets, which may change without the file's form. */
export const statsStore = (db: DatabaseSync, writer: Writer): StatsStore => {
  const one = db.prepare("SELECT counts FROM stats WHERE endpoint_id = ? AND minute = ?")
  const upsert = db.prepare(
    "INSERT INTO stats (endpoint_id, minute, counts) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET counts = excluded.counts",
  )
  const range = db.prepare(
    "SELECT minute, counts FROM stats WHERE endpoint_id = ? AND minute >= ? AND minute < ? ORDER BY minute LIMIT ?",
  )

  return {
    addStats: async ({ endpointId, minute, ...delta }) => {
      const endpoint = endpointId ?? WHOLE_DEPLOYMENT
      const copy = JSON.stringify(delta)
      await writer.write(() => {
        const found = one.get(endpoint, minute) as { counts: string } | undefined
        upsert.run(endpoint, minute, found === undefined ? copy : summed(found.counts, copy))
      })
    },
    readStats: async (endpointId, since, until, limit) => {
      const found = range.all(endpointId ?? WHOLE_DEPLOYMENT, since, until, limit)
      return (found as { minute: number; counts: string }[]).map(({ minute, counts }) => ({
        minute,
        ...(JSON.parse(counts) as StatsCounts),
      }))
    },
  }
}

const summed = (before: string, delta: string): string => {
  const a = JSON.parse(before) as StatsCounts
  const b = JSON.parse(delta) as StatsCounts
  return JSON.stringify({
    seen: a.seen + b.seen,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    held: a.held + b.held,
    durations: b.durations.map((count, index) => count + (a.durations[index] ?? 0)),
  } satisfies StatsCounts)
}
