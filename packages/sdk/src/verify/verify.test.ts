import type { IncomingHttpHeaders } from "node:http"

import { describe, expect, it } from "vitest"

import { BODY_BYTES_MAX } from "./body.ts"
import { VerificationError } from "./error.ts"
import type { HeadersLike } from "./headers.ts"
import type { Secrets } from "./secret.ts"
import { OTHER_SECRET, pingEvent, SECRET, signed } from "./test-webhook.ts"
import { type Incoming, verify, type VerifyOptions } from "./verify.ts"

const refusal = (incoming: Incoming): Promise<VerificationError> => refusalWith(SECRET, incoming)
const refusalWith = async (
  secrets: Secrets,
  incoming: Incoming,
  options?: VerifyOptions,
): Promise<VerificationError> => {
  const error = await verify(incoming, secrets, options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof VerificationError)) throw new Error("was not refused", { cause: error })
  // Whatever went wrong: nothing of this may stand in a log or an answer.
  const { headers } = incoming as { headers?: Record<string, string> }
  const signatures = (headers?.["webhook-signature"] ?? "").split(/[ ,]/).filter((part) => part.length > 8)
  const secretTexts = [secrets].flat().filter((secret) => typeof secret === "string" && secret.length > 8)
  for (const confidential of [...signatures, ...secretTexts].map(String))
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(confidential.replace("whsec_", ""))
  return error
}
const request = (init: RequestInit): Request =>
  new Request("https://receiver.example/hook", { method: "POST", ...init })

describe("verify takes a webhook", () => {
  it.each<[string, (headers: ReturnType<typeof signed>["headers"]) => HeadersLike]>([
    ["Fetch's Headers", (headers) => new Headers(headers)],
    ["a Map", (headers) => new Map(Object.entries(headers))],
    ["pairs", (headers) => Object.entries(headers)],
    ["a record in another case", (headers) => ({ ...upper(headers), "content-type": "application/json" })],
    [
      "Node's IncomingHttpHeaders",
      (headers): IncomingHttpHeaders => ({ ...headers, host: "x", "set-cookie": ["a", "b"], via: undefined }),
    ],
    [
      "values in arrays",
      (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    ],
  ])("with %s as headers", async (_, toHeaders) => {
    const { headers, body } = signed()
    expect(await verify({ headers: toHeaders(headers), body }, SECRET)).toEqual(pingEvent)
  })

  it.each<[string, (body: string) => string | Uint8Array | ArrayBuffer]>([
    ["text", (body) => body],
    ["a Buffer", (body) => Buffer.from(body)],
    ["a Uint8Array within a larger buffer", (body) => new TextEncoder().encode(`xx${body}`).subarray(2)],
    ["an ArrayBuffer", (body) => new Uint8Array(Buffer.from(body)).buffer],
  ])("with %s as body", async (_, toBody) => {
    const { headers, body } = signed()
    expect(await verify({ headers, body: toBody(body) }, SECRET)).toEqual(pingEvent)
  })

  it("as a Request, also when it comes in pieces", async () => {
    const { headers, body } = signed()
    expect(await verify(request({ headers, body }), SECRET)).toEqual(pingEvent)
    const bytes = new TextEncoder().encode(body)
    const pieces = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7))
        controller.close()
      },
    })
    const streamed = new Request("https://receiver.example", {
      method: "POST",
      headers,
      body: pieces,
      duplex: "half",
    })
    expect(await verify(streamed, SECRET)).toEqual(pingEvent)
  })

  it("while a secret is rotated, on either side", async () => {
    const [old, fresh] = [signed({ secret: OTHER_SECRET }), signed()]
    const both = [fresh, old].map(({ headers }) => headers["webhook-signature"]).join(" ")
    const doubly = { ...fresh, headers: { ...fresh.headers, "webhook-signature": `v1a,abc ${both}` } }
    for (const secret of [SECRET, OTHER_SECRET]) expect(await verify(doubly, secret)).toEqual(pingEvent)
    expect(await verify(old, [undefined, "", SECRET, OTHER_SECRET])).toEqual(pingEvent)
  })

  it("of a type that this version does not know", async () => {
    const body = JSON.stringify({ ...pingEvent, type: "message.archived", data: { at: 1 }, more: true })
    expect(await verify(signed({ body }), SECRET)).toMatchObject({ type: "message.archived", data: { at: 1 } })
  })

  it("up to the tolerance old or ahead, and not a second more", async () => {
    const at = 1_800_000_000_000
    const incoming = signed({ at })
    const now = (seconds: number): VerifyOptions => ({ now: () => at + seconds * 1000 })
    for (const seconds of [-300, 0, 300]) expect(await verify(incoming, SECRET, now(seconds))).toEqual(pingEvent)
    expect(await refusalWith(SECRET, incoming, now(301))).toMatchObject({ code: "clock_off", offsetSeconds: -301 })
    expect(await refusalWith(SECRET, incoming, now(-301))).toMatchObject({ code: "clock_off", offsetSeconds: 301 })
    const strict = { ...now(11), toleranceSeconds: 10 }
    expect((await refusalWith(SECRET, incoming, strict)).message).toMatch(/^Signed 11 s ago, more than 10 s/)
    const slow = { ...now(-11), toleranceSeconds: 10 }
    expect((await refusalWith(SECRET, incoming, slow)).message).toMatch(/^Signed 11 s in the future, more than 10 s/)
    await expect(verify(incoming, SECRET, { toleranceSeconds: NaN })).rejects.toThrow(RangeError)
  })
})

const upper = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))

describe("verify says why not", () => {
  it("which headers are missing", async () => {
    const { headers, body } = signed()
    for (const name of Object.keys(headers)) {
      const rest = Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name))
      const error = await refusal({ headers: rest, body })
      expect(error).toMatchObject({ code: "missing_header", header: name })
      expect(error.message).toContain(name)
    }
    expect((await refusal({ headers: { "content-type": "x" }, body })).message).toMatch(/not a webhook/)
    expect((await refusal({ body } as unknown as Incoming)).code).toBe("missing_header")
    expect((await refusal({ headers: { ...headers, "webhook-id": "" }, body })).header).toBe("webhook-id")
  })

  it.each([
    ["webhook-timestamp", "2026-11-14T23:46:40.000Z"],
    ["webhook-timestamp", "-5"],
    ["webhook-timestamp", "1e9"],
    ["webhook-timestamp", "99999999999999999999"],
    ["webhook-signature", "sha256=abcdef0123456789"],
    ["webhook-signature", "v1,"],
    ["webhook-signature", "v1"],
    ["webhook-signature", "v1a,AAAAAAAAAAAA"],
  ])("that %s is not written like %j", async (header, value) => {
    const { headers, body } = signed()
    const error = await refusal({ headers: { ...headers, [header]: value }, body })
    expect(error).toMatchObject({ code: "malformed_header", header })
    expect(error.message).toMatch(header === "webhook-signature" ? /"v1," and the base64/ : /whole seconds/)
  })

  it.each<[string, Secrets, RegExp]>([
    ["is not set", undefined, /environment variable/],
    ["is empty", "", /environment variable/],
    ["is none of a list", [], /environment variable/],
    ["is none of a list of nothing", [undefined, ""], /environment variable/],
    ["is an API key", "phk_ab12cd34", /starts with "whsec_".*not a key of the API/],
    ["lacks its prefix", SECRET.replace("whsec_", ""), /starts with "whsec_"/],
    ["has a line break", `${SECRET}\n`, /line break/],
    ["is not base64", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa*w", /base64/],
    ["is base64url", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_", /base64/],
    ["was cut", SECRET.slice(0, -4), /24 to 64 bytes behind "whsec_", this one has 21/],
    ["was cut in a group", SECRET.slice(0, -1), /copied whole/],
    ["is no text", [42 as unknown as string], /text/],
    ["is wrong beside a good one", [SECRET, "whsec_x"], /base64/],
  ])("that the secret %s", async (_, secrets, message) => {
    const error = await refusalWith(secrets, signed())
    expect(error.code).toBe("malformed_secret")
    expect(error.message).toMatch(message)
  })

  it("that the secret is another's", async () => {
    expect(await refusal(signed({ secret: OTHER_SECRET }))).toMatchObject({ code: "wrong_secret" })
    const error = await refusalWith(
      [SECRET, OTHER_SECRET],
      signed({ secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }),
    )
    expect(error.message).toMatch(/^None of the 2 secrets fits/)
  })

  it.each<[string, (body: string) => unknown, RegExp]>([
    ["was parsed and indented", (body) => JSON.stringify(JSON.parse(body), null, 2), /parsed and written anew/],
    ["was written with escapes", (body) => escaped(body), /parsed and written anew/],
    ["was written with blanks", (body) => body.replaceAll('":', '": '), /parsed and written anew/],
    ["was parsed", (body) => JSON.parse(body) as unknown, /was parsed before.*raw body/],
    ["got a line break", (body) => `${body}\r\n`, /line break/],
    ["got a byte order mark", (body) => `\uFEFF${body}`, /byte order mark/],
    ["is base64", (body) => Buffer.from(body).toString("base64"), /isBase64Encoded/],
    ["is missing", () => undefined, /no body.*raw body/],
  ])("that the body %s", async (_, change, message) => {
    const { headers, body } = signed()
    const error = await refusal({ headers, body: change(body) as string })
    expect(error.code).toBe("body_changed")
    expect(error.message).toMatch(message)
  })

  it("no more than it knows of a body that holds something else", async () => {
    const { headers, body } = signed()
    for (const other of [body.replace("ping", "pong"), "", "{", new Uint8Array([0xff, 0xfe])])
      expect(await refusal({ headers, body: other })).toMatchObject({ code: "wrong_secret" })
  })

  it("that the body was read before", async () => {
    const read = request(signed())
    await read.text()
    expect(await refusal(read)).toMatchObject({ code: "body_unreadable" })
    const locked = request(signed())
    locked.body?.getReader()
    expect(await refusal(locked)).toMatchObject({ code: "body_unreadable" })
  })

  it("that the body is too large, without reading on", async () => {
    const { headers } = signed()
    const body = "x".repeat(BODY_BYTES_MAX + 1)
    expect(await refusal({ headers, body })).toMatchObject({ code: "body_too_large" })
    expect(await refusal({ headers, body: Buffer.from(body) })).toMatchObject({ code: "body_too_large" })
    expect(await refusal({ headers, body: "€".repeat(BODY_BYTES_MAX / 2) })).toMatchObject({ code: "body_too_large" })
    let pulled = 0
    let cancelled = false
    // Ends all the same, after 16 MiB: a reader without a bound should fail here, not take the machine's memory.
    const endless = new ReadableStream({
      pull: (controller) => (++pulled > 256 ? controller.close() : controller.enqueue(new Uint8Array(64 * 1024))),
      cancel: () => void (cancelled = true),
    })
    const incoming = { headers, body: endless, bodyUsed: false }
    expect(await refusal(incoming)).toMatchObject({ code: "body_too_large" })
    expect([cancelled, pulled < 20]).toEqual([true, true])
  })

  it("that rightly signed bytes are no event", async () => {
    expect(await refusal(signed({ body: "" }))).toMatchObject({ code: "not_json", message: "The body is empty." })
    expect(await refusal(signed({ body: "payload=1" }))).toMatchObject({ code: "not_json" })
    for (const value of [null, [], "x", { text: "for Slack" }, { ...pingEvent, data: [] }, { ...pingEvent, id: 7 }]) {
      const error = await refusal(signed({ body: JSON.stringify(value) }))
      expect(error.code).toBe("not_an_event")
      expect(error.message).toContain('format "standard"')
    }
  })
})

const escaped = (text: string): string =>
  text.replaceAll(/[^\0-\x7f]|[<>&/]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
