import * as z from "zod"

import type { NoAnswerKind } from "../http.ts"
import { DAY_MS, SECOND_MS, type Instant } from "../time.ts"
import { instantOf } from "./normalize.ts"
import { UpstreamError, type UpstreamErrorKind } from "./thread.ts"

/** How upstream's failures become errors (upstream docs, section 5). */

const MESSAGE_CHARS_MAX = 300
/** No advice is followed for longer: a wrong unit in a header must not silence an account for a year. */
const RETRY_MS_MAX = DAY_MS
/** Below it a reset "timestamp" is a number of seconds from now: as a time it would lie before 2001. */
const TIMESTAMP_FROM = 1_000_000_000

export interface FailedAnswer {
  status: number
  headers: Record<string, string>
  /** The parsed body; null when it was not JSON. */
  body: unknown
  now: Instant
  /** Blanked out should upstream repeat it. */
  secret: string
}

/** The error that an answer with a status other than 200, or with `success: false`, stands for. */
export function failureOf({ status, headers, body, now, secret }: FailedAnswer): UpstreamError {
  const holdUntil = instantOf(fieldOf(body, "holdUntil"))
  const kind = kindOf(status, holdUntil)
  const message = readable(messageIn(body) ?? `ConnectSafely answered HTTP ${status} without saying why.`, secret)
  const retryAt = kind === "rate_limited" ? retryAtOf(headers, holdUntil, now) : null
  return new UpstreamError(kind, message, { status, retryAt })
}

/** The error for no answer at all. */
export const noAnswer = (kind: NoAnswerKind, message: string, secret: string): UpstreamError =>
  new UpstreamError(kind === "timeout" ? "timeout" : "unreachable", readable(message, secret))

function kindOf(status: number, holdUntil: Instant | null): UpstreamErrorKind {
  if (status === 429) return "rate_limited"
  if (status === 401) return "unauthorized"
  if (status === 402 || status === 403) return "forbidden"
  if (status === 404 || status === 410) return "not_found"
  if (status === 408) return "timeout"
  if (status >= 500) return "server_error"
  if (status >= 400) return "bad_request"
  if (status >= 300) return "redirect"
  return holdUntil === null ? "refused" : "rate_limited"
}

/** The first of the fields that upstream's five error shapes keep their words in; else the issues of a ZodError. */
function messageIn(body: unknown): string | null {
  const error = fieldOf(body, "error")
  const places = [
    fieldOf(body, "message"),
    error,
    fieldOf(error, "message"),
    fieldOf(fieldOf(body, "errorDetails"), "message"),
    fieldOf(body, "detail"),
  ]
  const said = places.find((place) => typeof place === "string" && place.trim() !== "")
  return typeof said === "string" ? said : issuesIn(error)
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined

const Issues = z.array(z.object({ path: z.array(z.union([z.string(), z.number()])).catch([]), message: z.string() }))

/** `profileId: Required; count: Expected number` */
function issuesIn(error: unknown): string | null {
  const { data: issues = [] } = Issues.safeParse(fieldOf(error, "issues"))
  const lines = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
  return lines.length === 0 ? null : lines.join("; ")
}

/** One line, of bounded length, without the key. */
export function readable(text: string, secret: string): string {
  const blanked = secret === "" ? text : text.replaceAll(secret, "[key]")
  const line = blanked.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim()
  return line.length > MESSAGE_CHARS_MAX ? `${line.slice(0, MESSAGE_CHARS_MAX)}…` : line
}

/**
 * When to come back: `Retry-After` (seconds or a date), else `holdUntil`, else `X-RateLimit-Reset` (seconds, milliseconds or ISO, depending
 * on which page of upstream's docs one believes). The last comes with every answer, so it may be about another limit than the one that was
 * met. Instants are upstream's, so they are measured against its own `Date`. Null when nothing in the future is named: the caller then
 * backs off by itself.
 */
function retryAtOf(headers: Record<string, string>, holdUntil: Instant | null, now: Instant): Instant | null {
  const upstreamNow = instantOf(headers.date) ?? now
  const waits = [
    waitOf(headers["retry-after"], upstreamNow),
    holdUntil === null ? null : holdUntil - upstreamNow,
    waitOf(headers["x-ratelimit-reset"], upstreamNow),
  ]
  const wait = waits.find((ms) => ms !== null && ms > 0)
  return wait === null || wait === undefined ? null : now + Math.min(wait, RETRY_MS_MAX)
}

function waitOf(value: string | undefined, upstreamNow: Instant): number | null {
  const text = value?.trim() ?? ""
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) < TIMESTAMP_FROM) return Math.ceil(Number(text) * SECOND_MS)
  const instant = instantOf(text)
  return instant === null ? null : instant - upstreamNow
}
