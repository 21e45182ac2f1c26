import { createRoute, z } from "@hono/zod-openapi"
import type { Event } from "@posthorn/core/event"
import { whyNot, type Asking, type Refusal } from "@posthorn/core/fanout/match"
import type { LogRow } from "@posthorn/core/log-row"

import type { ApiDeps } from "./deps.ts"
import { EndpointCreate, endpointDefaults } from "./endpoint-fields.ts"
import { EventSchema } from "./event-schemas.ts"
import { refuseUnknownFields } from "./filter-field.ts"
import { bodyOf, createRouter, jsonOf, keyed } from "./router.ts"
import { strict } from "./validate.ts"

/** How many events a preview looks back on. */
export const PREVIEW_EVENTS_MAX = 100
export const PREVIEW_SAMPLES_MAX = 3
/** A page may be short although more follow; behind so many the rest is left out. */
const PAGES_MAX = 20

const { eventTypes, filter } = EndpointCreate.shape

const EndpointPreview = strict({ eventTypes, filter }).meta({
  id: "EndpointPreview",
  description: "As for an endpoint; what is left out stands at the same defaults.",
})

/** What said no to an event; also in an event's trace. */
export const RefusalSchema = z
  .object({
    clause: z
      .enum(["eventTypes", "filter", "unreadable_filter"])
      .describe("unreadable_filter: the stored filter is none, write it anew; nothing matches it"),
    path: z.string().describe("JSON pointer into the event"),
    wanted: z.array(z.unknown()).describe("the alternatives, or the patterns of an $or"),
    found: z
      .array(z.unknown())
      .describe("what stands there instead: nothing, a value, or those of a list; long texts are cut"),
  })
  .meta({ id: "Refusal" }) satisfies z.ZodType<Refusal>

const EndpointPreviewResult = z
  .object({
    considered: z.int().describe(`events looked at: the newest, at most ${PREVIEW_EVENTS_MAX}`),
    matched: z.int(),
    samples: z.array(EventSchema).describe(`the newest that match, at most ${PREVIEW_SAMPLES_MAX}`),
    refused: z
      .array(
        z.object({
          clause: RefusalSchema,
          count: z.int(),
          example: z.string().describe("the newest event that this clause refused; `found` is its"),
        }),
      )
      .describe("by the clause that said no first, the most frequent first"),
  })
  .meta({ id: "EndpointPreviewResult" })

const preview = createRoute({
  method: "post",
  path: "/v1/endpoints/preview",
  tags: ["endpoints"],
  summary: "See what an endpoint would have got",
  description: `Holds event types and a filter against the last ${PREVIEW_EVENTS_MAX} events. Nothing is stored or sent.`,
  ...keyed("read"),
  request: { query: strict({}, "query parameter"), body: bodyOf(EndpointPreview) },
  responses: { 200: jsonOf(EndpointPreviewResult, "What would have matched, and what refused the others") },
})

export const endpointPreview = (deps: Pick<ApiDeps, "store" | "clock" | "retentionMs">) =>
  createRouter().openapi(preview, async (c) => {
    const given = c.req.valid("json")
    const asking: Asking = {
      eventTypes: given.eventTypes ?? [...endpointDefaults.eventTypes],
      filter: given.filter ?? null,
    }
    refuseUnknownFields(asking.filter, asking.eventTypes)
    return c.json(previewOf(asking, await newestEvents(deps)), 200)
  })

const newestEvents = async ({
  store,
  clock,
  retentionMs,
}: Pick<ApiDeps, "store" | "clock" | "retentionMs">): Promise<Event[]> => {
  const since = clock.now() - retentionMs
  const rows: LogRow[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX && rows.length < PREVIEW_EVENTS_MAX; page++) {
    const read = await store.listEventsLagging({ since }, { limit: PREVIEW_EVENTS_MAX - rows.length, cursor })
    rows.push(...read.rows)
    cursor = read.cursor
    if (cursor === null) break
  }
  return rows.map(({ event }) => event)
}

const previewOf = (asking: Asking, events: Event[]): z.infer<typeof EndpointPreviewResult> => {
  const matching: Event[] = []
  const refused = new Map<string, { clause: Refusal; count: number; example: string }>()
  for (const event of events) {
    const clause = whyNot(asking, event)
    if (clause === null) {
      matching.push(event)
      continue
    }
    const key = `${clause.clause} ${clause.path}`
    const known = refused.get(key)
    if (known === undefined) refused.set(key, { clause, count: 1, example: event.id })
    else known.count += 1
  }
  return {
    considered: events.length,
    matched: matching.length,
    samples: matching.slice(0, PREVIEW_SAMPLES_MAX),
    refused: [...refused.values()].toSorted((a, b) => b.count - a.count),
  }
}
