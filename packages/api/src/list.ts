import { z } from "@hono/zod-openapi"
import { shortHash } from "@posthorn/core/id"

import { invalid, quoted } from "./validate.ts"

/** Lists: newest first, cut into pages. A cursor belongs to its list and its filters. */

export const LIMIT_DEFAULT = 20
export const LIMIT_MAX = 100
const CURSOR_LENGTH_MAX = 4_096
const TEXT_LENGTH_MAX = 2_048
/** Characters of `shortHash`. */
const CHECK_LENGTH = 11

const limitMessage = `must be a whole number from 1 to ${LIMIT_MAX}`
const Limit = z
  .string({ error: limitMessage })
  .regex(/^\d{1,3}$/, limitMessage)
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= LIMIT_MAX, limitMessage)
  .optional()
  .meta({ type: "integer", minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT })

const once = (what: string) => ({ error: `must be ${what}, once` })

/** The query parameters of every list. */
export const paging = {
  limit: Limit,
  cursor: z
    .string(once("the nextCursor of the page before"))
    .optional()
    .describe("`nextCursor` of the page before, with the same filters"),
}

/** A filter by something that is compared as it stands. */
export const textFilter = (description: string) =>
  z
    .string(once("a value"))
    .min(1, "is empty: leave it out, or write a value")
    .max(TEXT_LENGTH_MAX, `must be at most ${TEXT_LENGTH_MAX} characters long`)
    .optional()
    .describe(description)

/** A filter by an id, which is refused where nothing could have it: mistyped it would look like an empty list. */
export const idFilter = (schema: z.ZodType<string>, form: string, description: string) =>
  z
    .string(once(form))
    .refine((id) => schema.safeParse(id).success, `must be ${form}`)
    .optional()
    .meta({ pattern: z.toJSONSchema(schema).pattern, description })

const instantMessage = "must be an ISO 8601 time such as 2026-11-14T23:46:40Z (in a URL, + is written %2B)"
/** ISO in, Instant out. */
export const instantFilter = (description: string) =>
  z.iso
    .datetime({ offset: true, error: instantMessage })
    .transform((text) => Date.parse(text))
    .refine((instant) => Number.isFinite(instant), instantMessage)
    .optional()
    .meta({ type: "string", format: "date-time", description })

/** A span that nothing can be in is a mistake, and would look like an empty list. */
export const checkSpan = ({ since, until }: { since?: number | undefined; until?: number | undefined }): void => {
  if (since === undefined || until === undefined || since < until) return
  throw invalid([{ in: "query", pointer: "until", message: "must be after since" }])
}

/** One of the values, or several with commas between them. `say` puts a wrong one into words. */
export const anyOf = <Value extends string>(
  values: readonly Value[],
  description: string,
  say = (text: string) => `${quoted(text)} is not one of ${values.join(", ")}`,
  isOther: (text: string) => boolean = () => false,
) =>
  z
    .string(once("one value, or several with commas between them"))
    .transform((text, context) => {
      const parts = [...new Set(text.split(","))]
      const isKnown = (part: string): part is Value => (values as readonly string[]).includes(part) || isOther(part)
      const known = parts.filter(isKnown)
      const unknown = parts.find((part) => !isKnown(part))
      if (unknown !== undefined) context.addIssue({ code: "custom", message: say(unknown) })
      return known
    })
    .optional()
    .meta({ type: "string", description: `${description}; one, or several with commas between them` })

export const listOf = <Schema extends z.ZodType>(schema: Schema, name: string) =>
  z.object({ data: z.array(schema), nextCursor: z.string().nullable() }).meta({ id: name })

/**
 * Cursors of one list as one set of filters sees it. What a caller holds is the store's own cursor behind a check over list,
 * filters and cursor: with other filters, or with a letter changed, it is refused and never reaches the store.
 */
export const cursorsOf = (list: string, query: Record<string, string>) => {
  const filters = Object.entries(query)
    .filter(([name]) => name !== "limit" && name !== "cursor")
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const checkOf = (inner: string) => shortHash(JSON.stringify([list, filters, inner]))
  return {
    open: (text: string | undefined): string | null => {
      if (text === undefined) return null
      const plain = text.length > CURSOR_LENGTH_MAX ? "" : Buffer.from(text, "base64url").toString()
      const inner = plain.slice(CHECK_LENGTH)
      if (plain.slice(0, CHECK_LENGTH) === checkOf(inner)) return inner
      const message = "is not a cursor of this list with these filters. Leave it out to start again."
      throw invalid([{ in: "query", pointer: "cursor", message }])
    },
    close: (inner: string | null): string | null =>
      inner === null ? null : Buffer.from(checkOf(inner) + inner).toString("base64url"),
  }
}

interface Listed {
  id: string
  createdAt: number
}

/** A page of what the store gives whole. The cursor is the last row's place, so that it holds when that row is deleted. */
export const pageOf = <Row extends Listed>(rows: Row[], limit: number, cursor: string | null) => {
  const sorted = rows.toSorted((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1))
  const rest = cursor === null ? sorted : sorted.filter((row) => placeOf(row) < cursor)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, cursor: rest.length > limit && last !== undefined ? placeOf(last) : null }
}

/** Sorts as text by createdAt, then id. */
const placeOf = ({ createdAt, id }: Listed): string => `${String(createdAt).padStart(16, "0")} ${id}`

/** Absent filters are absent, not undefined: stores tell them apart by their keys. */
export const withoutUndefined = <Filters extends object>(filters: Filters) =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Filters]: Exclude<Filters[Name], undefined>
  }
