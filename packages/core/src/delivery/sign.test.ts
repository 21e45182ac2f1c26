import { createHmac } from "node:crypto"
import fc from "fast-check"
import { Webhook } from "standardwebhooks"
import { describe, expect, test } from "vitest"
import { newSecret, parseSecret, signHeaders } from "./sign.ts"

/** The example that Standard Webhooks' own libraries test with. */
const golden = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  eventId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}

const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString("base64")}`

describe("signHeaders", () => {
  test("signs the golden vector of Standard Webhooks", () => {
    const headers = signHeaders({ ...golden, secrets: [parseSecret(golden.secret)] })
    expect(headers).toEqual({
      "webhook-id": golden.eventId,
      "webhook-timestamp": "1614265330",
      "webhook-signature": golden.signature,
    })
  })

  test("is accepted by the standardwebhooks library under every one of several secrets", () => {
    const timestamp = Math.floor(Date.now() / 1000)
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.array(fc.uint8Array({ minLength: 24, maxLength: 64 }), { minLength: 1, maxLength: 3 }),
        (text, secrets) => {
          const body = JSON.stringify({ text })
          const headers = signHeaders({ eventId: "evt_1", timestamp, body, secrets })
          for (const secret of secrets)
            expect(new Webhook(secretOf(secret)).verify(body, { ...headers })).toEqual({ text })
        },
      ),
      { numRuns: 60 },
    )
  })

  test("is refused under another secret, for another body, id or time", () => {
    const timestamp = Math.floor(Date.now() / 1000)
    const secrets = [new Uint8Array(24).fill(1)]
    const headers = { ...signHeaders({ eventId: "evt_1", timestamp, body: "{}", secrets }) }
    const judge = new Webhook(secretOf(secrets[0]!))
    expect(judge.verify("{}", headers)).toEqual({})
    expect(() => judge.verify("{ }", headers)).toThrow()
    expect(() => judge.verify("{}", { ...headers, "webhook-id": "evt_2" })).toThrow()
    expect(() => judge.verify("{}", { ...headers, "webhook-timestamp": String(timestamp - 1) })).toThrow()
    expect(() => new Webhook(secretOf(new Uint8Array(24).fill(2))).verify("{}", headers)).toThrow()
  })

  test("a string is signed as the bytes that a socket sends for it, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.uint8Array({ minLength: 24, maxLength: 64 }),
        (body, key) => {
          const of = (given: string | Uint8Array) =>
            signHeaders({ eventId: "evt_1", timestamp: 7, body: given, secrets: [key] })["webhook-signature"]
          const plain = createHmac("sha256", key)
            .update(Buffer.from(`evt_1.7.${body}`, "utf8"))
            .digest("base64")
          expect(of(body)).toBe(`v1,${plain}`)
          expect(of(new TextEncoder().encode(body))).toBe(`v1,${plain}`)
        },
      ),
    )
  })

  test("refuses what would make a signature ambiguous or missing", () => {
    const good = { eventId: "evt_1", timestamp: 7, body: "", secrets: [new Uint8Array(24)] }
    expect(() => signHeaders({ ...good, eventId: "evt.1" })).toThrow("no dot")
    expect(() => signHeaders({ ...good, eventId: "" })).toThrow()
    expect(() => signHeaders({ ...good, timestamp: 7.5 })).toThrow("whole seconds")
    expect(() => signHeaders({ ...good, secrets: [] })).toThrow("at least one secret")
  })
})

describe("parseSecret", () => {
  test("reads what newSecret makes: 32 bytes", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => index * 7)
    expect(parseSecret(newSecret(() => bytes))).toEqual(bytes)
    expect(newSecret((size) => new Uint8Array(size))).toBe(`whsec_${"A".repeat(43)}=`)
  })

  test.each([24, 64])("takes %d bytes", (size) => {
    expect(parseSecret(secretOf(new Uint8Array(size).fill(9)))).toHaveLength(size)
  })

  test.each([
    ["no prefix", Buffer.alloc(32, 1).toString("base64"), "starts with"],
    ["23 bytes", secretOf(new Uint8Array(23)), "24 to 64 bytes"],
    ["65 bytes", secretOf(new Uint8Array(65)), "24 to 64 bytes"],
    ["nothing", "whsec_", "24 to 64 bytes"],
    ["padding left out", secretOf(new Uint8Array(32).fill(9)).replace(/=+$/, ""), "standard base64"],
    ["base64url", secretOf(new Uint8Array(33).fill(255)).replaceAll("/", "_"), "standard base64"],
    ["a blank inside", secretOf(new Uint8Array(32).fill(9)).replace("CQ", "C Q"), "standard base64"],
    ["bits beyond the last byte", `whsec_${"A".repeat(42)}B=`, "standard base64"],
  ])("refuses %s, and does not repeat the secret", (_, text, why) => {
    let message = ""
    try {
      parseSecret(text)
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain(why)
    const secret = text.replace("whsec_", "")
    if (secret !== "") expect(message).not.toContain(secret)
  })
})
