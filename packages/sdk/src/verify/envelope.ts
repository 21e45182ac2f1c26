import type { PosthornEvent } from "../generated/events.ts"
import { type Bytes, toText } from "./bytes.ts"
import { VerificationError } from "./error.ts"

/**
 * The event in a body whose signature is right. Its envelope is checked; `data` is what Posthorn's own schema let out, and may
 * have fields that were added since.
 */
export const parseEvent = (body: Bytes): PosthornEvent => {
  const value = parseJson(body)
  const isObject = (what: unknown): what is Record<string, unknown> =>
    typeof what === "object" && what !== null && !Array.isArray(what)
  const isEvent =
    isObject(value) &&
    ["id", "type", "timestamp"].every((field) => typeof value[field] === "string" && value[field] !== "") &&
    isObject(value["data"])
  if (!isEvent)
    throw new VerificationError(
      "not_an_event",
      'The body is not { id, type, timestamp, data }. Only endpoints with format "standard" get events as they are.',
    )
  return value as unknown as PosthornEvent
}

const parseJson = (body: Bytes): unknown => {
  try {
    return JSON.parse(toText(body) ?? "")
  } catch {
    throw new VerificationError("not_json", body.length === 0 ? "The body is empty." : "The body is not JSON in UTF-8.")
  }
}
