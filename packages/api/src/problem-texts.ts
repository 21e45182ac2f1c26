import type { ProblemCode } from "@posthorn/core/error"

/** What each code means, and what to do about it. `/problems/:code` shows it. */
export const problemTexts: Record<ProblemCode, { title: string; text: string }> = {
  malformed_json: {
    title: "The body is not JSON",
    text: "The request's body could not be parsed. Check quotes, commas and that the body is complete and UTF-8.",
  },
  validation_failed: {
    title: "The request is not valid",
    text: "A field, query parameter or header has a value that cannot be used, or one that does not exist was sent. `errors` names each.",
  },
  url_not_allowed: {
    title: "This URL may not be called",
    text: "An endpoint's URL must be https and on a public address. Private addresses are for deployments that allow them; link-local, metadata and other special addresses are refused everywhere.",
  },
  unauthorized: {
    title: "A key is needed",
    text: "Send `Authorization: Bearer <key>` with a key of this deployment. In a browser: sign in again.",
  },
  forbidden: {
    title: "The key may not do this",
    text: "The key is known but lacks the scope that `detail` names. Use another, or make one that has it. With the cookie of a session: the request must come from a page of this deployment.",
  },
  not_found: {
    title: "There is no such thing",
    text: "The path, or the thing with this id, does not exist. It may have been deleted, or retention may have removed it.",
  },
  method_not_allowed: {
    title: "This method is not possible here",
    text: "The path exists, with other methods. The header `Allow` lists them.",
  },
  conflict: {
    title: "It does not fit the state of things",
    text: "The request is valid, but not now: a limit is reached, or the thing is in a state that rules it out. `detail` says which.",
  },
  cursor_expired: {
    title: "The cursor points behind what is kept",
    text: "Retention has removed events after this cursor. Start from a later point, knowing that there is a gap.",
  },
  payload_too_large: {
    title: "The body is too large",
    text: "A request's body may have up to 256 KB.",
  },
  unsupported_media_type: {
    title: "The body is not declared as JSON",
    text: "Send `Content-Type: application/json`.",
  },
  idempotency_key_reused: {
    title: "The Idempotency-Key belongs to another request",
    text: "The same `Idempotency-Key` came with a different body before. Repeat a request unchanged, or use a new key for a new request.",
  },
  rate_limited: {
    title: "Too many requests",
    text: "Wait as long as the header `Retry-After` says.",
  },
  internal: {
    title: "Something went wrong on our side",
    text: "The log has more under the request's id. Repeating the request is safe with the same `Idempotency-Key`.",
  },
  upstream_failed: {
    title: "ConnectSafely did not do it",
    text: "The call to ConnectSafely failed or was refused. `detail` says what it answered.",
  },
  not_configured: {
    title: "A setting is missing",
    text: "This deployment has not been told what it needs for this. `detail` names the setting.",
  },
}
