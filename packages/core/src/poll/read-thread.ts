import type { Checkpoint } from "../account.ts"
import type { Participant } from "../event.ts"
import {
  UpstreamError,
  type ListedConversation,
  type Thread,
  type ThreadMessage,
  type ThreadWindow,
} from "../upstream/thread.ts"
import { knownGround, newCheckpoint } from "./remember.ts"

/** Most messages asked for in one page of a walk; doubled where one instant fills a page, up to the maximum. */
export const PAGE_COUNT = 100
export const PAGE_COUNT_MAX = 800
/** "Nothing older" is believed of a page that is shorter than any page upstream cuts off. */
const FULL_PAGE = 10
/** Most pages that are read back for what may have come in late. */
const OVERLAP_PAGES_MAX = 5
/** Most pages of one thread in one poll; a forward walk goes on at the next poll. */
export const THREAD_PAGES_MAX = 25

/** A thread's messages, without a gap above the newest known one. */
export interface ThreadRead {
  messages: ThreadMessage[]
  /** False when the walk ended early: then `messages` is the finished prefix, and there is more above it. */
  complete: boolean
  unreadable: number
  participants: Participant[] | null
}

/** Asks for one page, or answers null when the poll's grant is used up. */
export type ReadPage = (window: ThreadWindow) => Promise<Thread | null>

/**
 * Reads what a changed thread has above what is known. The newest page mostly reaches known ground. If it does not even join on
 * to the newest known message, nor does the page before it, then forward from that message, oldest first: each page is a finished
 * prefix, and the next poll goes on behind it. A walk ends on what it sees (known ground, or nothing new), never on `hasMore`
 * alone, which upstream leaves out or contradicts.
 */
export const readThread = async (
  listed: Pick<ListedConversation, "id">,
  checkpoint: Checkpoint | null,
  baselinedAt: number,
  readPage: ReadPage,
  /** The whole grant is for this thread: where even that is too small, what is new goes before what may have come in late. */
  isAlone = true,
): Promise<ThreadRead> => {
  const known = checkpoint ?? newCheckpoint(listed.id, baselinedAt)
  const ground = knownGround(known)
  const joint = Math.max(known.floor, known.known.at(-1)?.sentAt ?? 0)
  const seen = new Collected()

  let deepest = await readPage({ kind: "newest" })
  if (deepest === null) return seen.prefix()
  seen.add(deepest)
  for (
    let pages = 1;
    pages <= OVERLAP_PAGES_MAX && !isWhole(deepest, joint) && !reaches(deepest, ground) && deepest.older !== null;
    pages++
  ) {
    const isJoined = reaches(deepest, joint)
    if (pages > 1 && !isJoined) return await walkForward(seen, deepest, { ground, joint }, readPage)
    const before: Thread | null = await readPage({ kind: "older", than: deepest.older, count: PAGE_COUNT })
    // Joined, nothing new can be missing; what lies deeper could only have come in late. But once the new is known, known ground
    // is above it, and nobody looks there again: so the thread is read again first thing in the next poll.
    if (before === null) return isJoined && isAlone ? seen.whole() : seen.nothing()
    if (seen.add(before) === 0) break
    deepest = before
  }
  return seen.whole()
}

const walkForward = async (
  newer: Collected,
  deepest: Thread,
  { ground, joint }: { ground: number; joint: number },
  readPage: ReadPage,
): Promise<ThreadRead> => {
  const meeting = newer.oldest()
  const walked = new Collected(newer)
  // One page for what came in late below what is known: once the new is known too, nobody looks there again.
  let from = ground
  let count = PAGE_COUNT
  for (let pages = 2; pages < THREAD_PAGES_MAX; pages++) {
    const page = await readPage({ kind: "newer", from, count })
    if (page === null) return walked.prefix()
    const last = page.messages.at(-1)
    if (answersNewestFirst(page, meeting)) return await walkBack(newer, deepest, joint, readPage)
    walked.add(page)
    if (last === undefined || last.sentAt >= meeting) return newer.merge(walked).whole()
    if (Math.max(last.sentAt, joint) > from) from = Math.max(last.sentAt, joint)
    else if (page.messages.length < count) return newer.merge(walked).whole()
    else if (count >= PAGE_COUNT_MAX) break
    else count *= 2
  }
  return walked.prefix()
}

/** Upstream answered "newer than" with the newest page of it instead of the oldest: only whole, back to where it joins on, is it of use. */
const walkBack = async (newer: Collected, deepest: Thread, joint: number, readPage: ReadPage): Promise<ThreadRead> => {
  let older = deepest.older
  for (let pages = 0; older !== null && pages < THREAD_PAGES_MAX; pages++) {
    const page = await readPage({ kind: "older", than: older, count: PAGE_COUNT })
    if (page === null) return newer.nothing()
    if (newer.add(page) === 0 || reaches(page, joint)) return newer.whole()
    older = page.older
  }
  if (older === null) return newer.whole()
  throw new UpstreamError(
    "refused",
    `more than ${THREAD_PAGES_MAX} pages of unread messages, and upstream gives only the newest`,
  )
}

/** `since` does not say which end of a long answer it cuts off. Meeting the newest page with more to come: it was the far end. */
const answersNewestFirst = (page: Thread, meeting: number): boolean =>
  page.dialect === "conversations" &&
  (page.messages.at(-1)?.sentAt ?? 0) >= meeting &&
  (page.hasOlder !== false || !isShort(page)) &&
  page.older !== null

/** With those that could not be read: they take their places on a page, too. */
export const isShort = (page: Thread): boolean => page.messages.length + page.unreadable < FULL_PAGE

const reaches = (page: Thread, instant: number): boolean => {
  const oldest = page.messages[0]
  if (oldest === undefined || oldest.sentAt <= instant) return true
  return page.hasOlder === false && isShort(page)
}

/** Where upstream does not say whether there is more, a short page that shows known messages is taken for the whole thread. */
const isWhole = (page: Thread, joint: number): boolean =>
  page.hasOlder === null && isShort(page) && reaches(page, joint)

/** Messages of several pages, by id. */
class Collected {
  readonly #messages = new Map<string, ThreadMessage>()
  #unreadable = 0
  #participants: Participant[] | null = null

  constructor(about?: Collected) {
    if (about !== undefined) this.#participants = about.#participants
  }

  /** How many of the page's messages had not been seen. */
  add(page: Thread): number {
    const before = this.#messages.size
    for (const message of page.messages) this.#messages.set(message.id, message)
    // Pages overlap: a sum would count one message twice.
    this.#unreadable = Math.max(this.#unreadable, page.unreadable)
    this.#participants ??= page.participants
    return this.#messages.size - before
  }

  merge(other: Collected): this {
    for (const [id, message] of other.#messages) this.#messages.set(id, message)
    this.#unreadable = Math.max(this.#unreadable, other.#unreadable)
    return this
  }

  oldest(): number {
    return Math.min(...[...this.#messages.values()].map((message) => message.sentAt))
  }

  whole(): ThreadRead {
    return this.#result(true)
  }

  prefix(): ThreadRead {
    return this.#result(false)
  }

  /** What was read does not join on: nothing of it may count as read. */
  nothing(): ThreadRead {
    return { messages: [], complete: false, unreadable: 0, participants: this.#participants }
  }

  #result(complete: boolean): ThreadRead {
    const messages = [...this.#messages.values()].sort(
      (a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    )
    return { messages, complete, unreadable: this.#unreadable, participants: this.#participants }
  }
}
