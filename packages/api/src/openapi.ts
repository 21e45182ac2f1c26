import { type OpenAPIHono, z } from "@hono/zod-openapi"

import type { ApiEnv, Deployment } from "./deps.ts"
import { envelopes } from "./event-schemas.ts"
import { Problem } from "./problem.ts"

export type OpenApiDocument = ReturnType<OpenAPIHono<ApiEnv>["getOpenAPI31Document"]>

const about = `Webhooks for LinkedIn messages. Every field of an answer is always there; what is not known is null. Times are ISO 8601 in UTC.
Ignore fields and values that you do not know: we only ever add. A request with an unknown field is refused. Lists are newest first;
\`nextCursor\` is the \`cursor\` of the next page, null at the end.`

const signature = z.object({
  "webhook-id": z.string().describe("the event's id, the same on every attempt"),
  "webhook-timestamp": z.string().describe("seconds since 1970 of this attempt"),
  "webhook-signature": z
    .string()
    .describe("v1, and the base64 HMAC-SHA256 of id.timestamp.body (Standard Webhooks 1.0)"),
})

/** The document of an app: its routes as they validate, and a webhook for each event of the catalogue. */
export const documentOf = (app: OpenAPIHono<ApiEnv>, { version }: Deployment): OpenApiDocument => {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Posthorn", version, description: about, license: { name: "MIT" } },
    servers: [{ url: "/" }],
  })
  for (const path of Object.values(document.paths ?? {}))
    for (const operation of [path.get, path.post, path.patch, path.delete])
      if (operation?.responses) operation.responses["default"] = { $ref: "#/components/responses/Problem" }
  allowNulls(document)
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
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  })
  for (const { type, summary, schema } of envelopes)
    registry.registerWebhook({
      method: "post",
      path: type,
      summary,
      request: { headers: signature, body: { required: true, content: { "application/json": { schema } } } },
      responses: {
        "2XX": { description: "Any of these is success, whatever the body. Within 15 s." },
        410: { description: "Never send here again: the endpoint is disabled." },
        429: { description: "Later: `Retry-After` is kept to." },
      },
    })
}
