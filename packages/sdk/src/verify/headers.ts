import { VerificationError } from "./error.ts"

type HeaderValue = string | readonly string[] | null | undefined

/**
 * Headers as frameworks have them, names in any case: Fetch's `Headers`, Node's `IncomingHttpHeaders`, a plain record, a `Map`,
 * a list of pairs.
 */
export type HeadersLike = Iterable<readonly [string, HeaderValue]> | Readonly<Record<string, HeaderValue>>

export interface SignedHeaders {
  id: string
  /** Unix seconds of the attempt. */
  timestamp: number
  /** The `v1` ones, base64. */
  signatures: string[]
}

const NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const

/** The three headers of Standard Webhooks 1.0; throws with which is missing or how it should be written. */
export const signedHeaders = (headers: HeadersLike): SignedHeaders => {
  const found = new Map<string, string>()
  for (const [name, value] of pairsOf(headers)) {
    // As HTTP joins a header that came several times.
    const text = typeof value === "string" ? value : value?.join(", ")
    if (text) found.set(name.toLowerCase(), text)
  }
  const missing = NAMES.filter((name) => !found.has(name))
  const [first] = missing
  if (first !== undefined)
    throw new VerificationError(
      "missing_header",
      missing.length === NAMES.length
        ? `There is no ${NAMES.join(", ")}: this request is not a webhook, or its headers were not passed on.`
        : `There is no ${missing.join(", ")} header.`,
      { header: first },
    )
  const [id = "", timestamp = "", signature = ""] = NAMES.map((name) => found.get(name))
  return { id, timestamp: toTimestamp(timestamp), signatures: toSignatures(signature) }
}

// Without types nothing may come.
const pairsOf = (headers: HeadersLike | null | undefined): Iterable<readonly [string, HeaderValue]> => {
  const given = headers ?? {}
  return Symbol.iterator in given
    ? (given as Iterable<readonly [string, HeaderValue]>)
    : Object.entries<HeaderValue>(given)
}

const toTimestamp = (text: string): number => {
  const seconds = Number(text)
  if (!/^(0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(seconds))
    throw malformed("webhook-timestamp", "whole seconds since 1970, and nothing else")
  return seconds
}

/** `v1,` and base64, several separated by spaces. Other versions are skipped: there may be some one day. */
const toSignatures = (text: string): string[] => {
  const entries = text.split(" ").map((entry) => entry.split(","))
  const ours = entries.flatMap(([version, signature]) => (version === "v1" && signature ? [signature] : []))
  if (ours.length > 0) return ours
  const others = entries.flatMap(([version, signature]) =>
    version !== undefined && /^v\d[a-z]?$/.test(version) && signature ? [version] : [],
  )
  throw malformed(
    "webhook-signature",
    `"v1," and the base64 of an HMAC-SHA256, several separated by spaces${others.length > 0 ? "; here are only other versions" : ""}`,
  )
}

const malformed = (header: string, wanted: string): VerificationError =>
  new VerificationError("malformed_header", `${header} should be ${wanted}.`, { header })
