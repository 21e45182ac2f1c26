import { createRoute, z } from "@hono/zod-openapi"
import { retryDelivery } from "@posthorn/core/delivery/retry"
import { deliveryStatuses, isFinished, type DeliveryRow } from "@posthorn/core/delivery"
import { deliveryId, DeliveryId, EndpointId, EventId, partsOfDeliveryId } from "@posthorn/core/id"
import type { DeliveryFilters } from "@posthorn/core/ports"

import type { ApiDeps } from "./deps.ts"
import {
  LIMIT_DEFAULT,
  anyOf,
  checkSpan,
  cursorsOf,
  idFilter,
  instantFilter,
  paging,
  textFilter,
  withoutUndefined,
} from "./list.ts"
import { presentDelivery, presentDeliveryWithAttempts } from "./present.ts"
import { action, createRouter, jsonOf, keyed, notFound } from "./router.ts"
import { Delivery, DeliveryList, DeliveryWithAttempts } from "./schemas.ts"
import { strict } from "./validate.ts"

const id = z.object({ id: DeliveryId })
const none = strict({}, "query parameter")
const tags = ["deliveries"]

const filters = strict(
  {
    ...paging,
    endpointId: idFilter(EndpointId, "an endpoint's id: ep_…", "to this endpoint"),
    eventId: idFilter(EventId, "an event's id: evt_…", "of this event"),
    accountId: textFilter("of this account's events"),
    status: anyOf(deliveryStatuses, "with this status"),
    since: instantFilter("made at or after this instant"),
    until: instantFilter("made before this instant"),
  },
  "query parameter",
)

const list = createRoute({
  method: "get",
  path: "/v1/deliveries",
  tags,
  summary: "List deliveries",
  description: "Newest first, for people: it may trail by a moment, and a page may be short although more follow.",
  ...keyed("read"),
  request: { query: filters },
  responses: { 200: jsonOf(DeliveryList, "Newest first") },
})

const get = createRoute({
  method: "get",
  path: "/v1/deliveries/{id}",
  tags,
  summary: "Get a delivery with its attempts",
  ...keyed("read"),
  request: { params: id, query: none },
  responses: { 200: jsonOf(DeliveryWithAttempts, "The delivery") },
})

const retry = createRoute({
  method: "post",
  path: "/v1/deliveries/{id}/retry",
  tags,
  summary: "Send a delivery again now",
  ...action("endpoints"),
  request: { params: id, query: none },
  responses: {
    202: {
      ...jsonOf(Delivery, "Another attempt is on its way; follow it at `Location`"),
      headers: z.object({ location: z.string() }),
    },
  },
})

export const deliveries = ({ store, queue, clock }: ApiDeps) => {
  const read = async (wanted: string): Promise<DeliveryRow> => {
    const parts = partsOfDeliveryId(wanted)
    const row = parts === null ? null : await store.getDelivery(parts.eventId, parts.endpointId)
    if (row === null) throw notFound("delivery")
    return row
  }

  const deletedAtOf = async (endpointId: string) => (await store.getEndpoint(endpointId))?.deletedAt ?? null

  /** Asks once for each endpoint that still has something open on the page. */
  const presentPage = async (rows: DeliveryRow[]) => {
    const open = new Set(rows.filter((row) => !isFinished(row.status)).map((row) => row.endpointId))
    const deletedAt = new Map(await Promise.all([...open].map(async (key) => [key, await deletedAtOf(key)] as const)))
    return rows.map((row) => presentDelivery(row, deletedAt.get(row.endpointId) ?? null))
  }

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = LIMIT_DEFAULT, cursor, status, ...others } = c.req.valid("query")
      checkSpan(others)
      const cursors = cursorsOf("deliveries", c.req.query())
      const asked: DeliveryFilters = { ...withoutUndefined(others), ...(status && { statuses: status }) }
      const page = await store.listDeliveriesLagging(asked, { limit, cursor: cursors.open(cursor) })
      // What is shown as cancelled is not held any more, whatever its row says.
      const data = (await presentPage(page.rows)).filter((shown) => status?.includes(shown.status) ?? true)
      return c.json({ data, nextCursor: cursors.close(page.cursor) }, 200)
    })
    .openapi(get, async (c) => {
      const row = await read(c.req.valid("param").id)
      return c.json(presentDeliveryWithAttempts(row, await deletedAtOf(row.endpointId)), 200)
    })
    .openapi(retry, async (c) => {
      const row = await retryDelivery(await read(c.req.valid("param").id), { store, queue, clock })
      c.header("location", `/v1/deliveries/${deliveryId(row.eventId, row.endpointId)}`)
      return c.json(presentDelivery(row, await deletedAtOf(row.endpointId)), 202)
    })
}
