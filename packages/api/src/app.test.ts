import { hc } from "hono/client"
import * as z from "zod"
import { describe, expect, it } from "vitest"

import type { Api } from "./app.ts"
import { ADMIN_KEY, URL_A, testApi } from "./fixture.ts"

describe("every answer", () => {
  it("carries a request id of its own, errors too", async () => {
    const { call } = testApi()
    const ids = new Set<string>()
    for (const path of ["/health", "/v1/me", "/v1/endpoints", "/v1/nothing", "/nothing", "/docs", "/openapi.json"]) {
      const { headers, status, body } = await call("GET", path)
      const id = headers.get("request-id") ?? ""
      expect(id).toMatch(/^req_[\w-]{22}$/)
      if (status >= 400) expect(body["requestId"]).toBe(id)
      ids.add(id)
    }
    expect(ids.size).toBe(7)
  })

  it("allows no other origin, and is kept by nobody under /v1", async () => {
    const { call } = testApi()
    const { headers } = await call("GET", "/v1/me", undefined, { origin: "https://evil.example" })
    expect(headers.get("access-control-allow-origin")).toBeNull()
    expect(headers.get("cache-control")).toBe("no-store")
    expect((await call("OPTIONS", "/v1/me", undefined, { origin: "https://evil.example" })).status).toBe(405)
  })

  it("is logged as one line with the route's pattern, never an address or a query", async () => {
    const { call, lines } = testApi()
    await call("GET", "/v1/endpoints?url=https%3A%2F%2Fhooks.example.com%2Fsecret-path")
    await call("GET", "/v1/endpoints/ep_0123456789012345678901")
    await call("GET", "/v1/phk_pasted_by_mistake")
    await call("GET", "/health")
    expect(lines).toMatchObject([
      { method: "GET", route: "/v1/endpoints", status: 200, ms: 0, keyId: "key_admin", error: null },
      { method: "GET", route: "/v1/endpoints/:id", status: 404, keyId: "key_admin" },
      { method: "GET", route: "unmatched", status: 404 },
      { method: "GET", route: "/health", status: 200, keyId: null },
    ])
    expect(lines.every(({ requestId }) => requestId.startsWith("req_"))).toBe(true)
    expect(JSON.stringify(lines)).not.toMatch(/secret-path|pasted/)
  })
})

describe("keys", () => {
  it.each([
    ["none", undefined],
    ["another", "Bearer phk_admin_0123456780"],
    ["the start of the right one", `Bearer ${ADMIN_KEY.slice(0, -1)}`],
    ["more than the right one", `Bearer ${ADMIN_KEY}x`],
    ["an empty one", "Bearer "],
    ["the right one as a password", `Basic ${ADMIN_KEY}`],
    ["the right one without its scheme", ADMIN_KEY],
  ])("401 with %s, before anything else is looked at", async (_what, authorization) => {
    const { app } = testApi()
    for (const [method, path] of [
      ["GET", "/v1/me"],
      ["POST", "/v1/endpoints"],
      ["GET", "/v1/nothing"],
      ["PUT", "/v1/me"],
    ] as const) {
      const response = await app.request(path, {
        method,
        headers: authorization === undefined ? {} : { authorization },
      })
      expect(response.status).toBe(401)
      expect(response.headers.get("www-authenticate")).toBe("Bearer")
      expect(await response.json()).toMatchObject({ code: "unauthorized", status: 401, errors: [] })
    }
  })

  it("takes the scheme in any case", async () => {
    const { call } = testApi()
    expect((await call("GET", "/v1/me", undefined, { authorization: `bearer ${ADMIN_KEY}` })).status).toBe(200)
  })

  it("me tells which key it is, and of which deployment", async () => {
    const { call } = testApi()
    expect((await call("GET", "/v1/me")).body).toEqual({
      key: { id: "key_admin", name: "admin", scopes: ["read", "endpoints", "conversations", "admin"] },
      deployment: { name: "posthorn", stage: "local", version: "0.1.0", upstream: "simulator" },
      session: null,
    })
  })
})

describe("paths and methods", () => {
  it("health needs no key", async () => {
    const response = await testApi().app.request("/health")
    expect([response.status, await response.json()]).toEqual([200, { status: "ok" }])
  })

  it("404 as a problem where there is nothing", async () => {
    const { call } = testApi()
    for (const path of [
      "/nowhere",
      "/v1",
      "/v1/nothing",
      "/v1/endpoints/",
      "/v2/me",
      "/problems/nothing",
      "/problems/toString",
    ]) {
      const { status, headers, body } = await call("GET", path)
      expect([path, status, body.code]).toEqual([path, 404, "not_found"])
      expect(headers.get("content-type")).toBe("application/problem+json")
    }
  })

  it.each([
    ["PUT", "/v1/endpoints", "GET, HEAD, POST"],
    ["POST", "/v1/endpoints/ep_0123456789012345678901", "DELETE, GET, HEAD, PATCH"],
    ["GET", "/v1/endpoints/ep_0123456789012345678901/test", "POST"],
    ["DELETE", "/v1/events", "GET, HEAD, POST"],
    ["POST", "/health", "GET, HEAD"],
    ["POST", "/docs", "GET, HEAD"],
  ])("405 for %s %s, naming what is allowed", async (method, path, allow) => {
    const { status, headers, body } = await testApi().call(method, path)
    expect([status, headers.get("allow"), body.code]).toEqual([405, allow, "method_not_allowed"])
  })

  it("HEAD is GET without a body", async () => {
    const { call } = testApi()
    for (const path of ["/health", "/v1/me", "/v1/endpoints", "/docs"]) {
      const { status, text } = await call("HEAD", path)
      expect([path, status, text]).toEqual([path, 200, ""])
    }
  })
})

describe("the type of the app", () => {
  it("is enough for a typed client", async () => {
    const { app } = testApi()
    const headers = { authorization: `Bearer ${ADMIN_KEY}` }
    const fetch = async (input: string | URL | Request, init?: RequestInit) => app.request(input, init)
    const client = hc<Api>("http://posthorn.test", { headers, fetch })
    const made = await client.v1.endpoints.$post({ json: { url: URL_A }, query: {}, header: {} })
    const { id, secret } = await made.json()
    const listed = await client.v1.endpoints.$get({ query: { limit: "5", status: "enabled" } })
    const { data } = await listed.json()
    expect([data[0]?.id, data[0]?.circuit.state, secret.startsWith("whsec_")]).toEqual([id, "closed", true])
    const me = await client.v1.me.$get({ query: {} })
    expect((await me.json()).deployment.upstream).toBe("simulator")
  })
})

describe("bodies", () => {
  it.each([
    ["cut off", '{"url":'],
    ["empty", ""],
    ["two values", "{}{}"],
    ["with a trailing comma", '{"url":"https://a.example",}'],
    ["not JSON at all", "url=https://a.example"],
  ])("400 malformed_json for one that is %s", async (_what, body) => {
    const answer = await testApi().call("POST", "/v1/endpoints", body)
    expect([answer.status, answer.body.code]).toEqual([400, "malformed_json"])
  })

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"])(
    "415 for %s",
    async (type) => {
      const answer = await testApi().call("POST", "/v1/endpoints", "{}", { "content-type": type })
      expect([answer.status, answer.body.code]).toEqual([415, "unsupported_media_type"])
    },
  )

  it("415 for one without a type", async () => {
    const { app } = testApi()
    const bytes = new TextEncoder().encode(JSON.stringify({ url: URL_A }))
    const headers = { authorization: `Bearer ${ADMIN_KEY}` }
    expect((await app.request("/v1/endpoints", { method: "POST", headers, body: bytes })).status).toBe(415)
  })

  it.each(["application/json; charset=utf-8", "application/merge-patch+json"])("takes %s", async (type) => {
    const body = JSON.stringify({ url: URL_A })
    expect((await testApi().call("POST", "/v1/endpoints", body, { "content-type": type })).status).toBe(201)
  })

  it("413 above 256 KB, whether or not its length is announced", async () => {
    const { call } = testApi()
    const bodyOf = (bytes: number) => `{"x":"${"x".repeat(bytes - 8)}"}`
    const [most, more] = [bodyOf(256 * 1024), bodyOf(256 * 1024 + 1)]
    expect((await call("POST", "/v1/endpoints", most)).body.code).toBe("validation_failed")
    for (const headers of [{}, { "content-length": String(more.length) }]) {
      const answer = await call("POST", "/v1/endpoints", more, headers)
      expect([answer.status, answer.body.code]).toEqual([413, "payload_too_large"])
      expect(answer.headers.get("connection")).toBe("close")
    }
  })

  it("a request that takes no body refuses fields, and takes an empty one of any type", async () => {
    const { call, makeEndpoint } = testApi()
    const { id } = await makeEndpoint()
    const path = `/v1/endpoints/${id}/test`
    for (const body of ["", " ", "{}"]) expect((await call("POST", path, body)).status).toBe(202)
    expect((await call("POST", path, { note: "x" })).body.errors).toMatchObject([{ in: "body", pointer: "/note" }])
    expect((await call("POST", path, "{")).body.code).toBe("malformed_json")
  })
})

describe("what goes wrong inside", () => {
  const failing = (error: Error) => {
    const test = testApi()
    test.deps.store.listAccounts = async () => {
      throw error
    }
    return test
  }

  it("is a 500 that tells nothing, and a log line that tells all", async () => {
    const { call, lines } = failing(new Error("disk /var/secret is full"))
    const { status, text, body } = await call("GET", "/v1/accounts")
    expect([status, body.code]).toEqual([500, "internal"])
    expect(text).not.toContain("secret")
    expect(lines[0]).toMatchObject({ status: 500, route: "/v1/accounts" })
    expect(lines[0]?.error).toContain("disk /var/secret is full")
  })

  it("a ZodError of our own is a bug of ours, not the caller's", async () => {
    const { error } = z.object({ id: z.string() }).safeParse({})
    expect((await failing(error!).call("GET", "/v1/accounts")).status).toBe(500)
  })
})
