import { createRoute } from "@hono/zod-openapi"

import type { ApiDeps } from "./deps.ts"
import { createRouter, jsonOf } from "./router.ts"
import { Health, Me } from "./schemas.ts"
import { strict } from "./validate.ts"

const none = strict({}, "query parameter")

const health = createRoute({
  method: "get",
  path: "/health",
  tags: ["deployment"],
  summary: "Is it there?",
  request: { query: none },
  responses: { 200: jsonOf(Health, "It is") },
})

const me = createRoute({
  method: "get",
  path: "/v1/me",
  tags: ["deployment"],
  summary: "Which key is this, and of which deployment?",
  description: "Good for a connection test.",
  security: [{ key: [] }],
  request: { query: none },
  responses: { 200: jsonOf(Me, "The key and the deployment") },
})

export const deployment = ({ deployment: { name, stage, version, upstream } }: ApiDeps) =>
  createRouter()
    .openapi(health, (c) => c.json({ status: "ok" as const }, 200))
    .openapi(me, (c) => {
      const caller = c.get("caller")
      if (caller === null) throw new Error("a request got past authentication without a caller")
      const key = { id: caller.id, name: caller.name, scopes: [...caller.scopes] }
      return c.json({ key, deployment: { name, stage, version, upstream } }, 200)
    })
