import type { PosthornEvent } from "../generated/events.ts"
import type { Bytes } from "./bytes.ts"
import { bytesOf, type RawBody, readBody, type RequestBody } from "./body.ts"
import { originals } from "./changed-body.ts"
import { parseEvent } from "./envelope.ts"
import { VerificationError } from "./error.ts"
import { type HeadersLike, signedHeaders } from "./headers.ts"
import { parseSecrets, type Secrets } from "./secret.ts"
import { isSigned } from "./signature.ts"

/** Standard Webhooks 1.0 recommends it, and its libraries have it built in. */
export const TOLERANCE_SECONDS = 300
const SECOND_MS = 1000

/** A Fetch `Request` whose body nobody has read, or the headers and the raw body as they came. */
export type Incoming = (RequestBody & { readonly headers: HeadersLike }) | { headers: HeadersLike; body: RawBody }

export interface VerifyOptions {
  /** How far `webhook-timestamp` may be from now, either way, in seconds; 300 by default. */
  toleranceSeconds?: number
  /** Milliseconds since 1970; `Date.now` by default. */
  now?: () => number
}

/**
 * The event of a webhook, once its signature (Standard Webhooks 1.0) and age are right. Rejects with a `VerificationError` whose
 * `code` and `message` say why not. The first reason found is told: secret, headers, clock, body, signature, content.
 */
export const verify = async (
  incoming: Incoming,
  secrets: Secrets,
  options: VerifyOptions = {},
): Promise<PosthornEvent> =>
  verifyParts(
    incoming.headers,
    async () => ("bodyUsed" in incoming ? readBody(incoming) : bytesOf(incoming.body)),
    secrets,
    options,
  )

/** `verify` where the body is only read once the headers are worth it. */
export const verifyParts = async (
  headers: HeadersLike,
  readBytes: () => Promise<Bytes>,
  secrets: Secrets,
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now }: VerifyOptions,
): Promise<PosthornEvent> => {
  if (!(toleranceSeconds >= 0)) throw new RangeError("toleranceSeconds is a number of seconds, 0 or more.")
  const keys = parseSecrets(secrets)
  const signed = signedHeaders(headers)
  checkClock(signed.timestamp - Math.floor(now() / SECOND_MS), toleranceSeconds)
  const body = await readBytes()
  if (await isSigned(signed, body, keys)) return parseEvent(body)

  for (const original of originals(body))
    if (await isSigned(signed, original.body, keys)) throw new VerificationError("body_changed", original.message)
  throw new VerificationError(
    "wrong_secret",
    `${keys.length === 1 ? "The secret does not fit" : `None of the ${keys.length} secrets fits`}: it belongs to another endpoint or was rotated. (Or the body was changed on its way.)`,
  )
}

const checkClock = (offsetSeconds: number, toleranceSeconds: number): void => {
  if (Math.abs(offsetSeconds) <= toleranceSeconds) return
  const seconds = Math.abs(offsetSeconds)
  throw new VerificationError(
    "clock_off",
    offsetSeconds < 0
      ? `Signed ${seconds} s ago, more than ${toleranceSeconds} s: this machine's clock is fast, or the request is an old one. (Posthorn signs every attempt anew.)`
      : `Signed ${seconds} s in the future, more than ${toleranceSeconds} s: this machine's clock is slow.`,
    { offsetSeconds },
  )
}
