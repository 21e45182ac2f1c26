import { type OpenAPIHono, z } from "@hono/zod-openapi"
import { parseSecret, signHeaders } from "@posthorn/core/delivery/sign"
import type { EventType } from "@posthorn/core/event"
import { SECOND_MS } from "@posthorn/core/time"

import type { ApiEnv, Deployment } from "./deps.ts"
import { EXAMPLE_SECRET, eventExamples, SEEN_AT } from "./event-examples.ts"
import { schemaPath } from "./event-json-schemas.ts"
import { envelopes } from "./event-schemas.ts"
import { addExamples, METHODS } from "./examples.ts"
import { Problem } from "./problem.ts"

export type OpenApiDocument = ReturnType<OpenAPIHono<ApiEnv>["getOpenAPI31Document"]>

const about = `Webhooks for LinkedIn messages. Every field of an answer is always there; what is not known is null. Times are ISO 8601 in UTC.
Ignore fields and values that you do not know: we only ever add. A request with an unknown field is refused. Lists are newest first;
\`nextCursor\` is the \`cursor\` of the next page, null at the end. Every answer has the header \`request-id\`. The JSON Schema of each
event alone is at \`/schemas/<type>.json\`, that of your own at \`/schemas/custom.json\`; all of them on
the bus and the webhooks, as AsyncAPI 3, at \`/asyncapi.json\`.`

/**
 * Of a webhook. The examples are those of its example body, byte for byte as `JSON.stringify` writes it, signed with the example's
 * secret: whoever writes a verification can try it on them.
 */
const signatureHeaders = (type: EventType) => {
  const example = signHeaders({
    eventId: eventExamples[type].id,
    timestamp: Math.floor(Date.parse(SEEN_AT) / SECOND_MS),
    body: JSON.stringify(eventExamples[type]),
    secrets: [parseSecret(EXAMPLE_SECRET)],
  })
  const header = (name: keyof typeof example, description: string) =>
    z.string().meta({ description, examples: [example[name]] })
  return z.object({
    "webhook-id": header("webhook-id", "the event's id, the same on every attempt"),
    "webhook-timestamp": header("webhook-timestamp", "seconds since 1970 of this attempt"),
    "webhook-signature": header(
      "webhook-signature",
      `\`v1,\` and the base64 HMAC-SHA256 of \`id.timestamp.body\` (Standard Webhooks 1.0); while a secret is rotated two of them, with a space between. The example is signed with \`${EXAMPLE_SECRET}\``,
    ),
  })
}

/** The document of an app: its routes as they validate, and a webhook for each event of the catalogue. */
export const documentOf = (app: OpenAPIHono<ApiEnv>, { version }: Deployment): OpenApiDocument => {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Posthorn", version, description: about, license: { name: "MIT" } },
    servers: [{ url: "/" }],
  })
  for (const path of Object.values(document.paths ?? {}))
    for (const operation of METHODS.map((method) => path[method]))
      if (operation?.responses) operation.responses["default"] = { $ref: "#/components/responses/Problem" }
  allowNulls(document)
  addExamples(document)
  return document
}

/** The generator says that an enum may be null and leaves null out of its values: nothing would be both. */
const allowNulls = (node: unknown): void => {
  if (typeof node !== "object" || node === null) return
  const schema = node as { type?: unknown; enum?: unknown }
  const { type, enum: values } = schema
  if (Array.isArray(type) && type.includes("null") && Array.isArray(values) && !values.includes(null))
    schema.enum = [...(values as unknown[]), null]
  Object.values(node).forEach(allowNulls)
}

/** What no route brings with it. */
export const registerShared = (app: OpenAPIHono<ApiEnv>): void => {
  const registry = app.openAPIRegistry
  registry.registerComponent("securitySchemes", "key", { type: "http", scheme: "bearer" })
  registry.register("Problem", Problem)
  registry.registerComponent("responses", "Problem", {
    description: "What is wrong, and with which field",
    headers: {
      "request-id": { description: "what the log has more under", schema: { type: "string" } },
      "retry-after": { description: "seconds; with `rate_limited`", schema: { type: "integer" } },
      "www-authenticate": { description: "with `unauthorized`", schema: { type: "string" } },
      allow: { description: "the methods that there are; with `method_not_allowed`", schema: { type: "string" } },
    },
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  })
  for (const { type, summary, schema } of envelopes)
    registry.registerWebhook({
      method: "post",
      path: type,
      summary,
      description: `Its JSON Schema: \`${schemaPath(type)}\`. In the format \`standard\`; for the others see docs/formats.md.`,
      request: {
        headers: signatureHeaders(type),
        body: { required: true, content: { "application/json": { schema } } },
      },
      responses: {
        "2XX": { description: "Any of these is success, whatever the body. Within 15 s." },
        410: { description: "Never send here again: the endpoint is disabled." },
        429: { description: "Later: `Retry-After` is kept to." },
      },
    })
}
