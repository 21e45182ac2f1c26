import { Webhook } from "standardwebhooks"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createPost } from "@posthorn/http/post"
import { isSigned, type Receiver, startReceiver } from "../../../../test/receiver.ts"
import type { HttpAnswer, HttpResult, Post } from "../http.ts"
import { isReservedHeader, RESPONSE_BODY_KEPT, send, type Sending, type SendOutcome } from "./send.ts"
import { parseSecret } from "./sign.ts"

const now = Date.parse("2026-11-22T10:00:00.750Z")
const secret = `whsec_${Buffer.alloc(32, 5).toString("base64")}`
const oldSecret = `whsec_${Buffer.alloc(24, 6).toString("base64")}`
const sending: Sending = {
  url: "https://hooks.example.com/s3cret/path",
  eventId: "evt_1",
  body: '{"id":"evt_1","text":"grüezi 👋"}',
  secrets: [parseSecret(secret)],
  headers: {},
  allowPrivate: false,
}

/** Sends against a post that answers as told, while the clock moves on by 120 ms. */
const sent = async (result: HttpResult, given: Partial<Sending> = {}) => {
  const requests: Parameters<Post>[0][] = []
  let time = now
  const post: Post = async (request) => {
    requests.push(request)
    time += 120
    return result
  }
  const outcome = await send({ ...sending, ...given }, { post, clock: { now: () => time }, version: "1.2.3" })
  return { outcome, request: requests[0]! }
}

const answered = (status: number, given: Partial<Omit<HttpAnswer, "body">> & { body?: string | Uint8Array } = {}) => ({
  ok: true as const,
  answer: { status, headers: {}, cut: false, ...given, body: Buffer.from(given.body ?? "") },
})

const outcomeOf = async (result: HttpResult, given: Partial<Sending> = {}): Promise<SendOutcome> =>
  (await sent(result, given)).outcome

describe("the request", () => {
  test("is bounded, signed for its own second, and says who sends it", async () => {
    const { request } = await sent(answered(200), { headers: { "X-Crm-Token": "t0ken" }, allowPrivate: true })
    expect(request).toMatchObject({
      method: "POST",
      url: sending.url,
      body: sending.body,
      deadlineMs: 15_000,
      answerBytesMax: 65_536,
      allowPrivate: true,
    })
    expect(request.headers).toEqual({
      "x-crm-token": "t0ken",
      "content-type": "application/json",
      "user-agent": "Posthorn/1.2.3",
      "webhook-id": "evt_1",
      "webhook-timestamp": String(Math.floor(now / 1000)),
      "webhook-signature": new Webhook(secret).sign("evt_1", new Date(now), sending.body),
    })
  })

  test("custom headers override nothing of ours, in no case, and frame nothing", async () => {
    const names = [
      "Content-Type",
      "USER-AGENT",
      "webhook-id",
      "Webhook-Signature",
      "webhook-extra",
      "Host",
      "Content-Length",
      "transfer-encoding",
      "connection",
      "Proxy-Authorization",
      "Accept-Encoding",
      "expect",
    ]
    const { request } = await sent(answered(200), { headers: Object.fromEntries(names.map((name) => [name, "evil"])) })
    expect(Object.values(request.headers)).not.toContain("evil")
    expect(names.every(isReservedHeader)).toBe(true)
    expect(["authorization", "x-webhook-id", "cookie"].some(isReservedHeader)).toBe(false)
  })

  test("a format's headers override neither the endpoint's own nor ours, in no case, and frame nothing", async () => {
    const names = ["X-Crm-Token", "WEBHOOK-ID", "webhook-signature", "Content-Type", "User-Agent", "Host", "expect"]
    const format = {
      headers: { ...Object.fromEntries(names.map((name) => [name, "evil"])), "X-Of-The-Format": "fine" },
      signatures: [],
    }
    const { request } = await sent(answered(200), { headers: { "x-crm-token": "t0ken" }, format })
    expect(Object.values(request.headers)).not.toContain("evil")
    expect(request.headers).toMatchObject({ "x-crm-token": "t0ken", "x-of-the-format": "fine" })
    expect(Object.keys(request.headers)).toHaveLength(7)
  })

  test("two secrets while one is rotated", async () => {
    const { request } = await sent(answered(200), { secrets: [parseSecret(secret), parseSecret(oldSecret)] })
    expect(request.headers["webhook-signature"]!.split(" ")).toEqual(
      [secret, oldSecret].map((each) => new Webhook(each).sign("evt_1", new Date(now), sending.body)),
    )
  })
})

describe("the outcome", () => {
  test.each([200, 201, 202, 204, 299])("%d is success, with what it said", async (status) => {
    expect(await outcomeOf(answered(status, { body: "fine" }))).toEqual({
      outcome: "succeeded",
      errorKind: null,
      errorMessage: null,
      responseStatus: status,
      retryAfterSeconds: null,
      responseBody: "fine",
      responseBodyTruncated: false,
      durationMs: 120,
    })
  })

  test("2xx is success whatever the body does", async () => {
    expect(await outcomeOf(answered(200, { cut: true, body: "half" }))).toMatchObject({
      outcome: "succeeded",
      responseBody: "half",
      responseBodyTruncated: true,
    })
  })

  test.each([400, 404, 410, 429, 500, 503, 100])("%d is a failure", async (status) => {
    expect(await outcomeOf(answered(status))).toMatchObject({
      outcome: "failed",
      errorKind: "http_status",
      errorMessage: `The receiver answered ${status}.`,
      responseStatus: status,
      responseBody: null,
    })
  })

  test.each([
    [
      "https://other.example.com:8443/s3cret?t=1",
      "We do not follow redirects; the new location is on other.example.com:8443.",
    ],
    ["/s3cret", "We do not follow redirects; the new location is on hooks.example.com."],
    ["https://user:s3cret@other.example.com/", "We do not follow redirects; the new location is on other.example.com."],
    ["https://", "We do not follow redirects."],
    ["mailto:s3cret@example.com", "We do not follow redirects."],
    [undefined, "We do not follow redirects."],
  ])("a redirect to %s names the host only", async (location, errorMessage) => {
    for (const status of [300, 301, 302, 303, 304, 307, 308])
      expect(await outcomeOf(answered(status, { headers: location === undefined ? {} : { location } }))).toMatchObject({
        outcome: "failed",
        errorKind: "redirect",
        errorMessage,
        responseStatus: status,
      })
  })

  test("no answer is told as the post tells it", async () => {
    expect(await outcomeOf({ ok: false, kind: "tls", message: "The receiver's certificate has expired." })).toEqual({
      outcome: "failed",
      errorKind: "tls",
      errorMessage: "The receiver's certificate has expired.",
      responseStatus: null,
      retryAfterSeconds: null,
      responseBody: null,
      responseBodyTruncated: false,
      durationMs: 120,
    })
  })

  test("never throws: neither for want of a secret nor with a post that does", async () => {
    expect(await outcomeOf(answered(200), { secrets: [] })).toMatchObject({ outcome: "failed" })
    const post: Post = () => Promise.reject(new Error(secret))
    const outcome = await send(sending, { post, clock: { now: () => now }, version: "1" })
    expect(outcome).toMatchObject({ outcome: "failed", errorMessage: "The request could not be made." })
  })
})

describe("Retry-After", () => {
  test.each([
    ["120", 120],
    [" 7 ", 7],
    ["0", 0],
    ["99999999999999999999", 86_400],
    ["Sun, 22 Nov 2026 10:05:00 GMT", 300],
    ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
    ["Tue, 22 Nov 2033 10:05:00 GMT", 86_400],
    ["5.5", null],
    ["-5", null],
    ["1e3", null],
    ["soon", null],
    ["", null],
    ["2026-11-22", null],
  ])("%j is %s seconds", async (text, seconds) => {
    for (const status of [429, 503]) {
      const { retryAfterSeconds } = await outcomeOf(answered(status, { headers: { "retry-after": text } }))
      expect(retryAfterSeconds).toBe(seconds)
    }
  })

  test("a date is read against the answer's own clock", async () => {
    const headers = { "retry-after": "Sun, 22 Nov 2026 08:01:00 GMT", date: "Sun, 22 Nov 2026 08:00:00 GMT" }
    expect(await outcomeOf(answered(503, { headers }))).toMatchObject({ retryAfterSeconds: 60 })
  })

  test.each([200, 301, 500, 502])("counts for nothing on %d", async (status) => {
    expect(await outcomeOf(answered(status, { headers: { "retry-after": "5" } }))).toMatchObject({
      retryAfterSeconds: null,
    })
  })
})

describe("what is kept of the answer", () => {
  const keptOf = async (body: string | Uint8Array, given: Partial<Sending> = {}) => {
    const { responseBody, responseBodyTruncated } = await outcomeOf(answered(500, { body }), given)
    return { text: responseBody, truncated: responseBodyTruncated }
  }

  test("all of it up to the limit, then the beginning, never half a character", async () => {
    expect(await keptOf("a".repeat(1024))).toEqual({ text: "a".repeat(1024), truncated: false })
    expect(await keptOf("a".repeat(1025))).toEqual({ text: "a".repeat(1024), truncated: true })
    for (let shift = 0; shift < 5; shift++) {
      const { text, truncated } = await keptOf("x".repeat(shift) + "👋".repeat(300))
      expect(text).toBe("x".repeat(shift) + "👋".repeat(Math.floor((RESPONSE_BODY_KEPT - shift) / 4)))
      expect(truncated).toBe(true)
    }
  })

  test("bytes that are no text become replacement characters", async () => {
    expect(await keptOf(Uint8Array.of(0x61, 0xff, 0xfe, 0x62))).toEqual({ text: "a\uFFFD\uFFFDb", truncated: false })
    const { text } = await keptOf(Uint8Array.from({ length: 5_000 }, () => 0xff))
    expect(Buffer.byteLength(text!)).toBeLessThanOrEqual(1024)
  })

  test("control characters do nothing to a terminal", async () => {
    expect(await keptOf("a\u001b[31m\0\b\u007f\u009b\u202e\tb\r\nc")).toEqual({
      text: "a\u241b[31m\u2400\u2408\u2421\uFFFD\uFFFD\tb\r\nc",
      truncated: false,
    })
  })

  test("redacted before it is cut", async () => {
    const token = "sk_live_abcdefghijklmnop"
    const { text } = await keptOf("x".repeat(1010) + token, { headers: { authorization: `Bearer ${token}` } })
    expect(text).toBe("x".repeat(1010) + "[redacted]")
  })
})

describe("over the wire", () => {
  let receiver: Receiver
  const { post, close } = createPost()
  beforeAll(async () => void (receiver = await startReceiver()))
  afterAll(async () => {
    close()
    await receiver.close()
  })

  const deliver = (given: Partial<Sending> = {}) =>
    send(
      { ...sending, url: receiver.url, allowPrivate: true, ...given },
      { post, clock: { now: () => Date.now() }, version: "1" },
    )

  test("what arrives verifies with the standardwebhooks library", async () => {
    expect(await deliver({ secrets: [parseSecret(secret), parseSecret(oldSecret)] })).toMatchObject({
      outcome: "succeeded",
    })
    const [request] = await receiver.waitFor(1)
    for (const each of [secret, oldSecret]) {
      expect(new Webhook(each).verify(request!.body, request!.headers as Record<string, string>)).toEqual(
        JSON.parse(sending.body),
      )
      expect(isSigned(request!, each)).toBe(true)
    }
    expect(isSigned({ ...request!, body: `${request!.body} ` }, secret)).toBe(false)
    expect(request!.id).toBe("evt_1")
  })

  test("an echoing receiver gives nothing away", async () => {
    const headers = { "x-token": 't/o+k=e&n"1234567', authorization: "Bearer sk_live_abcdefghijklmnop" }
    const echoes: ((request: { headers: unknown; body: string }) => string)[] = [
      (request) => JSON.stringify(request),
      (request) => JSON.stringify(JSON.stringify(request)),
      (request) => Buffer.from(JSON.stringify(request)).toString("base64"),
      (request) => encodeURIComponent(JSON.stringify(request)),
      (request) => JSON.stringify(request).slice(0, 300),
    ]
    for (const echo of echoes) {
      receiver.answer((request) => ({ status: 500, body: echo({ headers: request.headers, body: "" }) }))
      const outcome = await deliver({ headers })
      const request = receiver.requests.at(-1)!
      const stored = JSON.stringify(outcome)
      expect(request.headers["x-token"]).toBe(headers["x-token"])
      expect(stored).toContain("[redacted]")
      const texts = [
        stored,
        decodeURIComponent(stored.replaceAll(/%(?![0-9A-F]{2})/g, "")),
        ...(stored.match(/[A-Za-z0-9+/]{16,}/g) ?? []).map((run) => Buffer.from(run, "base64").toString("latin1")),
      ]
      for (const text of texts)
        for (const value of [
          "t/o+k",
          "4567",
          "sk_live",
          "ijklmnop",
          String(request.headers["webhook-signature"]).slice(3, 20),
        ])
          expect(text).not.toContain(value)
    }
  })
})
