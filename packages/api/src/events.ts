import { createRoute, z } from "@hono/zod-openapi"
import { eventTypes, isCustomType } from "@posthorn/core/event"
import { EventId } from "@posthorn/core/id"
import type { EventFilters } from "@posthorn/core/ports"
import { nearest } from "@posthorn/core/settings"

import { catchUp, NOW, START } from "./catchup.ts"
import type { ApiDeps } from "./deps.ts"
import { EventList, EventSchema } from "./event-schemas.ts"
import {
  LIMIT_DEFAULT,
  anyOf,
  checkSpan,
  cursorsOf,
  instantFilter,
  paging,
  textFilter,
  withoutUndefined,
} from "./list.ts"
import { pageThatFits } from "./page-bytes.ts"
import { createRouter, jsonOf, keyed, notFound } from "./router.ts"
import { invalid, quoted, strict } from "./validate.ts"

const tags = ["events"]

const sayType = (type: string): string => {
  const meant = nearest(type, eventTypes)
  const hint =
    meant === null ? `There are ${eventTypes.join(", ")}, and custom.* of your own.` : `Did you mean "${meant}"?`
  return `${quoted(type)} is not an event type. ${hint}`
}

const filters = strict(
  {
    ...paging,
    type: anyOf(eventTypes, "of this type", sayType, isCustomType),
    accountId: textFilter("of this account"),
    conversationId: textFilter("of this conversation"),
    since: instantFilter("seen at or after this instant"),
    until: instantFilter("seen before this instant"),
    after: z
      .string({ error: "must be a bookmark or an event's id, once" })
      .min(1, `is empty: write after=${START} to walk through all that is kept, after=${NOW} to begin here`)
      .optional()
      .describe(
        `walk forward: the nextCursor of the walk's last page, the id of the last event you have, "${START}" for all that is kept, or "${NOW}"`,
      ),
  },
  "query parameter",
)

const list = createRoute({
  method: "get",
  path: "/v1/events",
  tags,
  summary: "List events",
  description:
    "Newest first, for people: it may trail by a moment, and a page may be short although more follow. With `after` forward, for programs: every event once, in the order of its account's log, without gaps; `nextCursor` is never null then, and an empty `data` means that you have everything.",
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

/** A walk that left events out could not tell "nothing for you" from "you have everything". */
const refuseWithAfter = (query: Record<string, string>): void => {
  const others = Object.keys(query).filter((name) => name !== "after" && name !== "limit")
  if (others.length === 0) return
  const message = "cannot stand beside after: a walk shows every event, filter what you get"
  throw invalid(others.map((pointer) => ({ in: "query" as const, pointer, message })))
}

export const events = (deps: ApiDeps) => {
  const { store, clock, retentionMs } = deps
  const keptSince = () => clock.now() - retentionMs

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = LIMIT_DEFAULT, cursor, type, after, ...others } = c.req.valid("query")
      if (after !== undefined) {
        refuseWithAfter(c.req.query())
        return c.json(await catchUp(after, limit, deps), 200)
      }
      checkSpan(others)
      const cursors = cursorsOf("events", c.req.query())
      const since = Math.max(others.since ?? 0, keptSince())
      const asked: EventFilters = { ...withoutUndefined(others), since, ...(type && { types: type }) }
      const from = cursors.open(cursor)
      const page = await pageThatFits(limit, (most) => store.listEventsLagging(asked, { limit: most, cursor: from }))
      return c.json({ data: page.rows.map((row) => row.event), nextCursor: cursors.close(page.cursor) }, 200)
    })
    .openapi(get, async (c) => {
      const row = await store.findEventLagging(c.req.valid("param").id)
      if (row === null || row.forgotten || row.seenAt < keptSince()) throw notFound("event")
      return c.json(row.event, 200)
    })
}
