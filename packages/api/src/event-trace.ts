import { createRoute, z } from "@hono/zod-openapi"
import type { DeliveryRow } from "@posthorn/core/delivery"
import { gateOf, type EndpointRow } from "@posthorn/core/endpoint"
import type { Event } from "@posthorn/core/event"
import { whyNot } from "@posthorn/core/fanout/match"
import { EventId } from "@posthorn/core/id"
import type { LogRow } from "@posthorn/core/log-row"
import { iso, MINUTE_MS, type Instant } from "@posthorn/core/time"

import type { ApiDeps } from "./deps.ts"
import { RefusalSchema } from "./endpoint-preview.ts"
import { fitting } from "./page-bytes.ts"
import { presentDeliveryWithAttempts } from "./present.ts"
import { createRouter, jsonOf, keyed, notFound } from "./router.ts"
import { DeliveryWithAttempts, orNull } from "./schemas.ts"
import { strict } from "./validate.ts"

const READS_AT_ONCE = 16
/** From the bus to a delivery's row it takes seconds; what is not there after this was not asked for then. */
const ON_ITS_WAY_MS = 10 * MINUTE_MS

const EndpointTrace = z.object({
  endpointId: z.string(),
  wanted: z.boolean().describe("whether the endpoint, as it is now, asks for this event"),
  refusal: RefusalSchema.nullable().describe("the clause that says no; null for what it wants"),
  delivery: orNull(DeliveryWithAttempts),
  explanation: z.string().describe("one sentence for a person"),
})
type EndpointTrace = z.infer<typeof EndpointTrace>

const Trace = z
  .object({
    eventId: z.string(),
    type: z.string(),
    log: z.string().describe("the account's id, or system"),
    position: z.int().describe("its place in that log: stored there, once"),
    seenAt: z.iso.datetime({ precision: 3 }),
    published: z.boolean().describe("handed to the bus; until then no endpoint can have it"),
    endpoints: z.array(EndpointTrace).describe("those that want it first"),
    omitted: z
      .int()
      .min(0)
      .describe("endpoints that an answer has no room for; the deliveries of this event list them"),
  })
  .meta({ id: "Trace", description: "Who got an event, who did not, and why." })

const trace = createRoute({
  method: "get",
  path: "/v1/events/{id}/trace",
  tags: ["events"],
  summary: "Why did I (not) get this event?",
  ...keyed("read"),
  request: { params: z.object({ id: EventId }), query: strict({}, "query parameter") },
  responses: { 200: jsonOf(Trace, "Its way through the relay") },
})

export const eventTrace = ({ store, clock, retentionMs }: ApiDeps) =>
  createRouter().openapi(trace, async (c) => {
    const row = await store.findEventLagging(c.req.valid("param").id)
    const now = clock.now()
    if (row === null || row.forgotten || row.seenAt < now - retentionMs) throw notFound("event")
    const published = (await store.getPublished(row.log)) >= row.position
    const endpoints = [...(await store.listEndpoints()), ...(await store.listDeletedEndpoints())]
    const traced: EndpointTrace[] = []
    for (let start = 0; start < endpoints.length; start += READS_AT_ONCE) {
      const some = endpoints.slice(start, start + READS_AT_ONCE)
      const rows = await Promise.all(some.map((endpoint) => store.getDelivery(row.event.id, endpoint.id)))
      for (const [index, endpoint] of some.entries()) {
        const delivery = rows[index] ?? null
        // One that was deleted is of interest only where it had to do with the event.
        if (endpoint.deletedAt !== null && delivery === null) continue
        traced.push(traceOf({ endpoint, delivery, row, published, now }))
      }
    }
    const { log, position, event, seenAt } = row
    const where = { eventId: event.id, type: event.type, log, position, seenAt: iso(seenAt), published }
    const sorted = traced.toSorted((a, b) => Number(b.wanted) - Number(a.wanted))
    const shown = sorted.slice(0, fitting(sorted))
    return c.json({ ...where, endpoints: shown, omitted: sorted.length - shown.length }, 200)
  })

interface Found {
  endpoint: EndpointRow
  delivery: DeliveryRow | null
  row: LogRow
  published: boolean
  now: Instant
}

const traceOf = (found: Found): EndpointTrace => {
  const { endpoint, delivery, row } = found
  const isPing = row.event.type === "ping"
  const refusal = isPing ? null : whyNot(endpoint, row.event)
  const isForOthers = row.only !== undefined && !row.only.includes(endpoint.id)
  const wanted = isPing ? isPingFor(row.event, endpoint) : refusal === null && !isForOthers
  return {
    endpointId: endpoint.id,
    wanted,
    refusal,
    delivery: delivery === null ? null : presentDeliveryWithAttempts(delivery, endpoint.deletedAt),
    explanation: delivery === null ? explainAbsence(wanted, found) : explain(delivery, endpoint),
  }
}

const isPingFor = (event: Event, endpoint: EndpointRow): boolean =>
  (event as Event<"ping">).data.endpoint.id === endpoint.id

const explain = (delivery: DeliveryRow, endpoint: EndpointRow): string => {
  const attempts = `${String(delivery.attemptCount)} ${delivery.attemptCount === 1 ? "attempt" : "attempts"}`
  if (endpoint.deletedAt !== null && delivery.finishedAt === null) return "Cancelled: the endpoint was deleted."
  switch (delivery.status) {
    case "succeeded":
      return `Delivered, after ${attempts}.`
    case "exhausted":
      return `Given up after ${attempts}; retry or replay sends it again. ${lastError(delivery)}`
    case "cancelled":
      return `Cancelled (${String(delivery.statusReason)}), after ${attempts}.`
    case "held":
      return delivery.statusReason === null
        ? "Held: a replay, which waits for its turn."
        : `Held (${delivery.statusReason}): it goes out when that ends.`
    case "retrying":
      return `Failed so far, after ${attempts}; the next is planned. ${lastError(delivery)}`
    case "pending":
      return delivery.statusReason === "ordering"
        ? "Waits until what came before it in its conversation is finished."
        : "An attempt is under way, or about to be."
  }
}

const lastError = ({ attempts }: DeliveryRow): string => attempts.at(-1)?.errorMessage ?? ""

const explainAbsence = (wanted: boolean, { endpoint, row, published, now }: Found): string => {
  if (row.only !== undefined && !row.only.includes(endpoint.id))
    return "A backfill brought this event, for other endpoints alone."
  if (!wanted) return "The endpoint does not ask for this event."
  if (!published) return "Stored, and not yet handed to the bus."
  if (row.seenAt < endpoint.createdAt) return "The endpoint was made after this event; a replay sends it."
  if (gateOf(endpoint, now, null).kind === "cancel")
    return "The endpoint is gone (it answered 410), so nothing was made for it; resume it and replay."
  if (now - row.seenAt < ON_ITS_WAY_MS) return "On its way to the first attempt."
  return "Nothing was sent: when this event was published the endpoint did not ask for it, was gone, or has changed since. A replay sends it."
}
