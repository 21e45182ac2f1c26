import { shortHash } from "@posthorn/core/id"
import { beforeOldest, olderToken, parseOlder } from "@posthorn/core/upstream/older"
import type { Thread, ThreadMessage, ThreadWindow } from "@posthorn/core/upstream/thread"
import * as z from "zod"

import { invalid } from "./validate.ts"

/**
 * Where a page of a live conversation begins. Whether upstream's anchor includes its own instant is not documented, so it is asked
 * from 1 ms above the oldest message that was shown, and gives that millisecond again: what was shown of both is known by hashes.
 */
export interface Place {
  /** In upstream's words. */
  than: string
  /** Shown of the oldest message's instant. */
  at: string[]
  /** Shown of the instant 1 ms above it. */
  above: string[]
}

/** A cursor has room for so many hashes. More messages within 2 ms end the walk. */
const SHOWN_MAX = 200

/** Anybody can compute a cursor's check: what it holds is read like any other input. */
const PlaceSchema = z.object({
  than: z.string().max(200),
  at: z.array(z.string().max(20)).max(SHOWN_MAX),
  above: z.array(z.string().max(20)).max(SHOWN_MAX),
})

/** Throws a 400 for a cursor that no page gave. */
export const openPlace = (cursor: string | null): Place | null => {
  if (cursor === null) return null
  try {
    return PlaceSchema.parse(JSON.parse(cursor))
  } catch {
    throw invalid([
      { in: "query", pointer: "cursor", message: "is not a cursor of this list. Leave it out to start again." },
    ])
  }
}

/** What to ask upstream for, so that a page of `limit` comes of it. Its newest page has the size that upstream likes. */
export const windowOf = (place: Place | null, limit: number): ThreadWindow =>
  place === null
    ? { kind: "newest" }
    : { kind: "older", than: place.than, count: limit + place.at.length + place.above.length }

/** What of upstream's answer is shown, oldest first, and the cursor of the page behind it; null where nothing follows. */
export const pageOfThread = (
  thread: Thread,
  limit: number,
  place: Place | null,
): { given: ThreadMessage[]; next: string | null } => {
  const shown = new Set(place === null ? [] : [...place.at, ...place.above])
  const fresh = thread.messages.filter(({ id }) => !shown.has(shortHash(id)))
  const given = fresh.slice(-limit)
  const before = beforeOldest(given)
  const than = given.length < fresh.length ? olderToken({ before, cursor: null }) : olderOf(thread)
  if (before === null || than === null) return { given, next: null }
  const hashesOf = (instant: number): string[] =>
    given.filter(({ sentAt }) => sentAt === instant).map(({ id }) => shortHash(id))
  const { at, above } = shownAround(before, place)
  const next: Place = { than, at: [...at, ...hashesOf(before - 1)], above: [...above, ...hashesOf(before)] }
  return { given, next: next.at.length + next.above.length > SHOWN_MAX ? null : JSON.stringify(next) }
}

/** What earlier pages showed of the two instants around a place. */
const shownAround = (before: number, place: Place | null): Pick<Place, "at" | "above"> => {
  const earlier = place === null ? null : parseOlder(place.than).before
  if (place !== null && earlier === before) return place
  if (place !== null && earlier === before + 1) return { at: [], above: place.at }
  return { at: [], above: [] }
}

const olderOf = (thread: Thread): string | null => (thread.hasOlder === false ? null : thread.older)
