/**
 * Why a request is not taken for Posthorn's:
 *
 * - `missing_header`: one of the three headers of Standard Webhooks is not there (`header` names the first).
 * - `malformed_header`: `webhook-timestamp` or `webhook-signature` is not written as Standard Webhooks 1.0 wants it.
 * - `clock_off`: signed longer ago, or further ahead, than the tolerance (`offsetSeconds` says by how much).
 * - `malformed_secret`: what was given as secret is none. A fault of the receiver's set-up, not of the request.
 * - `wrong_secret`: the signatures are well formed, and none was made with this secret over this body.
 * - `body_changed`: the body was parsed and written anew, decoded or trimmed after it was signed, or is no longer text or bytes.
 * - `body_unreadable`: something read the request's body before, or the connection broke.
 * - `body_too_large`: more than `BODY_BYTES_MAX`.
 * - `not_json`, `not_an_event`: rightly signed, but no event.
 */
export type VerificationCode =
  | "missing_header"
  | "malformed_header"
  | "clock_off"
  | "malformed_secret"
  | "wrong_secret"
  | "body_changed"
  | "body_unreadable"
  | "body_too_large"
  | "not_json"
  | "not_an_event"

interface Facts {
  header?: string
  offsetSeconds?: number
}

/** What `verify` throws. Its texts hold neither secrets nor signatures nor the body: they may be logged and answered. */
export class VerificationError extends Error {
  override readonly name = "VerificationError"
  readonly code: VerificationCode
  /** The header that is to blame, in lower case. */
  readonly header?: string
  /** With `clock_off`: when it was signed, in seconds from now; negative in the past. */
  readonly offsetSeconds?: number

  constructor(code: VerificationCode, message: string, { header, offsetSeconds }: Facts = {}) {
    super(message)
    this.code = code
    if (header !== undefined) this.header = header
    if (offsetSeconds !== undefined) this.offsetSeconds = offsetSeconds
  }
}
