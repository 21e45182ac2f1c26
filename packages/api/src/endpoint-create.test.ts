import { beforeEach, describe, expect, it } from "vitest"

import { parseSecret } from "@posthorn/core/delivery/sign"
import { ENDPOINTS_MAX } from "@posthorn/core/ports"
import { URL_A, testApi } from "./fixture.ts"

let api: ReturnType<typeof testApi>
beforeEach(() => {
  api = testApi()
})

const rowOf = async (id: string) => (await api.store.getEndpoint(id))!

describe("create", () => {
  it("needs a url alone, and shows every field at its default", async () => {
    const { status, headers, body } = await api.call("POST", "/v1/endpoints", { url: URL_A })
    expect(status).toBe(201)
    expect(headers.get("location")).toBe(`/v1/endpoints/${body.id}`)
    expect(body).toEqual({
      id: expect.stringMatching(/^ep_[\w-]{22}$/) as string,
      url: URL_A,
      description: null,
      eventTypes: ["message.received"],
      filter: null,
      format: "standard",
      ordering: "none",
      headers: {},
      rateLimit: null,
      metadata: {},
      status: "enabled",
      disabledReason: null,
      disabledAt: null,
      circuit: { state: "closed", openedAt: null, nextProbeAt: null },
      notBefore: null,
      heldCount: 0,
      previousSecretExpiresAt: null,
      createdAt: "2026-11-14T23:47:21.200Z",
      updatedAt: "2026-11-14T23:47:21.200Z",
      secret: expect.stringMatching(/^whsec_/) as string,
    })
    expect(parseSecret(body.secret)).toHaveLength(32)
  })

  it("takes what it shows: nulls and defaults are the same as nothing", async () => {
    const { status } = await api.call("POST", "/v1/endpoints", {
      ...{ url: URL_A, description: null, filter: null, format: "standard", ordering: "none", rateLimit: null },
      ...{ headers: {}, metadata: {}, eventTypes: ["*", "ping", "*"], secret: null },
    })
    expect(status).toBe(201)
  })

  it("collapses event types that are named twice", async () => {
    const { eventTypes } = await api.makeEndpoint({ eventTypes: ["*", "endpoint.disabled", "*"] })
    expect(eventTypes).toEqual(["*", "endpoint.disabled"])
  })

  it("shows the secret once, and keeps it and header values sealed", async () => {
    const secret = `whsec_${Buffer.alloc(24, 9).toString("base64")}`
    const made = await api.makeEndpoint({ secret, headers: { "X-CRM-Token": "t0p-secret", constructor: "c" } })
    expect(made.secret).toBe(secret)
    expect(made["headers"]).toEqual({ "x-crm-token": "[redacted]", constructor: "[redacted]" })
    const row = await rowOf(made.id)
    expect(JSON.stringify(row)).not.toMatch(/t0p-secret|CQkJ/)
    expect(api.deps.seal.open(row.secrets[0]!.sealed, `endpoint:${made.id}:secret`)).toBe(secret)
    expect(api.deps.seal.open(row.headers["x-crm-token"]!, `endpoint:${made.id}:header:x-crm-token`)).toBe("t0p-secret")
    for (const path of [`/v1/endpoints/${made.id}`, "/v1/endpoints"])
      expect((await api.call("GET", path)).text).not.toMatch(/whsec|t0p-secret|CQkJ/)
    const patched = await api.call("PATCH", `/v1/endpoints/${made.id}`, { description: "x" })
    expect(patched.text).not.toMatch(/whsec|t0p-secret/)
    expect(JSON.stringify(api.lines)).not.toMatch(/whsec|t0p-secret|catch/)
  })

  it(`409 when there are ${ENDPOINTS_MAX}`, async () => {
    const row = await rowOf((await api.makeEndpoint()).id)
    api.deps.store.listEndpoints = async () => Array.from({ length: ENDPOINTS_MAX }, () => row)
    const { status, body } = await api.call("POST", "/v1/endpoints", { url: URL_A })
    expect([status, body.code]).toEqual([409, "conflict"])
  })

  it("looks at a URL's text only, and says what is wrong with it", async () => {
    for (const url of [
      "http://hooks.example.com/",
      "https://127.0.0.1/",
      "https://localhost/",
      "https://u:p@a.example/",
    ]) {
      const { status, body } = await api.call("POST", "/v1/endpoints", { url })
      expect([url, status, body.code, body.errors[0]?.pointer]).toEqual([url, 400, "url_not_allowed", "/url"])
    }
    api = testApi({ allowPrivateUrls: true })
    expect((await api.call("POST", "/v1/endpoints", { url: "http://127.0.0.1:9000/hook" })).status).toBe(201)
    expect((await api.call("POST", "/v1/endpoints", { url: "http://169.254.169.254/" })).status).toBe(400)
  })
})

describe("Idempotency-Key", () => {
  const create = (body: object, key = "order-1") => api.call("POST", "/v1/endpoints", body, { "idempotency-key": key })

  it("repeated with the same body makes nothing new and answers the same, secret too", async () => {
    const first = await create({ url: URL_A, headers: { a: "1", b: "2" } })
    api.clock.at += 60_000
    const again = await create({ headers: { b: "2", a: "1" }, url: URL_A })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body).toEqual(first.body)
    expect(again.headers.get("location")).toBe(first.headers.get("location"))
    expect(await api.store.listEndpoints()).toHaveLength(1)
  })

  it("two at once make one", async () => {
    const answers = await Promise.all([create({ url: URL_A }), create({ url: URL_A }), create({ url: URL_A })])
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map(({ body }) => `${body.id} ${body.secret}`)).size).toBe(1)
    expect(await api.store.listEndpoints()).toHaveLength(1)
  })

  it("with another body is 422", async () => {
    await create({ url: URL_A })
    for (const body of [{ url: `${URL_A}x` }, { url: URL_A, description: "x" }, { url: URL_A, headers: { a: "1" } }]) {
      const answer = await create(body)
      expect([answer.status, answer.body.code]).toEqual([422, "idempotency_key_reused"])
    }
  })

  it("of an endpoint that was deleted since is 409", async () => {
    const { body } = await create({ url: URL_A })
    await api.call("DELETE", `/v1/endpoints/${body.id}`)
    const again = await create({ url: URL_A })
    expect([again.status, again.body.code]).toEqual([409, "conflict"])
    expect(again.body.detail).toContain("deleted")
  })

  it("is repeated even when no endpoint could be added", async () => {
    const { body } = await create({ url: URL_A })
    const row = await rowOf(body.id)
    api.deps.store.listEndpoints = async () => Array.from({ length: ENDPOINTS_MAX }, () => row)
    expect((await create({ url: URL_A })).status).toBe(201)
  })

  it("another one makes another endpoint; a bad one is 400", async () => {
    const ids = [await create({ url: URL_A }, "1"), await create({ url: URL_A }, "2")].map(({ body }) => body.id)
    expect(new Set(ids).size).toBe(2)
    for (const key of ["x".repeat(256), "\u00fc", ""]) {
      const { status, body } = await create({ url: URL_A }, key)
      expect([status, body.errors[0]]).toMatchObject([400, { in: "header", pointer: "idempotency-key" }])
    }
  })

  it("is not stored, and what is stored does not give the body away", async () => {
    const { body } = await create({ url: URL_A })
    const other = testApi()
    const elsewhere = await other.call("POST", "/v1/endpoints", { url: URL_A }, { "idempotency-key": "order-2" })
    const row = await rowOf(body.id)
    expect(JSON.stringify(row)).not.toContain("order-1")
    expect((await other.store.getEndpoint(elsewhere.body.id))!.requestHash).not.toBe(row.requestHash)
  })
})

describe("a repeated create", () => {
  it("does not show a secret that replaced the one it made", async () => {
    const api = testApi()
    const create = () => api.call("POST", "/v1/endpoints", { url: URL_A }, { "idempotency-key": "once" })
    const first = await create()
    expect((await create()).body.secret).toBe(first.body.secret)
    const rotated = await api.call("POST", `/v1/endpoints/${first.body.id}/rotate-secret`)
    const again = await create()
    expect([again.status, again.body.code, again.text.includes(rotated.body.secret)]).toEqual([409, "conflict", false])
    expect(again.body.detail).toContain(first.body.id)
  })
})
