import { createRoute, z } from "@hono/zod-openapi"
import { CUSTOM_DATA_BYTES_MAX, publishCustom } from "@posthorn/core/custom"
import { VisibleError } from "@posthorn/core/error"
import { isCustomType } from "@posthorn/core/event"
import { derivedId, newId } from "@posthorn/core/id"

import type { ApiDeps } from "./deps.ts"
import { sortKeys } from "./endpoint-write.ts"
import { EventSchema } from "./event-schemas.ts"
import { idempotencyHeaders } from "./idempotency.ts"
import { bodyOf, createRouter, jsonOf, keyed } from "./router.ts"
import { strict } from "./validate.ts"

/** Objects and lists inside each other. Deeper ones overflow the stack of whoever writes them as JSON. */
export const CUSTOM_DATA_DEPTH_MAX = 32

const isDeeperThan = (depth: number, value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeperThan(depth - 1, inner)))

const CustomEvent = strict({
  type: z
    .string()
    .refine(isCustomType, `must be "custom." and a name in lower case, like custom.deal_won`)
    .transform((type) => type)
    .meta({ type: "string", maxLength: 100, pattern: "^custom(\\.[a-z0-9][a-z0-9_-]*)+$" }),
  data: z
    .custom<Record<string, unknown>>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
      "must be a JSON object",
    )
    .refine((value) => !isDeeperThan(CUSTOM_DATA_DEPTH_MAX, value), {
      error: `must nest at most ${CUSTOM_DATA_DEPTH_MAX} objects and lists in each other`,
      abort: true,
    })
    .refine(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= CUSTOM_DATA_BYTES_MAX,
      `must be at most ${CUSTOM_DATA_BYTES_MAX / 1_024} KB of JSON`,
    )
    .meta({
      type: "object",
      additionalProperties: true,
      description: `at most ${CUSTOM_DATA_BYTES_MAX / 1_024} KB, and ${CUSTOM_DATA_DEPTH_MAX} objects and lists in each other`,
    }),
}).meta({ id: "CustomEventCreate" })

const publish = createRoute({
  method: "post",
  path: "/v1/events",
  tags: ["events"],
  summary: "Publish an event of your own",
  description: "It goes on the bus, and to the endpoints whose `eventTypes` name its type.",
  ...keyed("admin"),
  request: { query: strict({}, "query parameter"), headers: idempotencyHeaders, body: bodyOf(CustomEvent) },
  responses: {
    201: { ...jsonOf(EventSchema, "Published, at `Location`"), headers: z.object({ location: z.string() }) },
  },
})

export const customEvents = (deps: ApiDeps) =>
  createRouter().openapi(publish, async (c) => {
    const { type, data } = c.req.valid("json")
    const key = c.req.valid("header")["idempotency-key"]
    const id =
      key === undefined
        ? newId("event", deps.randomBytes)
        : derivedId("event", "custom", c.get("caller")?.id ?? "", key)
    const { event } = await publishCustom({ id, type, data }, deps)
    if (textOf(event) !== textOf({ type, data }))
      throw new VisibleError(
        "idempotency_key_reused",
        "This Idempotency-Key came with a different body before. Use a new one for a new event.",
      )
    c.header("location", `/v1/events/${id}`)
    return c.json(event, 201)
  })

const textOf = ({ type, data }: { type: string; data: unknown }): string => JSON.stringify(sortKeys({ type, data }))
