import { isUtf8 } from "node:buffer"
import type { Attempt } from "../delivery.ts"
import type { HttpAnswer, Post } from "../http.ts"
import type { Clock } from "../ports.ts"
import { SECOND_MS } from "../time.ts"
import type { FormatHeaders } from "./format/context.ts"
import { type Confidential, redact } from "./redact.ts"
import { retryAfterOf } from "./retry-after.ts"
import { signHeaders } from "./sign.ts"

/** Over everything: look-up, connect, TLS, request, answer. */
export const SEND_DEADLINE_MS = 15 * SECOND_MS
/** A longer answer is not read. */
export const ANSWER_BYTES_MAX = 64 * 1024
/** How much of an answer is kept with the attempt. */
export const RESPONSE_BODY_KEPT = 1024

export interface Sending {
  url: string
  eventId: string
  /** Exactly what is signed and sent. */
  body: string
  /** Raw key bytes; the first signs first. */
  secrets: readonly Uint8Array[]
  /** The endpoint's own, opened. */
  headers: Readonly<Record<string, string>>
  /** What the endpoint's format adds; none for `standard`. */
  format?: FormatHeaders
  allowPrivate: boolean
}

export interface SendDeps {
  post: Post
  clock: Pick<Clock, "now">
  /** Posthorn's, for `user-agent`. */
  version: string
}

/** What an attempt learns from the wire. */
export type SendOutcome = Pick<
  Attempt,
  | "outcome"
  | "errorKind"
  | "errorMessage"
  | "responseStatus"
  | "retryAfterSeconds"
  | "responseBody"
  | "responseBodyTruncated"
  | "durationMs"
>

/** One POST. Never throws: what fails is an outcome. */
export const send = async (sending: Sending, { post, clock, version }: SendDeps): Promise<SendOutcome> => {
  const startedAt = clock.now()
  const since = (): number => Math.max(0, clock.now() - startedAt)
  try {
    const signed = signHeaders({ ...sending, timestamp: Math.floor(startedAt / SECOND_MS) })
    const result = await post({
      method: "POST",
      url: sending.url,
      headers: {
        // From the least to the most binding: the endpoint's own win over the format's, ours over both.
        ...ownHeaders(sending.format?.headers ?? {}),
        ...ownHeaders(sending.headers),
        "content-type": "application/json",
        "user-agent": `Posthorn/${version}`,
        ...signed,
      },
      body: sending.body,
      deadlineMs: SEND_DEADLINE_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
      allowPrivate: sending.allowPrivate,
    })
    if (!result.ok) return { ...unanswered(result.kind, result.message), durationMs: since() }
    const signature = [signed["webhook-signature"], ...(sending.format?.signatures ?? [])].join(" ")
    const confidential = { signature, secrets: sending.secrets, headers: sending.headers }
    return { ...judge(result.answer, sending.url, confidential, clock.now()), durationMs: since() }
  } catch {
    // Ours, not the receiver's: no secret to sign with, or a post that broke its promise. The text could quote anything.
    return { ...unanswered("connect", "The request could not be made."), durationMs: since() }
  }
}

type Judged = Omit<SendOutcome, "durationMs">

const unanswered = (errorKind: NonNullable<Attempt["errorKind"]>, errorMessage: string): Judged => ({
  outcome: "failed",
  errorKind,
  errorMessage,
  responseStatus: null,
  retryAfterSeconds: null,
  responseBody: null,
  responseBodyTruncated: false,
})

const judge = (answer: HttpAnswer, url: string, confidential: Confidential, now: number): Judged => {
  const { status } = answer
  const body = {
    responseStatus: status,
    retryAfterSeconds: status === 429 || status === 503 ? retryAfterOf(answer.headers, now) : null,
    ...kept(answer, confidential),
  }
  if (status >= 200 && status <= 299) return { outcome: "succeeded", errorKind: null, errorMessage: null, ...body }
  if (status >= 300 && status <= 399)
    return {
      outcome: "failed",
      errorKind: "redirect",
      errorMessage: redact(redirectMessage(answer.headers["location"], url), confidential),
      ...body,
    }
  return {
    outcome: "failed",
    errorKind: "http_status",
    errorMessage: `The receiver answered ${status}.`,
    ...body,
  }
}

/** The host only: paths of hooks are secrets. */
const redirectMessage = (location: string | undefined, url: string): string => {
  const host = location === undefined ? "" : (URL.parse(location, url)?.host ?? "")
  return host === "" ? "We do not follow redirects." : `We do not follow redirects; the new location is on ${host}.`
}

/**
 * Ours win, whatever the case of theirs. Those that frame the message or name the host are not an endpoint's to set: `host`
 * would even choose the certificate.
 */
const ownHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]): [string, string] => [name.toLowerCase(), value])
      .filter(([name]) => !isReservedHeader(name)),
  )

const reserved = new Set([
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
])

/** Whether a custom header of this name is refused when it is given, and left out when it is sent. */
export const isReservedHeader = (name: string): boolean => {
  const lower = name.toLowerCase()
  return reserved.has(lower) || lower.startsWith("webhook-") || lower.startsWith("proxy-")
}

const utf8 = new TextDecoder()

const kept = (
  { body, cut }: HttpAnswer,
  confidential: Confidential,
): Pick<Attempt, "responseBody" | "responseBodyTruncated"> => {
  if (body.length === 0) return { responseBody: null, responseBodyTruncated: cut }
  const text = harmless(redact(utf8.decode(body), confidential))
  const bytes = Buffer.from(text)
  if (bytes.length <= RESPONSE_BODY_KEPT) return { responseBody: text, responseBodyTruncated: cut }
  let end = RESPONSE_BODY_KEPT
  while (!isUtf8(bytes.subarray(0, end))) end--
  return { responseBody: bytes.toString("utf8", 0, end), responseBodyTruncated: true }
}

/** Control characters as pictures (U+2400 …), marks that reorder text as replacement characters: a terminal obeys neither. */
const harmless = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, (sign) => String.fromCharCode(0x2400 + sign.charCodeAt(0)))
    .replace(/\x7f/g, "\u2421")
    .replace(/[\x80-\x9f\u202a-\u202e\u2066-\u2069]/g, "\uFFFD")
