import fc from "fast-check"
import { Webhook } from "standardwebhooks"
import { describe, expect, it } from "vitest"

import { VerificationError } from "./error.ts"
import { verify } from "./verify.ts"

/** Far from now in both directions and on both sides of each edge. The library knows no clock but the machine's. */
const offset = fc.oneof(
  fc.integer({ min: -290, max: 290 }),
  fc.constantFrom(0, -310, 310, -100_000, 100_000),
  fc.integer({ min: -2_000, max: 2_000 }).filter((seconds) => Math.abs(Math.abs(seconds) - 300) > 5),
)
const secret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`)
const id = fc.stringMatching(/^evt_[A-Za-z0-9_-]{1,30}$/)
const event = fc.record({
  id,
  type: fc.constantFrom("ping", "message.received", "custom.x"),
  timestamp: fc.constant("2026-11-14T23:47:21.200Z"),
  data: fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ stringUnit: "grapheme" })),
})

const verdicts = async (
  secretText: string,
  incoming: { headers: Record<string, string>; body: string },
): Promise<{ ours: unknown; theirs: unknown }> => {
  let theirs: unknown = "refused"
  try {
    theirs = new Webhook(secretText).verify(incoming.body, incoming.headers)
  } catch {
    // A refusal, whichever.
  }
  const ours = await verify(incoming, secretText).catch((error: unknown) => {
    if (error instanceof VerificationError) return "refused"
    throw error
  })
  return { ours, theirs }
}

const runs = { numRuns: 400 }

describe("verify and the standardwebhooks library agree", () => {
  it("on what the library signed, at any age, among other signatures", async () => {
    let accepted = 0
    const others = fc.array(
      fc.oneof(
        fc.constantFrom("v1a,abcd", "v2,abcd", "v1", "v1,", ""),
        secret.map((text) => `v1,${text.slice(6)}`),
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        secret,
        id,
        event,
        offset,
        others,
        fc.nat(),
        async (text, eventId, value, seconds, around, at) => {
          const body = JSON.stringify(value)
          const signedAt = new Date(Date.now() + seconds * 1000)
          const entries = [...around]
          entries.splice(at % (around.length + 1), 0, new Webhook(text).sign(eventId, signedAt, body))
          const headers = {
            "webhook-id": eventId,
            "webhook-timestamp": String(Math.floor(signedAt.getTime() / 1000)),
            "webhook-signature": entries.join(" "),
          }
          const { ours, theirs } = await verdicts(text, { headers, body })
          expect(ours).toEqual(theirs)
          if (ours !== "refused") accepted++
        },
      ),
      runs,
    )
    expect(accepted).toBeGreaterThan(runs.numRuns / 4)
    expect(accepted).toBeLessThan(runs.numRuns)
  })

  it("on one with anything about it changed", async () => {
    type Part = "id" | "timestamp" | "signature" | "body" | "secret" | "none"
    const part = fc.constantFrom<Part>("id", "timestamp", "signature", "body", "secret", "none")
    const seen = new Map<Part, number>()
    await fc.assert(
      fc.asyncProperty(secret, secret, id, event, part, fc.nat(), async (text, other, eventId, value, changed, at) => {
        const body = JSON.stringify(value)
        const signedAt = new Date()
        const seconds = Math.floor(signedAt.getTime() / 1000)
        const signature = new Webhook(text).sign(eventId, signedAt, body)
        const headers = {
          "webhook-id": changed === "id" ? flipped(eventId, at) : eventId,
          "webhook-timestamp": String(changed === "timestamp" ? seconds - 1 - (at % 200) : seconds),
          "webhook-signature": changed === "signature" ? `v1,${flipped(signature.slice(3), at)}` : signature,
        }
        const incoming = { headers, body: changed === "body" ? flipped(body, at) : body }
        const { ours, theirs } = await verdicts(changed === "secret" ? other : text, incoming)
        expect(ours).toEqual(theirs)
        expect(ours === "refused").toBe(changed !== "none")
        seen.set(changed, (seen.get(changed) ?? 0) + 1)
      }),
      runs,
    )
    expect(seen.size).toBe(6)
  })
})

/** One character is another. */
const flipped = (text: string, at: number): string => {
  const index = at % text.length
  return text.slice(0, index) + (text[index] === "x" ? "y" : "x") + text.slice(index + 1)
}
