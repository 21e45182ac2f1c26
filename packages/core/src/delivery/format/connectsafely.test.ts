import { createHmac, timingSafeEqual } from "node:crypto"
import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { newSecret, parseSecret } from "../sign.ts"
import { render } from "./format.ts"
import { receivedWith, testEvents } from "./test-events.ts"

const secret = newSecret((size) => new Uint8Array(size).fill(7))
const older = newSecret((size) => new Uint8Array(size).fill(8))
const at = Date.parse("2026-11-14T23:47:21.900Z")
const context = { secrets: [parseSecret(secret), parseSecret(older)], at }

/** What ConnectSafely's security page tells a receiver to do: HMAC-SHA256 over the raw body, the secret as it was shown. */
const isFromConnectsafely = (rawBody: Buffer, header: string, shown: string): boolean => {
  const expected = Buffer.from("sha256=" + createHmac("sha256", shown).update(rawBody).digest("hex"))
  const sent = Buffer.from(header)
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

const fixture = (name: string) =>
  readFileSync(new URL(`../../../../../test/fixtures/upstream/${name}`, import.meta.url), "utf8")

describe("the native body", () => {
  test("is the constructed native webhook's, byte by byte", () => {
    const alice = { ...receivedWith({}).data.message.sender!, profileUrl: null, pictureUrl: null }
    expect(render("connectsafely", receivedWith({ sender: alice }), context).body).toBe(
      JSON.stringify(JSON.parse(fixture("constructed.native-webhook.message-received.json"))),
    )
  })

  test("has the fields of the vendor's example, in its order, and no other", () => {
    const shape = (value: unknown): unknown =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.entries(value).map(([name, inner]) => [name, shape(inner)])
        : Array.isArray(value)
    const ours = JSON.parse(render("connectsafely", receivedWith({}), context).body) as unknown
    expect(shape(ours)).toEqual(shape(JSON.parse(fixture("native-webhook.message-received.json"))))
  })

  test("keeps whole URNs, survives an unknown sender, and passes on https alone", () => {
    const received = receivedWith({
      id: "urn:li:salesNav_message:7",
      sender: null,
      attachments: [
        { type: "file", url: "javascript:alert(1)", name: "a" },
        { type: "image", url: "https://media.licdn.com/1", name: null },
      ],
    })
    const { data } = JSON.parse(render("connectsafely", received, context).body) as { data: Record<string, unknown> }
    expect(data).toMatchObject({
      id: "urn:li:salesNav_message:7",
      message_urn: "urn:li:salesNav_message:7",
      sender: { id: null, name: null },
      attachments: [
        { type: "file", url: null, name: "a" },
        { type: "image", url: "https://media.licdn.com/1", name: null },
      ],
    })
  })

  test("no other type is ever called message.received", () => {
    for (const [name, event] of Object.entries(testEvents))
      expect(JSON.parse(render("connectsafely", event, context).body)).toMatchObject({
        event: name.split(",")[0],
        object: "event",
      })
  })
})

describe("the native signature", () => {
  test("code written for ConnectSafely accepts it, given our secret's text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { body, headers } = render("connectsafely", receivedWith({ text }), context)
        return isFromConnectsafely(Buffer.from(body), headers["x-webhook-signature"]!, secret)
      }),
    )
  })

  test("it refuses another secret, the one before a rotation, and a body that was touched", () => {
    const { body, headers } = render("connectsafely", receivedWith({}), context)
    const signature = headers["x-webhook-signature"]!
    expect(isFromConnectsafely(Buffer.from(body), signature, secret)).toBe(true)
    expect(isFromConnectsafely(Buffer.from(body), signature, older)).toBe(false)
    expect(isFromConnectsafely(Buffer.from(body.replace("First", "Worst")), signature, secret)).toBe(false)
  })

  test("the timestamp is the attempt's, in seconds", () => {
    expect(render("connectsafely", receivedWith({}), context).headers["x-webhook-timestamp"]).toBe("1794700041")
  })

  test("what must not show in a stored answer is named", () => {
    const { headers, signatures } = render("connectsafely", receivedWith({}), context)
    expect(signatures).toEqual([headers["x-webhook-signature"]!.slice("sha256=".length)])
  })
})
