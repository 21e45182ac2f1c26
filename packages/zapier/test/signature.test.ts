import { createHmac, randomBytes } from "node:crypto"

import { expect, it } from "vitest"

import { whyNotSigned } from "../src/signature.ts"

const bytes = randomBytes(32)
const secret = `whsec_${bytes.toString("base64")}`
const content = '{"id":"evt_1","text":"grüß dich"}'
const sign = (timestamp: number, body: string, key = bytes): string =>
  `v1,${createHmac("sha256", key).update(`evt_1.${timestamp}.${body}`).digest("base64")}`
const now = Math.floor(Date.now() / 1000)
const headers = (signature: string, timestamp = now) => ({
  "Http-Webhook-Id": "evt_1",
  "Http-Webhook-Timestamp": String(timestamp),
  "Http-Webhook-Signature": signature,
})

it("one right signature among several is enough, as after a rotation", () => {
  const others = sign(now, content, randomBytes(32))
  expect(whyNotSigned({ headers: headers(`${others} ${sign(now, content)}`), content }, secret)).toBeNull()
  expect(whyNotSigned({ headers: headers(others), content }, secret)).toMatch(/does not fit/)
})

it("headers count however they are written", () => {
  for (const write of [
    (name: string) => name,
    (name: string) => name.toUpperCase(),
    (name: string) => name.replace("Http-", "").toLowerCase(),
  ]) {
    const written = Object.fromEntries(
      Object.entries(headers(sign(now, content))).map(([name, value]) => [write(name), value]),
    )
    expect(whyNotSigned({ headers: written, content }, secret)).toBeNull()
  }
})

it("a hook that Zapier held for a week still counts", () => {
  const then = now - 7 * 86_400
  expect(whyNotSigned({ headers: headers(sign(then, content), then), content }, secret)).toBeNull()
})

it.each([
  ["another body", { headers: headers(sign(now, content)), content: content.replace("grüß", "griass") }],
  ["the same JSON in other bytes", { headers: headers(sign(now, content)), content: `${content}\n` }],
  ["another time", { headers: headers(sign(now, content), now - 1), content }],
  ["no signature", { headers: { "Http-Webhook-Id": "evt_1", "Http-Webhook-Timestamp": String(now) }, content }],
  ["no headers", { content }],
  ["nothing at all", {}],
  ["an empty signature", { headers: headers(""), content }],
  ["a version without a signature", { headers: headers("v1,"), content }],
  ["a time that is none", { headers: { ...headers(sign(now, content)), "Http-Webhook-Timestamp": "soon" }, content }],
])("is refused: %s", (_, request) => {
  expect(whyNotSigned(request, secret)).not.toBeNull()
})
