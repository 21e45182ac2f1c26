import { createHmac, timingSafeEqual } from "node:crypto"

import type { EndpointRow } from "@posthorn/core/endpoint"
import { derivedId } from "@posthorn/core/id"
import type { EndpointStore } from "@posthorn/core/ports"
import { Hono } from "hono"

/** Where the demo receiver listens, on the API's own port. */
export const DEMO_PATH = "/demo"
/** Always the same, so that a demo endpoint that was deleted is not made again at the next start. */
export const DEMO_IDEMPOTENCY = { callerId: "posthorn", key: "demo" }
export const DEMO_ENDPOINT_ID = derivedId("endpoint", DEMO_IDEMPOTENCY.callerId, DEMO_IDEMPOTENCY.key)
const TEXT_SHOWN = 60
const TOLERANCE_SECONDS = 300
const BODY_BYTES_MAX = 300_000

export interface DemoDeps {
  store: Pick<EndpointStore, "listEndpoints">
  secretOf: (endpoint: EndpointRow) => string
  now: () => number
  /** One line for the person at the terminal. */
  say: (line: string) => void
}

/**
 * A receiver for those who have none yet: checks the signature as any receiver should (Standard Webhooks 1.0, "Verifying
 * signatures") and says what came. It knows the secrets only because it runs in the same process.
 */
export const demoReceiver = (deps: DemoDeps): Hono => {
  const app = new Hono()
  app.post(DEMO_PATH, async (c) => {
    const body = await c.req.text()
    if (body.length > BODY_BYTES_MAX) return c.text("too large", 413)
    const headers = {
      id: c.req.header("webhook-id") ?? "",
      timestamp: c.req.header("webhook-timestamp") ?? "",
      signatures: (c.req.header("webhook-signature") ?? "").split(" "),
    }
    const endpoints = (await deps.store.listEndpoints()).filter(({ url }) => URL.parse(url)?.pathname === DEMO_PATH)
    const isRecent = Math.abs(deps.now() / 1_000 - Number(headers.timestamp)) <= TOLERANCE_SECONDS
    const isSigned = endpoints.some((endpoint) => verifies(deps.secretOf(endpoint), headers, body))
    if (!isRecent || !isSigned) {
      deps.say("demo receiver: refused a request whose signature does not verify")
      return c.text("signature does not verify", 401)
    }
    deps.say(describe(body))
    return c.text("thank you")
  })
  return app
}

const verifies = (
  secret: string,
  { id, timestamp, signatures }: { id: string; timestamp: string; signatures: string[] },
  body: string,
): boolean => {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64")
  const expected = Buffer.from(`v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`)
  return signatures.some((signature) => {
    const given = Buffer.from(signature)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

/** Upstream's text goes to a terminal: no character of it may be an instruction. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ")

const describe = (body: string): string => {
  const { type, data } = JSON.parse(body) as {
    type: string
    data: {
      message?: { text: string; sender: { name: string | null } | null }
      conversation?: { participants: { name: string | null }[] }
    }
  }
  const who = data.message?.sender?.name ?? data.conversation?.participants[0]?.name ?? ""
  const text = data.message === undefined ? "" : JSON.stringify(plain(data.message.text).slice(0, TEXT_SHOWN))
  return `demo receiver: ${[type, plain(who), text].filter((part) => part !== "").join("  ")}  (signature verifies)`
}
