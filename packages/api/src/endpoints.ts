import { createRoute, z } from "@hono/zod-openapi"
import { sendPing } from "@posthorn/core/delivery/ping"
import { endpointStatuses, type EndpointRow } from "@posthorn/core/endpoint"
import { EndpointId } from "@posthorn/core/id"

import type { ApiDeps } from "./deps.ts"
import { createEndpoint, openSecret } from "./endpoint-create.ts"
import { EndpointCreate, EndpointPatch } from "./endpoint-fields.ts"
import { deleteEndpoint, patchEndpoint, readEndpoint } from "./endpoint-write.ts"
import { LIMIT_DEFAULT, anyOf, cursorsOf, pageOf, paging, textFilter } from "./list.ts"
import { presentDelivery, presentEndpoint } from "./present.ts"
import { action, bodyOf, createRouter, jsonOf, keyed } from "./router.ts"
import { Delivery, Endpoint, EndpointList, EndpointWithSecret } from "./schemas.ts"
import { strict } from "./validate.ts"

/** Counting stops here: beyond it the exact number helps nobody and costs reads. */
const HELD_COUNT_MAX = 10_000

const id = z.object({ id: EndpointId })
const none = strict({}, "query parameter")
const tags = ["endpoints"]

const idempotencyMessage = "must be 1 to 255 visible ASCII characters"
const createHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, idempotencyMessage)
    .optional()
    .describe("the same key and body again make nothing new, and answer with what the first made"),
})

const create = createRoute({
  method: "post",
  path: "/v1/endpoints",
  tags,
  summary: "Make an endpoint",
  description: "Needs `url` alone. The answer is the only one that shows the secret.",
  ...keyed("endpoints"),
  request: { query: none, headers: createHeaders, body: bodyOf(EndpointCreate) },
  responses: {
    201: { ...jsonOf(EndpointWithSecret, "Made, at `Location`"), headers: z.object({ location: z.string() }) },
  },
})

const list = createRoute({
  method: "get",
  path: "/v1/endpoints",
  tags,
  summary: "List endpoints",
  ...keyed("read"),
  request: {
    query: strict(
      { ...paging, status: anyOf(endpointStatuses, "with this status"), url: textFilter("with exactly this URL") },
      "query parameter",
    ),
  },
  responses: { 200: jsonOf(EndpointList, "Newest first") },
})

const get = createRoute({
  method: "get",
  path: "/v1/endpoints/{id}",
  tags,
  summary: "Get an endpoint",
  ...keyed("read"),
  request: { params: id, query: none },
  responses: { 200: jsonOf(Endpoint, "The endpoint") },
})

const patch = createRoute({
  method: "patch",
  path: "/v1/endpoints/{id}",
  tags,
  summary: "Change an endpoint",
  description: "Takes effect within 2 s of the answer. `headers` and `metadata` are replaced whole.",
  ...keyed("endpoints"),
  request: { params: id, query: none, body: bodyOf(EndpointPatch) },
  responses: { 200: jsonOf(Endpoint, "The endpoint as it is now") },
})

const remove = createRoute({
  method: "delete",
  path: "/v1/endpoints/{id}",
  tags,
  summary: "Delete an endpoint",
  description: "Its open deliveries are cancelled.",
  ...action("endpoints"),
  request: { params: id, query: none },
  responses: { 204: { description: "Deleted" } },
})

const test = createRoute({
  method: "post",
  path: "/v1/endpoints/{id}/test",
  tags,
  summary: "Send a ping to an endpoint",
  description:
    "A `ping` event for this endpoint alone, whatever its event types. Follow the delivery to see how it went.",
  ...action("endpoints"),
  request: { params: id, query: none },
  responses: { 202: jsonOf(Delivery, "On its way") },
})

export const endpoints = (deps: ApiDeps) => {
  const present = async (row: EndpointRow) =>
    presentEndpoint(row, await deps.store.countHeldLagging(row.id, HELD_COUNT_MAX), deps.clock.now())

  return createRouter()
    .openapi(create, async (c) => {
      const key = c.req.valid("header")["idempotency-key"]
      const callerId = c.get("caller")?.id
      const idempotency = key === undefined || callerId === undefined ? null : { callerId, key }
      const row = await createEndpoint(c.req.valid("json"), idempotency, deps)
      c.header("location", `/v1/endpoints/${row.id}`)
      return c.json({ ...(await present(row)), secret: openSecret(row, deps.seal) }, 201)
    })
    .openapi(list, async (c) => {
      const { limit = LIMIT_DEFAULT, cursor, status, url } = c.req.valid("query")
      const cursors = cursorsOf("endpoints", c.req.query())
      const after = cursors.open(cursor)
      const rows = (await deps.store.listEndpoints()).filter(
        (row) => (status?.includes(row.status) ?? true) && (url === undefined || row.url === url),
      )
      const page = pageOf(rows, limit, after)
      const data = await Promise.all(page.rows.map(present))
      return c.json({ data, nextCursor: cursors.close(page.cursor) }, 200)
    })
    .openapi(get, async (c) => c.json(await present(await readEndpoint(c.req.valid("param").id, deps.store)), 200))
    .openapi(patch, async (c) =>
      c.json(await present(await patchEndpoint(c.req.valid("param").id, c.req.valid("json"), deps)), 200),
    )
    .openapi(remove, async (c) => {
      await deleteEndpoint(c.req.valid("param").id, deps)
      return c.body(null, 204)
    })
    .openapi(test, async (c) => {
      const row = await readEndpoint(c.req.valid("param").id, deps.store)
      return c.json(presentDelivery(await sendPing(row, deps), null), 202)
    })
}
