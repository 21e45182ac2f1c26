import { createHmac, timingSafeEqual } from "node:crypto"

/** Standard Webhooks 1.0, "Verifying webhook authenticity": how old or how far ahead a request's timestamp may be. */
export const TOLERANCE_SECONDS = 300
/** While a rotated secret still counts Posthorn sends two. */
const SIGNATURES_MAX = 20
const SECRET_PREFIX = "whsec_"
/** The fault that another secret makes too. */
export const NOT_SIGNED_WITH_IT =
  "No signature in webhook-signature is right: another secret, or the body was changed on its way."

export interface Received {
  /** Names in lower case, as Node gives them. */
  headers: Record<string, string | string[] | undefined>
  /** The body's bytes as they came: JSON that was parsed and written again has another signature. */
  rawBody: Buffer
  /** As Posthorn shows it, `whsec_…`. */
  secret: string
  /** Unix seconds. */
  now: number
}

/** Why a request is not from Posthorn, or too old to act on; null where it is genuine. Says nothing of the secret. */
export const faultOf = ({ headers, rawBody, secret, now }: Received): string | null => {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => {
    const value = headers[name]
    return typeof value === "string" && value !== "" ? value : null
  })
  if (!id || !timestamp || !signatures)
    return "Not signed: a webhook has the headers webhook-id, webhook-timestamp and webhook-signature."
  if (!/^\d{1,12}$/.test(timestamp)) return "The header webhook-timestamp is not in whole seconds."

  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64")
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(rawBody).digest()
  const isSigned = signatures
    .split(" ", SIGNATURES_MAX)
    .filter((signature) => signature.startsWith("v1,"))
    .map((signature) => Buffer.from(signature.slice("v1,".length), "base64"))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected))
  if (!isSigned) return NOT_SIGNED_WITH_IT

  const aheadSeconds = Number(timestamp) - now
  if (Math.abs(aheadSeconds) > TOLERANCE_SECONDS)
    return `Signed ${Math.abs(aheadSeconds)} s ${aheadSeconds < 0 ? "ago" : "ahead"}, more than ${TOLERANCE_SECONDS} s: a replay, or a clock is wrong.`
  return null
}
