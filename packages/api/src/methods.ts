import type { OpenAPIHono } from "@hono/zod-openapi"
import { VisibleError } from "@posthorn/core/error"

import type { ApiEnv } from "./deps.ts"

/** Behind all routes: each of their paths refuses the methods that it has no route for, and says which it has. */
export const refuseOtherMethods = (app: OpenAPIHono<ApiEnv>): void => {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method === "ALL") continue
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(method))
    if (method === "GET") known.add("HEAD")
  }
  for (const [path, known] of methods) {
    const allow = [...known].toSorted().join(", ")
    app.all(path, (c) => {
      throw new VisibleError("method_not_allowed", `${c.req.method} is not possible here: ${allow} is.`, {
        headers: { allow },
      })
    })
  }
}
