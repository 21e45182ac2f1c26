import { Webhook } from "standardwebhooks"
import { describe, expect, it } from "vitest"

import { built, whyNoN8n } from "./package.ts"

const reason = whyNoN8n()

interface Received {
  headers: Record<string, string | string[] | undefined>
  rawBody: Buffer
  secret: string
  now: number
}

describe.skipIf(reason !== null)(`the node's signature check${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  const { faultOf } = (reason === null ? built("verify") : {}) as { faultOf: (received: Received) => string | null }
  const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
  const now = 1_794_700_800
  const body = '{ "type":"message.received",  "text":"Grüße 👋 \\u00e9"}'
  const signed = (signedAt = now, by = secret): Record<string, string> => ({
    "webhook-id": "evt_1",
    "webhook-timestamp": String(signedAt),
    "webhook-signature": new Webhook(by).sign("evt_1", new Date(signedAt * 1000), body),
  })
  const judge = (headers: Record<string, string | string[] | undefined>, text = body) =>
    faultOf({ headers, rawBody: Buffer.from(text), secret, now })

  it("takes what the Standard Webhooks library signed, byte for byte", () => {
    expect(judge(signed())).toBeNull()
    expect(judge(signed(), body.replace("  ", " "))).toMatch(/No signature/)
  })

  it("takes any of several signatures, of whatever version the others are", () => {
    const other = signed(now, `whsec_${Buffer.alloc(32, 8).toString("base64")}`)["webhook-signature"]
    const right = signed()["webhook-signature"]
    expect(judge({ ...signed(), "webhook-signature": `v1a,AAAA ${String(other)} ${String(right)}` })).toBeNull()
    expect(judge({ ...signed(), "webhook-signature": `v1a,AAAA ${String(other)}` })).toMatch(/No signature/)
    expect(judge({ ...signed(), "webhook-signature": `${"v1,AAAA ".repeat(40)}${String(right)}` })).toMatch(/No sig/)
  })

  it.each(["v1,", "v1", "", "v1,AAAA", "v2,same", ",", "v1,%%%"])("refuses the signature %j", (signature) => {
    expect(judge({ ...signed(), "webhook-signature": signature })).not.toBeNull()
  })

  it("covers id and timestamp too", () => {
    expect(judge({ ...signed(), "webhook-id": "evt_2" })).toMatch(/No signature/)
    expect(judge({ ...signed(), "webhook-timestamp": String(now - 1) })).toMatch(/No signature/)
  })

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("refuses a request without %s", (name) => {
    expect(judge({ ...signed(), [name]: undefined })).toMatch(/Not signed/)
    expect(judge({ ...signed(), [name]: ["a", "b"] })).toMatch(/Not signed/)
  })

  it.each(["", "soon", "-5", "1e9", "0x10", "1794700800.5", "9".repeat(30)])(
    "refuses the timestamp %j",
    (timestamp) => {
      expect(judge({ ...signed(), "webhook-timestamp": timestamp })).not.toBeNull()
    },
  )

  it("takes what is up to 300 s old or ahead, and says how far off the rest is", () => {
    expect(judge(signed(now - 300))).toBeNull()
    expect(judge(signed(now + 300))).toBeNull()
    expect(judge(signed(now - 301))).toMatch(/301 s ago/)
    expect(judge(signed(now + 301))).toMatch(/301 s ahead/)
  })

  it("says nothing of the secret or the right signature", () => {
    const right = String(signed()["webhook-signature"]).slice("v1,".length)
    for (const fault of [judge(signed(), "x"), judge(signed(now - 1000)), judge({})])
      for (const hidden of [secret, secret.slice("whsec_".length), right]) expect(fault).not.toContain(hidden)
  })
})
