import { beforeEach, describe, expect, it } from "vitest"

import { URL_A, testApi } from "./fixture.ts"

let api: ReturnType<typeof testApi>
beforeEach(() => {
  api = testApi()
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
