import { z } from "@hono/zod-openapi"
import { nearest } from "@posthorn/core/settings"
import { VisibleError, type FieldError } from "@posthorn/core/error"

/** The places of a request that are validated, in the library's words and in ours. */
const places = { json: "body", query: "query", param: "path", header: "header" } as const
type Target = keyof typeof places

interface Validated {
  target: string
  success: boolean
  error?: z.core.$ZodError
}

/**
 * Runs after each validation of input, and nowhere else: this is what makes a 400 of a ZodError, so that one thrown anywhere
 * else stays a bug of ours. An id that cannot be one is an id that nothing has: 404.
 */
export const onValidated = (result: Validated): void => {
  if (result.success || result.error === undefined) return
  if (result.target === "param") throw new VisibleError("not_found", "Nothing has this id.")
  throw invalid(fieldErrors(result.target as Target, result.error.issues))
}

/** So many are named; `detail` counts them all. A body has room for thousands, and none is to make an answer larger than itself. */
const ERRORS_MAX = 100

/** A 400 whose detail is the first error, said in full. */
export const invalid = (errors: FieldError[], code: "validation_failed" | "url_not_allowed" = "validation_failed") => {
  const [first, ...others] = errors
  const detail = first === undefined ? "" : `${nameOf(first)}: ${first.message}`
  const more = others.length === 0 ? "" : ` (and ${String(others.length)} more, see errors)`
  return new VisibleError(code, detail + more, { errors: errors.slice(0, ERRORS_MAX) })
}

/** An object that refuses fields it does not have, with the nearest of those it has. */
export const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape, what = "field") =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === "invalid_type") return "must be a JSON object"
      const worded = issue.keys.slice(0, ERRORS_MAX)
      return worded.map((key) => unknownKey(key, Object.keys(shape), what)).join("\n")
    },
  })

const unknownKey = (key: string, known: string[], what: string): string => {
  const meant = nearest(key, known)
  if (meant !== null) return `is not a ${what} here. Did you mean ${quoted(meant)}?`
  return known.length === 0 ? `there is no ${what} here` : `is not a ${what} here. There are ${known.join(", ")}.`
}

/**
 * An object of strings. Not `z.record`, which drops a name `__proto__` without a word: what is not kept is to be refused.
 * Whoever uses it gives the document its type.
 */
export const pairs = z
  .custom<Record<string, string>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "must be an object whose values are strings",
  )
  .superRefine((value, context) => {
    for (const [name, inner] of Object.entries(value as Record<string, unknown>)) {
      // `continue: false`: whoever refines further may rely on strings.
      const refuse = (message: string) => context.addIssue({ code: "custom", path: [name], message, continue: false })
      if (name === "__proto__") refuse("cannot be a name")
      else if (typeof inner !== "string") refuse("must be a string")
    }
  })

/** A caller's own words inside a message: short, and on one line. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

export const fieldErrors = (target: Target, issues: z.core.$ZodIssue[]): FieldError[] =>
  issues.flatMap((issue) => {
    const path = issue.path.map(String)
    // One issue stands for all unknown keys of an object; `strict` writes one line for each.
    const found = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path]
    const messages = issue.message.split("\n", ERRORS_MAX)
    return found.map((parts, index) => ({
      in: places[target],
      pointer: target === "json" ? pointerOf(parts) : parts.join("."),
      message: plain(messages[index] ?? ""),
    }))
  })

/** Zod's own words, where a schema has none of ours. */
const plain = (message: string): string => {
  if (/, received undefined$/.test(message)) return "is required"
  const expected = /^Invalid input: expected (\w+)/.exec(message)?.[1]
  if (expected === undefined) return message
  return `must be ${/^[aeio]/.test(expected) ? "an" : "a"} ${expected}`
}

/** RFC 6901. */
const pointerOf = (path: string[]): string =>
  path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")

/** `/eventTypes/0` is written `eventTypes[0]` in a sentence. */
const nameOf = ({ in: place, pointer }: FieldError): string => {
  if (place !== "body") return `${place} ${pointer}`
  const parts = pointer.split("/").slice(1)
  if (parts.length === 0) return "The body"
  return parts
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, index) => (index > 0 && /^\d+$/.test(part) ? `[${part}]` : `${index > 0 ? "." : ""}${part}`))
    .join("")
}
