import { beforeEach, describe, expect, it } from "vitest"

import { secretContext } from "@posthorn/core/delivery/seal-context"
import { parseSecret } from "@posthorn/core/delivery/sign"
import { closedCircuit } from "@posthorn/core/endpoint"
import { ENDPOINTS_MAX } from "@posthorn/core/ports"
import { ADMIN_KEY, NOW, URL_A, deliveryRow, testApi } from "./fixture.ts"

let api: ReturnType<typeof testApi>
beforeEach(() => {
  api = testApi()
})

const UNKNOWN_ID = "ep_0123456789012345678901"
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

describe("bad input", () => {
  const headers = (value: object) => ({ headers: value })
  it.each<[string, object, string, RegExp]>([
    ["no url", {}, "/url", /required/],
    ["null url", { url: null }, "/url", /string/],
    ["url of another type", { url: 5 }, "/url", /string/],
    ["long url", { url: `https://a.example/${"x".repeat(2048)}` }, "/url", /2048/],
    ["url with a line break", { url: "https://a.exa\nmple/" }, "/url", /spaces/],
    ["url with a space before", { url: " https://a.example/" }, "/url", /spaces/],
    ["unknown field", { URL: URL_A }, "/URL", /Did you mean "url"/],
    ["unknown field, far off", { webhook: 1 }, "/webhook", /There are url, description/],
    ["field with a slash and a tilde", { "a/b~c": 1 }, "/a~1b~0c", /not a field/],
    ["read-only field", { status: "paused" }, "/status", /not a field/],
    ["long description", { description: "x".repeat(501) }, "/description", /500/],
    ["half a character", { description: "\ud83d" }, "/description", /surrogate/],
    ["no event types", { eventTypes: [] }, "/eventTypes", /at least one/],
    ["event types of another type", { eventTypes: "message.received" }, "/eventTypes", /array/],
    [
      "typo",
      { eventTypes: ["message.sent", "message.recieved"] },
      "/eventTypes/1",
      /Did you mean "message.received"\?/,
    ],
    ["unknown type", { eventTypes: ["invoice.paid"] }, "/eventTypes/0", /There are "\*", message\.received/],
    ["wildcard", { eventTypes: ["message.*"] }, "/eventTypes/0", /not an event type/],
    ["filter", { filter: { data: { direction: ["inbound"] } } }, "/filter/data/direction", /./],
    ["format", { format: "teams" }, "/format", /standard, unipile, slack, discord, connectsafely/],
    ["ordering", { ordering: "strict" }, "/ordering", /none, conversation/],
    ["rate limit of nothing", { rateLimit: 0 }, "/rateLimit", /1 to 1000/],
    ["rate limit beyond reason", { rateLimit: 1_001 }, "/rateLimit", /1 to 1000/],
    ["half a delivery a second", { rateLimit: 0.5 }, "/rateLimit", /whole number/],
    ["headers of another type", { headers: [] }, "/headers", /object/],
    ["header value of another type", headers({ a: 1 }), "/headers/a", /string/],
    ["reserved header", headers({ "Webhook-Signature": "x" }), "/headers/Webhook-Signature", /Posthorn/],
    ["any header of ours", headers({ "webhook-anything": "x" }), "/headers/webhook-anything", /Posthorn/],
    ...["Content-Type", "content-length", "Host", "user-agent", "connection", "transfer-encoding", "expect", "te"].map(
      (name) => [name, headers({ [name]: "x" }), `/headers/${name}`, /Posthorn/] as [string, object, string, RegExp],
    ),
    ["header name with a space", headers({ "x y": "z" }), "/headers/x y", /letters, digits/],
    ["header name with a line break", headers({ "x\r\ny": "z" }), "/headers/x\r\ny", /letters, digits/],
    ["empty header name", headers({ "": "z" }), "/headers/", /letters, digits/],
    ["header value with CR LF", headers({ x: "a\r\nhost: b" }), "/headers/x", /on one line/],
    ["header value with LF", headers({ x: "a\n" }), "/headers/x", /on one line/],
    ["header value beyond ASCII", headers({ x: "\u00fc" }), "/headers/x", /ASCII/],
    ["empty header value", headers({ x: "" }), "/headers/x", /1 or more/],
    ["the placeholder for a header that is not there", headers({ x: "[redacted]" }), "/headers/x", /write the value/],
    ["a header twice", headers({ "X-A": "1", "x-a": "2" }), "/headers", /twice/],
    ["21 headers", headers(Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`h${i}`, "x"]))), "/headers", /20/],
    ["4,097 bytes of headers", headers({ x: "y".repeat(4096) }), "/headers", /4096/],
    [
      "21 metadata pairs",
      { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [i, "x"])) },
      "/metadata",
      /20/,
    ],
    ["metadata of another type", { metadata: { a: 1 } }, "/metadata/a", /string/],
    ["long metadata value", { metadata: { a: "x".repeat(501) } }, "/metadata/a", /500/],
    ["long metadata name", { metadata: { ["x".repeat(65)]: "" } }, `/metadata/${"x".repeat(65)}`, /64/],
    ["short secret", { secret: `whsec_${Buffer.alloc(23).toString("base64")}` }, "/secret", /24 to 64/],
    ["long secret", { secret: `whsec_${Buffer.alloc(65).toString("base64")}` }, "/secret", /24 to 64/],
    ["secret without its prefix", { secret: Buffer.alloc(32).toString("base64") }, "/secret", /whsec_/],
  ])("%s is a 400 that names it, and makes nothing", async (what, fields, pointer, message) => {
    const body = what.includes("url") ? fields : { url: URL_A, ...fields }
    const answer = await api.call("POST", "/v1/endpoints", body)
    expect(answer.status).toBe(400)
    expect(answer.body.code).toBe("validation_failed")
    expect(answer.body.errors).toEqual([{ in: "body", pointer, message: expect.stringMatching(message) as string }])
    expect(await api.store.listEndpoints()).toEqual([])
  })

  it.each(["headers", "metadata"])("a name __proto__ in %s is refused, not dropped", async (field) => {
    const answer = await api.call("POST", "/v1/endpoints", `{"url":"${URL_A}","${field}":{"__proto__":"x"}}`)
    expect(answer.body.errors).toMatchObject([{ pointer: `/${field}/__proto__` }])
  })

  it.each([["[]"], ["null"], ['"x"'], ["5"]])("a body that is %s is refused", async (body) => {
    const answer = await api.call("POST", "/v1/endpoints", body)
    expect(answer.body.errors).toEqual([{ in: "body", pointer: "", message: "must be a JSON object" }])
  })

  it("names every field at once, and says the first in full", async () => {
    const { body } = await api.call("POST", "/v1/endpoints", { eventTypes: ["message.recieved"], foo: 1, bar: 2 })
    expect(body.errors.map(({ pointer }) => pointer)).toEqual(["/url", "/eventTypes/0", "/foo", "/bar"])
    expect(body.detail).toBe("url: is required (and 3 more, see errors)")
    const typo = await api.call("POST", "/v1/endpoints", { url: URL_A, eventTypes: ["message.recieved"] })
    expect(typo.body.detail).toBe(
      'eventTypes[0]: "message.recieved" is not an event type. Did you mean "message.received"?',
    )
  })

  it("answers a body of thousands of mistakes with the first hundred, and their number", async () => {
    const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [index.toString(36), 1] as const))
    const asFields = await api.call("POST", "/v1/endpoints", fields)
    expect(asFields.body.detail).toBe("url: is required (and 20000 more, see errors)")
    const asPairs = await api.call("POST", "/v1/endpoints", { url: URL_A, metadata: fields })
    for (const { body, text } of [asFields, asPairs]) {
      expect(body.errors).toHaveLength(100)
      expect(body.errors.map(({ message }) => message)).not.toContain("")
      expect(text.length).toBeLessThan(50_000)
    }
  })

  it("never repeats a secret or a header's value", async () => {
    const fields = { secret: "whsec_hunter2", headers: { x: "hunter2\n", host: "hunter2" } }
    expect((await api.call("POST", "/v1/endpoints", { url: URL_A, ...fields })).text).not.toContain("hunter2")
  })
})

describe("get and list", () => {
  it("404 for an unknown, ill-formed or deleted id", async () => {
    const { id } = await api.makeEndpoint()
    await api.call("DELETE", `/v1/endpoints/${id}`)
    for (const path of [UNKNOWN_ID, "ep_x", "evt_0123456789012345678901", "%00", "%E0%A4%A", id])
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const { status, body } = await api.call(method, `/v1/endpoints/${path}`, method === "PATCH" ? {} : undefined)
        expect([path, method, status, body.code]).toEqual([path, method, 404, "not_found"])
      }
  })

  it("is newest first, in pages that hold when the last row of one is deleted", async () => {
    const ids: string[] = []
    for (let count = 0; count < 5; count++) {
      ids.unshift((await api.makeEndpoint()).id)
      api.clock.at += 1
    }
    const first = await api.call("GET", "/v1/endpoints?limit=2")
    await api.call("DELETE", `/v1/endpoints/${ids[1]!}`)
    const second = await api.call("GET", `/v1/endpoints?limit=1&cursor=${first.body.nextCursor!}`)
    const third = await api.call("GET", `/v1/endpoints?limit=2&cursor=${second.body.nextCursor!}`)
    expect([first, second, third].map(({ body }) => body.data.map(({ id }) => id))).toEqual([
      ids.slice(0, 2),
      ids.slice(2, 3),
      ids.slice(3),
    ])
    expect(third.body.nextCursor).toBeNull()
  })

  it("finds by status and by url", async () => {
    const { id } = await api.makeEndpoint({ url: `${URL_A}other` })
    await api.makeEndpoint()
    const find = async (query: string) =>
      (await api.call("GET", `/v1/endpoints?${query}`)).body.data.map((row) => row.id)
    expect(await find(`url=${encodeURIComponent(`${URL_A}other`)}`)).toEqual([id])
    expect(await find("status=enabled,paused")).toHaveLength(2)
    expect(await find("status=paused")).toEqual([])
  })

  it("counts what is held, and shows when the previous secret ends", async () => {
    const { id } = await api.makeEndpoint()
    const row = await rowOf(id)
    const secrets = [...row.secrets, { sealed: "old", expiresAt: NOW + 1_000 }]
    await api.store.putEndpoint({ ...row, version: 2, secrets }, 1)
    const held = deliveryRow("evt_0123456789012345678901", id, { status: "held", statusReason: "paused" })
    await api.store.putDelivery({ ...held, work: { kind: "held", replay: false, at: NOW } }, null)
    const path = `/v1/endpoints/${id}`
    const previousSecretExpiresAt = "2026-11-14T23:47:22.200Z"
    expect((await api.call("GET", path)).body).toMatchObject({ heldCount: 1, previousSecretExpiresAt })
    api.clock.at = NOW + 1_000
    expect((await api.call("GET", path)).body).toMatchObject({ heldCount: 1, previousSecretExpiresAt: null })
  })
})

describe("patch", () => {
  const patch = (id: string, body: object) => api.call("PATCH", `/v1/endpoints/${id}`, body)

  it("changes what is given, leaves the rest, raises version and updatedAt", async () => {
    const { id } = await api.makeEndpoint({ description: "a", metadata: { a: "1" } })
    api.clock.at += 5_000
    const { status, body } = await patch(id, { eventTypes: ["message.sent"] })
    expect(status).toBe(200)
    expect(body).toMatchObject({ description: "a", metadata: { a: "1" }, eventTypes: ["message.sent"] })
    expect(body["updatedAt"]).toBe("2026-11-14T23:47:26.200Z")
    expect(await rowOf(id)).toMatchObject({ version: 2, revision: 1 })
  })

  it("a new url brings back an endpoint whose old one answered 410, and nothing else does", async () => {
    const { id } = await api.makeEndpoint()
    const gone = { status: "disabled", disabledReason: "gone", disabledAt: api.clock.at } as const
    await api.store.putEndpoint({ ...(await rowOf(id)), ...gone, version: 2 }, 1)
    expect((await patch(id, { description: "still gone" })).body).toMatchObject({ status: "disabled" })
    const { body } = await patch(id, { url: "https://receiver.example/new" })
    expect(body).toMatchObject({ status: "enabled", disabledReason: null, disabledAt: null })
  })

  it("null sets a field back to its default, but url has none", async () => {
    const set = { description: "a", eventTypes: ["*"], headers: { a: "1" }, metadata: { a: "1" } }
    const { id } = await api.makeEndpoint(set)
    const nulls = Object.fromEntries(Object.keys(set).map((name) => [name, null]))
    const rest = { filter: null, format: null, ordering: null, rateLimit: null }
    expect((await patch(id, { ...nulls, ...rest })).body).toMatchObject({
      ...{ url: URL_A, description: null, eventTypes: ["message.received"], headers: {}, metadata: {} },
      ...{ filter: null, format: "standard", ordering: "none", rateLimit: null },
    })
    expect((await patch(id, { url: null })).body.errors).toMatchObject([{ pointer: "/url" }])
  })

  it("[redacted] keeps the stored value: what GET shows can be sent back", async () => {
    const { id } = await api.makeEndpoint({ headers: { "x-a": "1", "x-b": "2" } })
    const before = await rowOf(id)
    const { body } = await patch(id, { headers: { "X-A": "[redacted]", "x-b": "3", "x-c": "4" } })
    expect(body["headers"]).toEqual({ "x-a": "[redacted]", "x-b": "[redacted]", "x-c": "[redacted]" })
    const after = await rowOf(id)
    const valueOf = (name: string) => api.deps.seal.open(after.headers[name]!, `endpoint:${id}:header:${name}`)
    expect(after.headers["x-a"]).toBe(before.headers["x-a"])
    expect([valueOf("x-b"), valueOf("x-c")]).toEqual(["3", "4"])
    expect((await patch(id, { headers: { "x-d": "[redacted]" } })).body.errors).toMatchObject([
      { pointer: "/headers/x-d" },
    ])
    expect((await patch(id, { headers: { "x-b": "[redacted]" } })).body["headers"]).toEqual({ "x-b": "[redacted]" })
  })

  it("replaces a header's value that no key opens any more", async () => {
    const { id } = await api.makeEndpoint()
    const row = await rowOf(id)
    await api.store.putEndpoint({ ...row, version: 2, headers: { a: "v1.lost.x" } }, 1)
    expect((await patch(id, { headers: { a: "new" } })).status).toBe(200)
    expect(api.deps.seal.open((await rowOf(id)).headers["a"]!, `endpoint:${id}:header:a`)).toBe("new")
  })

  it("raises the revision when, and only when, what is dialled changes", async () => {
    const { id } = await api.makeEndpoint({ headers: { a: "1" } })
    const revisionAfter = async (body: object) => {
      await patch(id, body)
      return (await rowOf(id)).revision
    }
    expect(await revisionAfter({ description: "x", eventTypes: ["*"], metadata: { a: "b" } })).toBe(1)
    expect(await revisionAfter({ url: URL_A, headers: { A: "1" } })).toBe(1)
    expect(await revisionAfter({ headers: { a: "[redacted]" } })).toBe(1)
    expect(await revisionAfter({ headers: { a: "2" } })).toBe(2)
    expect(await revisionAfter({ headers: null })).toBe(3)
    expect(await revisionAfter({ url: `${URL_A}2` })).toBe(4)
  })

  it("writes nothing when nothing changes", async () => {
    const { id } = await api.makeEndpoint({ headers: { a: "1" } })
    api.clock.at += 5_000
    for (const body of [{}, { url: URL_A, headers: { a: "1" }, eventTypes: ["message.received"], description: null }])
      expect((await patch(id, body)).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ version: 1, updatedAt: NOW })
  })

  it("loses no change that another writer makes at the same moment", async () => {
    const { id } = await api.makeEndpoint()
    const putEndpoint = api.store.putEndpoint.bind(api.store)
    let disturbed = false
    api.deps.store.putEndpoint = async (row, expected) => {
      if (!disturbed) {
        disturbed = true
        const stored = await rowOf(id)
        await putEndpoint({ ...stored, version: 2, notBefore: NOW + 60_000 }, 1)
      }
      return putEndpoint(row, expected)
    }
    expect((await patch(id, { description: "mine" })).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ version: 3, description: "mine", notBefore: NOW + 60_000 })
  })

  it("gives up with 409 when the row never stands still", async () => {
    const { id } = await api.makeEndpoint()
    let tries = 0
    api.deps.store.putEndpoint = async () => {
      tries++
      return false
    }
    expect((await patch(id, { description: "mine" })).status).toBe(409)
    expect(tries).toBe(10)
  })

  it("judges the new URL, and has no secret to set", async () => {
    const { id } = await api.makeEndpoint()
    expect((await patch(id, { url: "https://10.0.0.1/" })).body.code).toBe("url_not_allowed")
    expect((await patch(id, { secret: "whsec_x" })).body.errors).toMatchObject([{ pointer: "/secret" }])
    expect((await rowOf(id)).version).toBe(1)
  })
})

describe("delete", () => {
  it("204, then 404; the row stays behind as a tombstone", async () => {
    const { id } = await api.makeEndpoint()
    api.clock.at += 1_000
    const first = await api.call("DELETE", `/v1/endpoints/${id}`)
    expect([first.status, first.text]).toEqual([204, ""])
    expect((await api.call("DELETE", `/v1/endpoints/${id}`)).status).toBe(404)
    expect(await rowOf(id)).toMatchObject({ deletedAt: NOW + 1_000, version: 2, revision: 2 })
    expect((await api.call("GET", "/v1/endpoints")).body.data).toEqual([])
  })
})

describe("test", () => {
  it("202 with a delivery of a ping that goes through the queue", async () => {
    const { id } = await api.makeEndpoint()
    const { status, headers, body } = await api.call("POST", `/v1/endpoints/${id}/test`)
    expect([status, headers.get("location")]).toEqual([202, `/v1/deliveries/${body.id}`])
    expect(body).toMatchObject({
      eventType: "ping",
      endpointId: id,
      status: "pending",
      attemptCount: 0,
      lastAttempt: null,
    })
    expect(api.sent).toMatchObject([{ body: { endpointId: id, eventId: body["eventId"], number: 1 } }])
    expect((await api.call("GET", `/v1/deliveries/${body.id}`)).body).toMatchObject({ id: body.id, attempts: [] })
    expect((await api.call("POST", `/v1/endpoints/${UNKNOWN_ID}/test`)).status).toBe(404)
  })

  it("409 for one that is gone, since it would be cancelled; one that is failing holds it", async () => {
    const { id } = await api.makeEndpoint()
    const disable = async (disabledReason: "gone" | "failing") => {
      const row = await rowOf(id)
      const disabled = { status: "disabled", disabledReason, disabledAt: NOW, version: row.version + 1 } as const
      expect(await api.store.putEndpoint({ ...row, ...disabled }, row.version)).toBe(true)
    }
    await disable("gone")
    expect((await api.call("POST", `/v1/endpoints/${id}/test`)).body.code).toBe("conflict")
    expect([api.sent, (await api.call("GET", "/v1/events")).body.data]).toEqual([[], []])
    await disable("failing")
    expect((await api.call("POST", `/v1/endpoints/${id}/test`)).status).toBe(202)
  })
})

describe("rotating the secret", () => {
  const rotate = (api: ReturnType<typeof testApi>, id: string, body?: object) =>
    api.call("POST", `/v1/endpoints/${id}/rotate-secret`, body)
  const opened = async (api: ReturnType<typeof testApi>, id: string) =>
    ((await api.store.getEndpoint(id))?.secrets ?? []).map(({ sealed, expiresAt }) => [
      api.deps.seal.open(sealed, secretContext(id)),
      expiresAt,
    ])

  it("the old secret signs along for a day, the new one is shown once", async () => {
    const api = testApi()
    const { id, secret } = await api.makeEndpoint()
    const { status, body } = await rotate(api, id)
    expect([status, body.secret === secret]).toEqual([200, false])
    expect(body["previousSecretExpiresAt"]).toBe(new Date(NOW + 86_400_000).toISOString())
    expect(await opened(api, id)).toEqual([
      [body.secret, null],
      [secret, NOW + 86_400_000],
    ])
    expect((await api.call("GET", `/v1/endpoints/${id}`)).body.secret).toBeUndefined()
  })

  it("a leaked one ends at once, and all before it", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    await rotate(api, id)
    const { body } = await rotate(api, id, { overlapSeconds: 0 })
    expect(await opened(api, id)).toEqual([[body.secret, null]])
    expect(body["previousSecretExpiresAt"]).toBeNull()
  })

  it("a shorter overlap shortens that of those before", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    await rotate(api, id)
    await rotate(api, id, { overlapSeconds: 60 })
    expect((await opened(api, id)).map(([, expiresAt]) => expiresAt)).toEqual([null, NOW + 60_000, NOW + 60_000])
  })

  it("what was dialled with the old secret counts no more", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const before = await api.store.getEndpoint(id)
    await rotate(api, id)
    expect((await api.store.getEndpoint(id))?.revision).toBe((before?.revision ?? 0) + 1)
  })

  it("takes a secret of one's own, but not the one in use", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const own = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
    expect((await rotate(api, id, { secret: own })).body.secret).toBe(own)
    const again = await rotate(api, id, { secret: own })
    expect([again.status, again.body.errors[0]?.pointer]).toEqual([400, "/secret"])
  })

  it.each(["", " ", "{}"])("needs no body: %j declared as JSON is none", async (body) => {
    const api = testApi()
    const { id, secret } = await api.makeEndpoint()
    const answer = await api.call("POST", `/v1/endpoints/${id}/rotate-secret`, body)
    expect([answer.status, answer.body.secret === secret]).toEqual([200, false])
    expect(answer.body["previousSecretExpiresAt"]).toBe(new Date(NOW + 86_400_000).toISOString())
  })

  it("changes nothing for a body that cannot be read, or is not declared as JSON", async () => {
    const api = testApi()
    const { id, secret } = await api.makeEndpoint()
    const path = `/v1/endpoints/${id}/rotate-secret`
    const leaked = JSON.stringify({ overlapSeconds: 0 })
    expect((await api.call("POST", path, "{")).body.code).toBe("malformed_json")
    expect((await api.call("POST", path, leaked, { "content-type": "text/plain" })).status).toBe(415)
    const bytes = new TextEncoder().encode(leaked)
    const headers = { authorization: `Bearer ${ADMIN_KEY}` }
    expect((await api.app.request(path, { method: "POST", headers, body: bytes })).status).toBe(415)
    expect(await opened(api, id)).toEqual([[secret, null]])
  })

  it.each([
    [{ overlapSeconds: -1 }, "/overlapSeconds"],
    [{ overlapSeconds: 604_801 }, "/overlapSeconds"],
    [{ secret: "short" }, "/secret"],
    [{ overlap: 5 }, "/overlap"],
  ])("refuses %j", async (body, pointer) => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const answer = await rotate(api, id, body)
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, pointer])
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

describe("a new URL", () => {
  it("is probed at once where the old one had its circuit open, and is not held by its Retry-After", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const row = (await api.store.getEndpoint(id))!
    const circuit = {
      ...closedCircuit,
      state: "open",
      openedAt: NOW - 1,
      nextProbeAt: NOW + 600_000,
      failures: 30,
    } as const
    const releaser = { tick: 7, at: NOW + 600_000, out: ["evt_x"] }
    await api.store.putEndpoint({ ...row, version: 2, circuit, notBefore: NOW + 9_000, releaser }, 1)
    await api.call("PATCH", `/v1/endpoints/${id}`, { description: "the same URL" })
    expect(api.sent).toEqual([])
    await api.call("PATCH", `/v1/endpoints/${id}`, { url: `${URL_A}new` })
    expect(await api.store.getEndpoint(id)).toMatchObject({
      notBefore: null,
      circuit: { state: "open", nextProbeAt: NOW, failures: 0 },
      releaser: { tick: 8, at: NOW, out: [] },
    })
    expect(api.sent.map(({ body }) => body)).toEqual([{ v: 1, release: id, tick: 8 }])
  })
})

describe("pausing", () => {
  it("holds until it is resumed, and says so", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const statusOf = async (path: string) => {
      const { status, body } = await api.call("POST", `/v1/endpoints/${id}/${path}`)
      return [status, body["status"]]
    }
    expect(await statusOf("pause")).toEqual([200, "paused"])
    expect(await statusOf("pause")).toEqual([200, "paused"])
    expect(await statusOf("resume")).toEqual([200, "enabled"])
    expect((await api.call("POST", "/v1/endpoints/ep_0123456789012345678901/pause")).status).toBe(404)
  })
})
