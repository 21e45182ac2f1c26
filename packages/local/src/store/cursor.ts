import { VisibleError } from "@posthorn/core/error"

/** Where a page ended. */
export interface Place {
  at: number
  id: number
}

export const cursorOf = ({ at, id }: Place): string => Buffer.from(`${at}.${id}`).toString("base64url")

/** Throws the caller's fault on anything that `cursorOf` did not make. */
export const placeOf = (cursor: string): Place => {
  const [, at, id] = /^(\d{1,15})\.(\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString()) ?? []
  const place = { at: Number(at), id: Number(id) }
  if (at === undefined || cursorOf(place) !== cursor) {
    const message = "pass nextCursor of the page before, as it is, or leave it out"
    throw new VisibleError("validation_failed", "The cursor is not one of this list.", {
      errors: [{ in: "query", pointer: "cursor", message }],
    })
  }
  return place
}
