import type { FieldError, Problem } from "./types.ts"

/**
 * What went wrong: a code of the API's problems (`/problems/<code>` explains each), or
 * `network` (no answer came), `timeout` (it did not come in time), `unexpected_answer` (it was not one of Posthorn's).
 */
export type ErrorCode = Problem["code"] | "network" | "timeout" | "unexpected_answer"

interface ErrorFields {
  code: ErrorCode | (string & {})
  detail: string
  status?: number | null
  errors?: FieldError[]
  requestId?: string | null
  retryAfterMs?: number | null
  cause?: unknown
}

/** Every failure of a call. It never holds the key. */
export class PosthornError extends Error {
  override readonly name = "PosthornError"
  /** Ignore codes that you do not know: they are added over time. */
  readonly code: ErrorCode | (string & {})
  /** The HTTP status; null where no answer came. */
  readonly status: number | null
  /** What is wrong with this request, for a person. */
  readonly detail: string
  /** The fields to blame; empty where there is none. */
  readonly errors: FieldError[]
  /** What the deployment's log has more under; null where no answer came. */
  readonly requestId: string | null
  /** How long the answer asks to wait; null where it says nothing. */
  readonly retryAfterMs: number | null

  constructor({ code, detail, status = null, errors = [], requestId = null, retryAfterMs = null, cause }: ErrorFields) {
    const where = [code, status, requestId].filter((part) => part !== null).join(", ")
    super(`${detail} (${where})`, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
    this.detail = detail
    this.errors = errors
    this.requestId = requestId
    this.retryAfterMs = retryAfterMs
  }
}
