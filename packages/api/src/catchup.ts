import { bookmarkBehind, endOfLogs, walk } from "@posthorn/core/catchup/walk"
import { decodeBookmark, encodeBookmark, type Bookmark } from "@posthorn/core/catchup/bookmark"
import { VisibleError } from "@posthorn/core/error"
import type { Event } from "@posthorn/core/event"
import { EventId } from "@posthorn/core/id"
import type { LogRow } from "@posthorn/core/log-row"

import type { ApiDeps } from "./deps.ts"
import { fitting } from "./page-bytes.ts"
import { invalid } from "./validate.ts"

/** Words that stand for a bookmark: everything that is kept, and nothing but what is new from here on. */
export const START = "start"
export const NOW = "now"

/** An index may trail the table by a moment, and a webhook be faster. */
const FIND_TRIES = 3
const FIND_PAUSE_MS = 400

type CatchupDeps = Pick<ApiDeps, "store" | "clock" | "retentionMs">

/** A page of the forward walk. `nextCursor` is never null: it is where to go on, now or in a week. */
export const catchUp = async (
  after: string,
  limit: number,
  deps: CatchupDeps,
): Promise<{ data: Event[]; nextCursor: string }> => {
  if (after === NOW) return { data: [], nextCursor: encodeBookmark(await endOfLogs(deps)) }
  const bookmark = await bookmarkOf(after, deps)
  const keptSince = deps.clock.now() - deps.retentionMs
  let most = limit
  for (;;) {
    const walked = await walk(bookmark, { limit: most, keptSince }, deps)
    if (walked.kind === "expired") throw expired()
    const data = walked.rows.map((row) => row.event)
    const fit = fitting(data)
    if (fit === data.length) return { data, nextCursor: encodeBookmark(walked.bookmark) }
    most = fit
  }
}

const bookmarkOf = async (after: string, deps: CatchupDeps): Promise<Bookmark> => {
  if (after === START) return new Map()
  if (EventId.safeParse(after).success) {
    const row = await find(after, deps)
    const behind = row === null ? null : await bookmarkBehind(row, deps)
    if (behind === null) throw expired()
    return behind
  }
  const bookmark = decodeBookmark(after)
  if (bookmark !== null) return bookmark
  const message = `must be the nextCursor of an earlier walk, an event's id, "${START}" or "${NOW}"`
  throw invalid([{ in: "query", pointer: "after", message }])
}

const find = async (eventId: string, { store, clock }: CatchupDeps): Promise<LogRow | null> => {
  for (let tries = 1; ; tries++) {
    const row = await store.findEventLagging(eventId)
    if (row !== null || tries === FIND_TRIES) return row
    await clock.sleep(FIND_PAUSE_MS)
  }
}

const expired = (): VisibleError =>
  new VisibleError(
    "cursor_expired",
    `What comes right behind this place is not kept any more. Begin again with after=${START}, which is the oldest that is kept.`,
  )
