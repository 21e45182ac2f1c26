import { problemStatus, type FieldError, type ProblemCode } from "@posthorn/core/error"

import type { Problem } from "./problem.ts"
import { problemTexts } from "./problem-texts.ts"

/** A problem of each code, as the document shows them. Type, title and status are those of the code. */

const details: Record<ProblemCode, [detail: string, ...errors: FieldError[]]> = {
  malformed_json: ["The body is not JSON that can be parsed."],
  validation_failed: [
    `eventTypes[0]: "message.recieved" is not an event type. Did you mean "message.received"?`,
    {
      in: "body",
      pointer: "/eventTypes/0",
      message: `"message.recieved" is not an event type. Did you mean "message.received"?`,
    },
  ],
  url_not_allowed: [
    "url: The URL must start with https://.",
    { in: "body", pointer: "/url", message: "The URL must start with https://." },
  ],
  unauthorized: ["Send a key in the header Authorization: Bearer <key>."],
  forbidden: [`This key lacks the scope "endpoints".`],
  not_found: ["There is no endpoint with this id."],
  method_not_allowed: ["PUT is not possible here: DELETE, GET, HEAD, PATCH is."],
  conflict: ["An attempt is under way; ask again after 2026-11-14T23:48:51.200Z."],
  cursor_expired: [
    "What comes right behind this place is not kept any more. Begin again with after=start, which is the oldest that is kept.",
  ],
  payload_too_large: ["The body may have up to 256 KB."],
  unsupported_media_type: ["Send the body as application/json."],
  idempotency_key_reused: ["This Idempotency-Key came with a different body before. Use a new one for a new endpoint."],
  rate_limited: ["Too many requests with this key. Wait, then go on more slowly."],
  internal: ["This is our fault, not yours. The log has more under req_k3Jd8WmQ0xVz5LtYb9RfCA."],
  upstream_failed: ["ConnectSafely answered 500."],
  not_configured: ["This deployment has no key for ConnectSafely, so nothing can be asked."],
}

export const problemExamples = Object.fromEntries(
  (Object.keys(details) as ProblemCode[]).map((code): [ProblemCode, Problem] => {
    const [detail, ...errors] = details[code]
    const { title } = problemTexts[code]
    const requestId = "req_k3Jd8WmQ0xVz5LtYb9RfCA"
    return [code, { type: `/problems/${code}`, title, status: problemStatus[code], code, requestId, detail, errors }]
  }),
)
