import { createRoute, z } from "@hono/zod-openapi"
import { pauseEndpoint, resumeEndpoint } from "@posthorn/core/delivery/pause"
import { sendPing } from "@posthorn/core/delivery/ping"
import { sendTick } from "@posthorn/core/delivery/releaser"
import { endpointStatuses, gateOf, type EndpointRow } from "@posthorn/core/endpoint"
import { VisibleError } from "@posthorn/core/error"
import { EndpointId } from "@posthorn/core/id"

import type { ApiDeps } from "./deps.ts"
import { createEndpoint, openSecret } from "./endpoint-create.ts"
import { EndpointCreate, EndpointPatch, EndpointRotate } from "./endpoint-fields.ts"
import { rotateSecret } from "./endpoint-secret.ts"
import { deleteEndpoint, patchEndpoint, readEndpoint } from "./endpoint-write.ts"
import { idempotencyHeaders } from "./idempotency.ts"
import { LIMIT_DEFAULT, anyOf, cursorsOf, pageOf, paging, textFilter } from "./list.ts"
import { presentDelivery, presentEndpoint } from "./present.ts"
import { action, bodyOf, createRouter, jsonOf, keyed, optionalBody } from "./router.ts"
import { Delivery, Endpoint, EndpointList, EndpointWithSecret } from "./schemas.ts"
import { strict } from "./validate.ts"

/** Counting stops here: beyond it the exact number helps nobody and costs reads. */
const HELD_COUNT_MAX = 10_000

const id = z.object({ id: EndpointId })
const none = strict({}, "query parameter")
const tags = ["endpoints"]

const create = createRoute({
  method: "post",
  path: "/v1/endpoints",
  tags,
  summary: "Make an endpoint",
  description: "Needs `url` alone. The answer is the only one that shows the secret.",
  ...keyed("endpoints"),
  request: { query: none, headers: idempotencyHeaders, body: bodyOf(EndpointCreate) },
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
    "A `ping` event for this endpoint alone, whatever its event types. Follow the delivery to see how it went: it goes the way of all " +
    "deliveries, so it is held while the endpoint is paused or its circuit is open.",
  ...action("endpoints"),
  request: { params: id, query: none },
  responses: {
    202: { ...jsonOf(Delivery, "On its way; follow it at `Location`"), headers: z.object({ location: z.string() }) },
  },
})

const pause = createRoute({
  method: "post",
  path: "/v1/endpoints/{id}/pause",
  tags,
  summary: "Pause an endpoint",
  description: "Its deliveries are made and held, for as long as events are kept; `resume` lets them out.",
  ...action("endpoints"),
  request: { params: id, query: none },
  responses: { 200: jsonOf(Endpoint, "The endpoint, paused") },
})

const resume = createRoute({
  method: "post",
  path: "/v1/endpoints/{id}/resume",
  tags,
  summary: "Resume an endpoint",
  description:
    "One that was paused or disabled, for whatever reason, or whose circuit is open, or that asked to wait by Retry-After. What was held " +
    "goes out slowly at first; what one that was `gone` missed comes with a replay since a minute before `disabledAt`.",
  ...action("endpoints"),
  request: { params: id, query: none },
  responses: { 200: jsonOf(Endpoint, "The endpoint, enabled") },
})

const rotate = createRoute({
  method: "post",
  path: "/v1/endpoints/{id}/rotate-secret",
  tags,
  summary: "Give an endpoint a new secret",
  description:
    "Until the overlap is over each webhook carries a signature by the old secret beside that by the new one.",
  ...optionalBody(keyed("endpoints")),
  request: { params: id, query: none, body: { ...bodyOf(EndpointRotate), required: false } },
  responses: { 200: jsonOf(EndpointWithSecret, "The endpoint, and its new secret") },
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
    .openapi(patch, async (c) => {
      const fields = c.req.valid("json")
      const row = await patchEndpoint(c.req.valid("param").id, fields, deps)
      // A new URL is probed at once where the old one had deliveries held. Where this is lost the sweep sends it.
      if (fields.url !== undefined && row.releaser !== null) await sendTick(row, row.releaser, deps)
      return c.json(await present(row), 200)
    })
    .openapi(remove, async (c) => {
      await deleteEndpoint(c.req.valid("param").id, deps)
      return c.body(null, 204)
    })
    .openapi(pause, async (c) => {
      const row = await pauseEndpoint(c.req.valid("param").id, deps)
      return c.json(await present(row), 200)
    })
    .openapi(resume, async (c) => {
      const row = await resumeEndpoint(c.req.valid("param").id, deps)
      return c.json(await present(row), 200)
    })
    .openapi(rotate, async (c) => {
      const row = await rotateSecret(c.req.valid("param").id, c.req.valid("json"), deps)
      return c.json({ ...(await present(row)), secret: openSecret(row, deps.seal) }, 200)
    })
    .openapi(test, async (c) => {
      const row = await readEndpoint(c.req.valid("param").id, deps.store)
      if (gateOf(row, deps.clock.now()).kind === "cancel")
        throw new VisibleError(
          "conflict",
          "The endpoint answered 410 and is disabled, so a test would be cancelled: resume it or give it a new url first.",
        )
      const delivery = presentDelivery(await sendPing(row, deps), null)
      c.header("location", `/v1/deliveries/${delivery.id}`)
      return c.json(delivery, 202)
    })
}
