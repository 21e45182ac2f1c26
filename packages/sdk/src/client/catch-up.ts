import type { PosthornEvent } from "../generated/events.ts"
import { formatPlace, parsePlace } from "./bookmark.ts"

/** Stands for the end of everything. */
export const NOW = "now"
const POLL_MS = 5_000
const POLL_MS_MIN = 100
const PAGE_SIZE = 100

export interface CatchUpOptions {
  /** A bookmark that was stored; an event's id, to begin right behind it; `start`, the oldest that is kept; `now`, here. */
  after: "start" | "now" | (string & {})
  /** Goes on when there is nothing more, as events come, until the loop is left or `signal` ends it. */
  follow?: boolean | undefined
  /** With `follow`: how long to wait before asking again; 5,000 when left out. */
  pollMs?: number | undefined
  /** Events that are asked for at once, 1 to 100; 100 when left out. Bookmarks are the shorter the fewer these are. */
  pageSize?: number | undefined
  /** Ends it: the loop rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /**
   * Called, and awaited, when everything has been shown and handled, with a bookmark that covers it. At the begin of a walk from `now` too:
   * whoever stores it here begins there again when nothing came before the program died.
   */
  onCaughtUp?: ((bookmark: string) => void | Promise<void>) | undefined
}

export interface CaughtEvent {
  event: PosthornEvent
  /**
   * Covers this event and all before it; store it once the event is handled. For `catchUp` alone: within a page it is the API's own
   * bookmark with ids behind it, which the API does not know. Up to 10,000 characters where there are 500 accounts, and 3,000 more.
   */
  bookmark: string
}

/** A page of the forward walk. Empty: there is nothing more. */
export interface WalkPage {
  data: PosthornEvent[]
  nextCursor: string
}

interface CatchUpDeps {
  walk: (after: string, limit: number) => Promise<WalkPage>
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export async function* catchUp(
  options: CatchUpOptions,
  { walk, sleep }: CatchUpDeps,
): AsyncGenerator<CaughtEvent, void, undefined> {
  const { follow = false, pollMs = POLL_MS, pageSize = PAGE_SIZE, signal, onCaughtUp } = options
  if (!(pollMs >= POLL_MS_MIN)) throw new TypeError(`pollMs: must be at least ${String(POLL_MS_MIN)}`)
  let { after, handled } = parsePlace(options.after)
  for (;;) {
    const { data, nextCursor } = await walk(after, pageSize)
    if (data.length === 0) {
      // All that was handled lies behind this place: nothing of it can come again.
      after = nextCursor
      handled = new Set()
      await onCaughtUp?.(after)
      if (!follow) return
      await sleep(pollMs, signal)
      continue
    }
    if (nextCursor === after) throw new Error("the walk does not go forward: a page ends where it began")
    const covered = new Set(handled)
    // Behind the page: those that stand further on, because this page is another one than it was.
    const ahead = new Set(handled)
    for (const { id } of data) ahead.delete(id)
    const last = data.findLast(({ id }) => !handled.has(id))
    for (const event of data) {
      if (handled.has(event.id)) continue
      covered.add(event.id)
      const place = event === last ? { after: nextCursor, handled: ahead } : { after, handled: covered }
      yield { event, bookmark: formatPlace(place) }
    }
    after = nextCursor
    handled = ahead
  }
}
