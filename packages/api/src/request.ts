import { newId } from "@posthorn/core/id"
import type { MiddlewareHandler } from "hono"
import { matchedRoutes } from "hono/route"

import type { ApiDeps, ApiEnv } from "./deps.ts"

/** Gives each request its id, sends it back on every answer, and logs one line. Hono runs `onError` inside `next`. */
export const observe =
  ({ clock, randomBytes, log }: Pick<ApiDeps, "clock" | "randomBytes" | "log">): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    // A path that is spelt like a pattern, `/*`, runs what stands under that pattern twice.
    if ((c.get("requestId") as string | undefined) !== undefined) return next()
    const startedAt = clock.now()
    const requestId = newId("request", randomBytes)
    c.set("requestId", requestId)
    c.set("caller", null)
    c.set("session", null)
    c.set("failure", null)
    await next()
    c.header("request-id", requestId)
    c.header("x-content-type-options", "nosniff")
    // Answers have secrets and people's messages in them; nothing in between may keep them.
    if (c.req.path.startsWith("/v1/")) c.header("cache-control", "no-store")
    log?.({
      method: c.req.method,
      // The path itself is not logged: what does not match may be anything, a pasted key too.
      route: matchedRoutes(c).findLast((route) => !route.path.includes("*"))?.path ?? "unmatched",
      status: c.res.status,
      ms: clock.now() - startedAt,
      requestId,
      keyId: c.get("caller")?.id ?? null,
      error: c.get("failure"),
    })
  }
