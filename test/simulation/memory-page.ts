import { VisibleError } from "@posthorn/core/error"
import type { Page, PageRequest } from "@posthorn/core/ports"

/** Where a row stands: newest first, then by name. */
type Place = [at: number, name: string]

/** One page of rows that are listed newest first. The cursor names the last row shown, so that new rows in front move nothing. */
export const pageOf = <Row>(rows: Row[], placeOf: (row: Row) => Place, { limit, cursor }: PageRequest): Page<Row> => {
  const after = cursor === null ? null : parse(cursor)
  const left = rows
    .filter((row) => after === null || compare(placeOf(row), after) > 0)
    .sort((a, b) => compare(placeOf(a), placeOf(b)))
  const shown = left.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, cursor: left.length > limit && last !== undefined ? write(placeOf(last)) : null }
}

const compare = (a: Place, b: Place): number => b[0] - a[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0)

const write = (place: Place): string => Buffer.from(JSON.stringify(place)).toString("base64url")

const parse = (cursor: string): Place => {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString())
    if (Array.isArray(place) && typeof place[0] === "number" && typeof place[1] === "string")
      return [place[0], place[1]]
  } catch {
    // Not ours.
  }
  throw new VisibleError("validation_failed", "The cursor was not given out by this list.")
}
