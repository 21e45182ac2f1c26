import { type Bookmark, decodeBookmark, encodeBookmark } from "@posthorn/core/catchup/bookmark"

/**
 * The place from which nothing is left out that lies behind any of these: in each log the earliest of their positions. Events of a page
 * that a bookmark marks as handled come again. Null where one is an event's id or of a deployment that writes bookmarks in another way.
 */
export const earliest = (bookmarks: readonly string[]): string | null => {
  const read = bookmarks.map(positionsOf)
  const known = read.filter((each) => each !== null)
  const [first, ...others] = known
  if (first === undefined || known.length < read.length) return null
  const positions = new Map<string, number>()
  for (const [log, position] of first) {
    // A log that one of them does not know begins at its start, and stays out.
    const elsewhere = others.flatMap((other) => other.get(log) ?? [])
    if (elsewhere.length === others.length) positions.set(log, Math.min(position, ...elsewhere))
  }
  return encodeBookmark(positions)
}

const positionsOf = (bookmark: string): Bookmark | null => {
  const [after = ""] = bookmark.split("~")
  return after === "start" ? new Map() : decodeBookmark(after)
}
