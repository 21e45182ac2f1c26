import { getRequestListener } from "@hono/node-server"
import { type Context, Hono } from "hono"
import { describe, expect, expectTypeOf, it } from "vitest"

import { SECRET, signed } from "../verify/test-webhook.ts"
import { handler } from "./hono.ts"
import { expectHandles, post, toTestAnswer, useServers } from "./test-server.ts"

const start = useServers()
const listen = (app: { fetch: Parameters<typeof getRequestListener>[0] }): Promise<string> => {
  const listener = getRequestListener(app.fetch)
  return start((request, response) => void listener(request, response))
}

describe("a Hono handler", () => {
  it("answers each outcome as Posthorn reads it, on a real server", () =>
    expectHandles(async (...given) => {
      const app = new Hono().post("/hook", handler(...given))
      return post(await listen(app))
    }))

  it("has the app's own context, with what middleware put there", async () => {
    const app = new Hono<{ Variables: { tenant: string } }>()
    app.use(async (c, next) => {
      c.set("tenant", "acme")
      await next()
    })
    let tenant = ""
    app.post(
      "/hook",
      handler({ secret: SECRET }, (_, c: Context<{ Variables: { tenant: string } }>) => {
        expectTypeOf(c.get("tenant")).toEqualTypeOf<string>()
        tenant = c.get("tenant")
      }),
    )
    expect((await app.request("/hook", { method: "POST", ...signed() })).status).toBe(204)
    expect(tenant).toBe("acme")
  })

  it.each(["text", "arrayBuffer", "json"] as const)(
    "works behind a middleware that read the body by %s()",
    async (read) => {
      const app = new Hono()
      app.use(async (c, next) => {
        await c.req[read]()
        await next()
      })
      app.post(
        "/hook",
        handler({ secret: SECRET }, () => undefined),
      )
      const answer = await post(await listen(app))(signed())
      expect(answer.status).toBe(204)
    },
  )

  it("says so when a middleware read the body past Hono", async () => {
    const app = new Hono()
    app.use(async (c, next) => {
      await c.req.raw.text()
      await next()
    })
    app.post(
      "/hook",
      handler({ secret: SECRET }, () => undefined),
    )
    const answer = await toTestAnswer(await app.request("/hook", { method: "POST", ...signed() }))
    expect(answer.status).toBe(400)
    expect(answer.body).toMatch(/^body_unreadable: .*read before/)
  })
})
