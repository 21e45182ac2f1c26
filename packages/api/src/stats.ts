import { createRoute, z } from "@hono/zod-openapi"
import { SEND_DEADLINE_MS } from "@posthorn/core/delivery/send"
import { EndpointId } from "@posthorn/core/id"
import { addCounts, noCounts, quantile, type StatsCounts, type StatsRow } from "@posthorn/core/stats"
import { HOUR_MS, iso, MINUTE_MS } from "@posthorn/core/time"

import type { ApiDeps } from "./deps.ts"
import { readEndpoint } from "./endpoint-write.ts"
import { idFilter, instantFilter } from "./list.ts"
import { createRouter, jsonOf, keyed } from "./router.ts"
import { invalid, strict } from "./validate.ts"

const MINUTES_MAX = 1_440
const READS_AT_ONCE = 16

const Count = z.int().min(0)
const counts = {
  succeeded: Count.describe("attempts that succeeded"),
  failed: Count.describe("attempts that failed"),
  held: Count.describe("deliveries that were put on hold"),
}

export const Stats = z
  .object({
    since: z.iso.datetime({ precision: 3 }),
    until: z.iso.datetime({ precision: 3 }),
    minutes: z
      .array(
        z.object({
          at: z.iso.datetime({ precision: 3 }),
          seen: Count.describe("messages that polls found"),
          ...counts,
        }),
      )
      .describe("those in which something happened, oldest first"),
    endpoints: z.array(
      z.object({
        endpointId: z.string(),
        ...counts,
        successRate: z.number().min(0).max(1).nullable().describe("of the attempts; null without any"),
        p50Ms: z.int().nullable(),
        p95Ms: z.int().nullable().describe("read off a histogram, so right to the width of its bucket"),
      }),
    ),
  })
  .meta({ id: "Stats", description: "Approximate figures, kept for 7 days: what is written twice counts twice." })

const get = createRoute({
  method: "get",
  path: "/v1/stats",
  tags: ["deployment"],
  summary: "What happened, minute by minute and endpoint by endpoint",
  ...keyed("read"),
  request: {
    query: strict(
      {
        since: instantFilter("from this minute on; an hour before `until` when left out"),
        until: instantFilter("before this instant; now when left out"),
        endpointId: idFilter(EndpointId, "an endpoint's id: ep_…", "of this endpoint alone"),
      },
      "query parameter",
    ),
  },
  responses: { 200: jsonOf(Stats, "The figures") },
})

export const stats = ({ store, clock }: ApiDeps) =>
  createRouter().openapi(get, async (c) => {
    const query = c.req.valid("query")
    const until = query.until ?? clock.now()
    // Nothing was counted before 1970, and an hour before the year 0 cannot be written.
    const since = Math.max(0, Math.floor((query.since ?? until - HOUR_MS) / MINUTE_MS) * MINUTE_MS)
    if (since >= until || until - since > MINUTES_MAX * MINUTE_MS)
      throw invalid([{ in: "query", pointer: "since", message: "must be before until, by 24 hours at most" }])
    const read = (endpointId: string | null) => store.readStats(endpointId, since, until, MINUTES_MAX)

    const ids =
      query.endpointId === undefined
        ? (await store.listEndpoints()).map(({ id }) => id)
        : [(await readEndpoint(query.endpointId, store)).id]
    const endpoints: z.infer<typeof Stats>["endpoints"] = []
    for (let start = 0; start < ids.length; start += READS_AT_ONCE)
      endpoints.push(
        ...(await Promise.all(
          ids.slice(start, start + READS_AT_ONCE).map(async (id) => ({ endpointId: id, ...summaryOf(await read(id)) })),
        )),
      )
    const minutes = (await read(query.endpointId ?? null)).map(({ minute, seen, succeeded, failed, held }) => ({
      at: iso(minute),
      ...{ seen, succeeded, failed, held },
    }))
    return c.json({ since: iso(since), until: iso(until), minutes, endpoints }, 200)
  })

const summaryOf = (rows: StatsRow[]) => {
  const { succeeded, failed, held, durations } = rows.reduce<StatsCounts>(addCounts, noCounts())
  const attempts = succeeded + failed
  return {
    ...{ succeeded, failed, held },
    successRate: attempts === 0 ? null : succeeded / attempts,
    p50Ms: quantile(durations, 0.5, SEND_DEADLINE_MS),
    p95Ms: quantile(durations, 0.95, SEND_DEADLINE_MS),
  }
}
