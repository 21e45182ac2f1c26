import { Hono } from "hono"
import { describe, expect, it } from "vitest"

import { authenticate, needs } from "./auth.ts"
import type { Caller } from "./caller.ts"
import type { ApiEnv } from "./deps.ts"
import { testApi } from "./fixture.ts"
import { onError } from "./problem.ts"

/** They change nothing: the body is a question. */
const READING_POSTS = ["/v1/endpoints/preview"]
/** About the key itself, whatever it may do. */
const OF_ANY_KEY = ["/v1/me", "/v1/session"]

describe("scopes", () => {
  const reader: Caller = { id: "key_1", name: "reader", scopes: ["read"], keyHash: "" }
  const app = new Hono<ApiEnv>()
    .onError(onError)
    .use(
      authenticate({
        admin: reader,
        ofKey: async (key) => (key === "phk_1" ? reader : null),
        ofSession: async () => null,
      }),
    )
    .get("/read", needs("read"), (c) => c.text(c.get("caller")?.id ?? ""))
    .post("/write", needs("endpoints"), (c) => c.text("written"))
  const headers = { authorization: "Bearer phk_1" }

  it("lets a key do what its scopes say", async () => {
    expect(await (await app.request("/read", { headers })).text()).toBe("key_1")
  })

  it("403 names the scope that is missing", async () => {
    const response = await app.request("/write", { method: "POST", headers })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: "forbidden", detail: `This key lacks the scope "endpoints".` })
  })

  it("every route under /v1 but me and session asks for a scope, and only reads ask for read", () => {
    for (const definition of testApi().app.openAPIRegistry.definitions) {
      if (definition.type !== "route" || !definition.route.path.startsWith("/v1/")) continue
      const { method, path, security } = definition.route
      const [scope] = security?.[0]?.["key"] ?? []
      if (OF_ANY_KEY.includes(path)) expect(scope).toBeUndefined()
      else expect([path, scope === "read"]).toEqual([path, method === "get" || READING_POSTS.includes(path)])
    }
  })
})
