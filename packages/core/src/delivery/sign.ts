import { createHmac, createSecretKey } from "node:crypto"
import type { RandomBytes } from "../ports.ts"

/** Standard Webhooks 1.0, "Signature scheme": a symmetric secret is 24 to 64 random bytes, shown as `whsec_` + base64. */
export const SECRET_PREFIX = "whsec_"
export const SECRET_BYTES_MIN = 24
export const SECRET_BYTES_MAX = 64
const SECRET_BYTES_NEW = 32

export interface SignatureHeaders {
  "webhook-id": string
  "webhook-timestamp": string
  "webhook-signature": string
}

export interface ToSign {
  eventId: string
  /** Unix seconds of the attempt, not of the event: each retry is signed afresh. */
  timestamp: number
  /** Exactly what is sent. */
  body: string | Uint8Array
  /** Raw key bytes; the first signs first. Two while a rotated secret still counts. */
  secrets: readonly Uint8Array[]
}

/**
 * The three headers of Standard Webhooks 1.0: `v1,` + base64 of HMAC-SHA256 over `id.timestamp.body`, one signature per secret,
 * separated by spaces; a receiver accepts when any of them matches.
 */
export const signHeaders = ({ eventId, timestamp, body, secrets }: ToSign): SignatureHeaders => {
  // With a dot in it, id "a.1" at second 2 with body "x" would have the signature of id "a" at second 1 with body "2.x".
  if (eventId === "" || eventId.includes(".")) throw new Error("the id of a signed event is not empty and has no dot")
  if (!Number.isSafeInteger(timestamp)) throw new Error("the timestamp of a signature is whole seconds")
  if (secrets.length === 0) throw new Error("a webhook is signed with at least one secret")
  const head = `${eventId}.${String(timestamp)}.`
  return {
    "webhook-id": eventId,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": secrets.map((secret) => `v1,${hmac(secret, head, body)}`).join(" "),
  }
}

/** The key bytes of a secret as a caller writes it. Throws with what is wrong, never with the secret. */
export const parseSecret = (text: string): Uint8Array => {
  if (!text.startsWith(SECRET_PREFIX)) throw new Error(`A secret starts with "${SECRET_PREFIX}".`)
  const encoded = text.slice(SECRET_PREFIX.length)
  const bytes = Buffer.from(encoded, "base64")
  // Node skips what is not base64 and takes base64url too: only an exact round trip is what other libraries decode alike.
  if (bytes.toString("base64") !== encoded)
    throw new Error(`A secret is "${SECRET_PREFIX}" and standard base64 with its padding.`)
  if (bytes.length < SECRET_BYTES_MIN || bytes.length > SECRET_BYTES_MAX)
    throw new Error(
      `A secret has ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes behind "${SECRET_PREFIX}", this one has ${bytes.length}.`,
    )
  return new Uint8Array(bytes)
}

export const newSecret = (randomBytes: RandomBytes): string =>
  SECRET_PREFIX + Buffer.from(randomBytes(SECRET_BYTES_NEW)).toString("base64")

/**
 * By way of a KeyObject, since on Node 24 `createHmac` takes 11 us with raw bytes and 3.6 us with a KeyObject, even a new one
 * (1.5 kB body). Keeping the objects would save another 1 us and cost a cache of secrets: not worth it.
 */
const hmac = (secret: Uint8Array, head: string, body: string | Uint8Array): string =>
  createHmac("sha256", createSecretKey(secret)).update(head).update(body).digest("base64")
