import { VisibleError } from "@posthorn/core/error"
import * as z from "zod"

/**
 * Where a page ended: the sort key that the next one stays below, and behind which of the rows that share it (deliveries of one
 * event) it begins. Tagged with the walk, since other filters may walk another way, where the key would mean something else.
 */
const Cursor = z.object({ v: z.literal(1), walk: z.string(), below: z.string(), behind: z.string().optional() })
type Cursor = z.infer<typeof Cursor>

export type Walk = "log" | "day" | "endpoint" | "event"

export const encodeCursor = (walk: Walk, below: string, behind?: string): string =>
  Buffer.from(JSON.stringify({ v: 1, walk, below, behind } satisfies Cursor)).toString("base64url")

/** Null for the first page. Throws what the caller may read: cursors come back from outside. */
export const decodeCursor = (
  walk: Walk,
  cursor: string | null,
): { below: string; behind?: string | undefined } | null => {
  if (cursor === null) return null
  const parsed = Cursor.safeParse(parseJson(Buffer.from(cursor, "base64url").toString()))
  if (parsed.success && parsed.data.walk === walk) return parsed.data
  const message = parsed.success ? "belongs to a list with other filters" : "is none that this API has given out"
  throw new VisibleError("validation_failed", `The cursor ${message}. Start again without one.`, {
    errors: [{ in: "query", pointer: "cursor", message }],
  })
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
