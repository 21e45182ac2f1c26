import { createRoute, z } from "@hono/zod-openapi"
import { eventTypes } from "@posthorn/core/event"
import { EventId } from "@posthorn/core/id"
import type { EventFilters } from "@posthorn/core/ports"
import { nearest } from "@posthorn/core/settings"

import type { ApiDeps } from "./deps.ts"
import { EventList, EventSchema } from "./event-schemas.ts"
import { LIMIT_DEFAULT, anyOf, cursorsOf, instantFilter, paging, textFilter, withoutUndefined } from "./list.ts"
import { createRouter, jsonOf, keyed, notFound } from "./router.ts"
import { quoted, strict } from "./validate.ts"

const tags = ["events"]

const sayType = (type: string): string => {
  const meant = nearest(type, eventTypes)
  const hint = meant === null ? `There are ${eventTypes.join(", ")}.` : `Did you mean "${meant}"?`
  return `${quoted(type)} is not an event type. ${hint}`
}

const filters = strict(
  {
    ...paging,
    type: anyOf(eventTypes, "of this type", sayType),
    accountId: textFilter("of this account"),
    conversationId: textFilter("of this conversation"),
    since: instantFilter("seen at or after this instant"),
    until: instantFilter("seen before this instant"),
  },
  "query parameter",
)

const list = createRoute({
  method: "get",
  path: "/v1/events",
  tags,
  summary: "List events",
  description: "Newest first, for people: it may trail by a moment, and a page may be short although more follow.",
  ...keyed("read"),
  request: { query: filters },
  responses: { 200: jsonOf(EventList, "Newest first") },
})

const get = createRoute({
  method: "get",
  path: "/v1/events/{id}",
  tags,
  summary: "Get an event",
  description: "The same JSON as in the webhook.",
  ...keyed("read"),
  request: { params: z.object({ id: EventId }), query: strict({}, "query parameter") },
  responses: { 200: jsonOf(EventSchema, "The event") },
})

export const events = ({ store }: ApiDeps) =>
  createRouter()
    .openapi(list, async (c) => {
      const { limit = LIMIT_DEFAULT, cursor, type, ...others } = c.req.valid("query")
      const cursors = cursorsOf("events", c.req.query())
      const asked: EventFilters = { ...withoutUndefined(others), ...(type && { types: type }) }
      const page = await store.listEventsLagging(asked, { limit, cursor: cursors.open(cursor) })
      return c.json({ data: page.rows.map((row) => row.event), nextCursor: cursors.close(page.cursor) }, 200)
    })
    .openapi(get, async (c) => {
      const row = await store.findEventLagging(c.req.valid("param").id)
      if (row === null) throw notFound("event")
      return c.json(row.event, 200)
    })
