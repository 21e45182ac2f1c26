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
const PAGE_COUNT = 100
const PAGE_COUNT_MAX = 800
/** "Nothing older" is believed of a page that is shorter than any page upstream cuts off. */
const FULL_PAGE = 10
/** Most pages of one thread in one poll; a forward walk goes on at the next poll. */
export const THREAD_PAGES_MAX = 25

/** A thread's messages, without a gap above known ground. */
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
 * Reads what a changed thread has above known ground: the newest page, if need be the one before it, and if that does not reach
 * known ground either, forward from there, oldest first, so that each page is a finished prefix. A walk ends on what it sees
 * (known ground, or nothing new), never on `hasMore` alone, which upstream leaves out or contradicts.
 */
export const readThread = async (
  listed: Pick<ListedConversation, "id">,
  checkpoint: Checkpoint | null,
  baselinedAt: number,
  readPage: ReadPage,
): Promise<ThreadRead> => {
  const ground = knownGround(checkpoint ?? newCheckpoint(listed.id, baselinedAt))
  const seen = new Collected()

  const newest = await readPage({ kind: "newest" })
  if (newest === null) return seen.prefix()
  seen.add(newest)
  if (reaches(newest, ground)) return seen.whole()

  let deepest = newest
  if (newest.older !== null) {
    const before = await readPage({ kind: "older", than: newest.older, count: PAGE_COUNT })
    if (before === null) return seen.nothing()
    if (seen.add(before) === 0 || reaches(before, ground)) return seen.whole()
    deepest = before
  }
  return await walkForward(seen, deepest, ground, readPage)
}

const walkForward = async (
  newer: Collected,
  deepest: Thread,
  ground: number,
  readPage: ReadPage,
): Promise<ThreadRead> => {
  const meeting = newer.oldest()
  const walked = new Collected(newer)
  let from = ground
  let count = PAGE_COUNT
  for (let pages = 2; pages < THREAD_PAGES_MAX; pages++) {
    const page = await readPage({ kind: "newer", from, count })
    if (page === null) return walked.prefix()
    const last = page.messages.at(-1)
    if (answersNewestFirst(page, meeting)) return await walkBack(newer, deepest, ground, readPage)
    const fresh = walked.add(page)
    if (last === undefined || last.sentAt >= meeting) return newer.merge(walked).whole()
    if (fresh === 0 && last.sentAt <= from) {
      if (page.messages.length < count) return newer.merge(walked).whole()
      if (count >= PAGE_COUNT_MAX) return walked.prefix()
      count *= 2
    } else from = last.sentAt
  }
  return walked.prefix()
}

/** Upstream answered "newer than" with the newest page of it instead of the oldest: only whole, back to known ground, is it of use. */
const walkBack = async (newer: Collected, deepest: Thread, ground: number, readPage: ReadPage): Promise<ThreadRead> => {
  let older = deepest.older
  for (let pages = 0; older !== null && pages < THREAD_PAGES_MAX; pages++) {
    const page = await readPage({ kind: "older", than: older, count: PAGE_COUNT })
    if (page === null) return newer.nothing()
    if (newer.add(page) === 0 || reaches(page, ground)) return newer.whole()
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
  page.mayHaveOlder &&
  page.older !== null

const reaches = (page: Thread, ground: number): boolean => {
  const oldest = page.messages[0]
  if (oldest === undefined || oldest.sentAt <= ground) return true
  return !page.mayHaveOlder && page.messages.length < FULL_PAGE
}

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
    this.#unreadable += page.unreadable
    this.#participants ??= page.participants
    return this.#messages.size - before
  }

  merge(other: Collected): this {
    for (const [id, message] of other.#messages) this.#messages.set(id, message)
    this.#unreadable += other.#unreadable
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

  /** What was read does not join on to known ground: nothing of it may count as read. */
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
