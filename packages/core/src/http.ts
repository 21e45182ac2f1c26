import type { ErrorKind } from "./delivery.ts"

/**
 * The two kinds of request that leave Posthorn, as plain functions. Both are handed in: sockets, timers and the address guard's
 * lookups live in packages/http. Neither follows redirects; each has one deadline over everything: look-up, connect, headers, body.
 */

export interface HttpRequest {
  method: "GET" | "POST"
  url: string
  headers: Record<string, string>
  body: string | null
  deadlineMs: number
  /** A longer answer is cut, and says so. */
  answerBytesMax: number
}

export interface HttpAnswer {
  status: number
  /** Names in lower case; repeated ones joined by ", ". */
  headers: Record<string, string>
  body: Uint8Array
  cut: boolean
}

/** Why there was no answer, or none in time. `interrupted` is never said here, nor are those about an answer's status. */
export type NoAnswerKind = Exclude<ErrorKind, "http_status" | "redirect" | "interrupted">

/** An expected failure is data. `message` is for a person and names no address that a name resolved to. */
export type HttpResult = { ok: true; answer: HttpAnswer } | { ok: false; kind: NoAnswerKind; message: string }

/** Never throws. To upstream: no guard, since its address is a setting of the operator. */
export type Request = (request: HttpRequest) => Promise<HttpResult>

/** Never throws. To subscribers: refuses addresses that must not be dialled, checked on the address actually connected to. */
export type Post = (request: HttpRequest & { method: "POST"; allowPrivate: boolean }) => Promise<HttpResult>
