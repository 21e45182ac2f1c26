import { createRoute } from "@hono/zod-openapi"

import { iso, type Instant } from "@posthorn/core/time"
import type * as z from "zod"

import type { Caller } from "./caller.ts"
import type { ApiDeps, Deployment } from "./deps.ts"
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
  description: "Good for a connection test. With a session's cookie: which key signed in, and until when.",
  security: [{ key: [] }],
  request: { query: none },
  responses: { 200: jsonOf(Me, "The key and the deployment") },
})

export const deployment = ({ deployment }: ApiDeps) =>
  createRouter()
    .openapi(health, (c) => c.json({ status: "ok" as const }, 200))
    .openapi(me, (c) => {
      const caller = c.get("caller")
      if (caller === null) throw new Error("a request got past authentication without a caller")
      return c.json(presentMe(caller, c.get("session"), deployment), 200)
    })

export const presentMe = (
  caller: Caller,
  session: { expiresAt: Instant } | null,
  { name, stage, version, upstream }: Deployment,
): z.infer<typeof Me> => ({
  key: { id: caller.id, name: caller.name, scopes: [...caller.scopes] },
  deployment: { name, stage, version, upstream },
  session: session === null ? null : { expiresAt: iso(session.expiresAt) },
})
