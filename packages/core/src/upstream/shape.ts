import type { Dialect } from "./thread.ts"
import { UpstreamError } from "./thread.ts"

/**
 * Which dialect an answer is in, told by its keys: a gateway that follows redirects for us answers the old address in the
 * new shape (upstream docs, sections 0 and 4).
 */

export type Body = Record<string, unknown>

const isBody = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value)

const hasAny = (value: unknown, keys: readonly string[]) =>
  isBody(value) && keys.some((key) => Object.hasOwn(value, key))

/** The object that an answer is, with what a `data` wrapper holds brought up (public clients meet one: upstream docs, section 4.2). */
export function bodyOf(answer: unknown): Body {
  if (!isBody(answer))
    throw new UpstreamError("invalid_answer", "ConnectSafely answered with JSON that is not an object.")
  return isBody(answer.data) ? { ...answer, ...answer.data } : answer
}

const listMarks: [Dialect, string[]][] = [
  ["legacy", ["profileUrn", "total"]],
  ["conversations", ["fromCache", "hasMore", "accounts"]],
  ["legacy", ["accountId"]],
]

const messageMarks: [Dialect, string[]][] = [
  ["conversations", ["isSentByOwner", "senderProfileId", "senderName"]],
  ["legacy", ["messageId", "backendMessageUrn"]],
]

const threadMarks: [Dialect, string[]][] = [
  ["legacy", ["profileUrn", "pagination", "syncToken", "total", "hasPrevPage", "hasNextPage"]],
  ["conversations", ["hasMore", "cursor", "note"]],
  ["legacy", ["accountId"]],
]

const markedBy = (marks: [Dialect, string[]][], value: unknown): Dialect | null =>
  marks.find(([, keys]) => hasAny(value, keys))?.[0] ?? null

/** A list without any mark (an empty inbox may show none) is taken for what was asked. */
export function listShape(body: Body, asked: Dialect): { dialect: Dialect; items: unknown[] } {
  if (!Array.isArray(body.conversations))
    throw new UpstreamError("invalid_answer", "ConnectSafely's list of conversations has no `conversations`.")
  return { dialect: markedBy(listMarks, body) ?? asked, items: body.conversations }
}

/** As `listShape`; but messages that look like neither dialect are refused, rather than misread. */
export function threadShape(body: Body, asked: Dialect): { dialect: Dialect; items: unknown[] } {
  if (hasAny(body, ["conversationDetails"]))
    throw new UpstreamError(
      "invalid_answer",
      "ConnectSafely answered in its oldest shape (`conversationDetails`), which Posthorn does not read.",
    )
  if (!Array.isArray(body.messages))
    throw new UpstreamError("invalid_answer", "ConnectSafely's answer about a conversation has no `messages`.")
  const items: unknown[] = body.messages
  const dialect = items.map((item) => markedBy(messageMarks, item)).find((mark) => mark !== null)
  const shape = dialect ?? markedBy(threadMarks, body) ?? (items.length === 0 ? asked : null)
  if (shape === null)
    throw new UpstreamError(
      "invalid_answer",
      "ConnectSafely's messages are in neither of the shapes that Posthorn knows.",
    )
  return { dialect: shape, items }
}
