/** Every code of a problem document (resources.md, "Problem"), with its HTTP status. The API decides statuses here and nowhere else. */
export const problemStatus = {
  malformed_json: 400,
  validation_failed: 400,
  url_not_allowed: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  cursor_expired: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  rate_limited: 429,
  internal: 500,
  upstream_failed: 502,
  not_configured: 503,
} as const

export type ProblemCode = keyof typeof problemStatus

/** One field that is to blame. `pointer` is a JSON pointer for a body, a parameter's name elsewhere. */
export interface FieldError {
  in: "body" | "query" | "path" | "header"
  pointer: string
  message: string
}

/** The caller's fault, or a condition the caller can act on: shown to them as it stands. All other errors are ours and are not. */
export class VisibleError extends Error {
  override name = "VisibleError"
  readonly code: ProblemCode
  readonly errors: FieldError[]
  readonly headers: Record<string, string>

  constructor(
    code: ProblemCode,
    detail: string,
    more: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.code = code
    this.errors = more.errors ?? []
    this.headers = more.headers ?? {}
  }
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
