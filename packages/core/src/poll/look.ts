import type { Account, AccountProgress, Checkpoint, Glimpse, Quarantined } from "../account.ts"
import { SECOND_MS } from "../time.ts"
import type { ListedConversation, Thread, ThreadWindow } from "../upstream/thread.ts"
import { append, publishAppended } from "./append.ts"
import { baseline } from "./baseline.ts"
import { diff } from "./diff.ts"
import { freshnessOf } from "./freshness.ts"
import { checkOwner, frontGlimpse, frontKey, list, type Listing } from "./list.ts"
import type { PollDeps } from "./deps.ts"
import { activityOf, glimpseOf, hasMoved } from "./prints.ts"
import type { Progress } from "./progress.ts"
import { isAboutThread, isAside, putAside, release } from "./quarantine.ts"
import { readThread } from "./read-thread.ts"

/** No thread read is started later than this into a poll: with one request's deadline it still ends within the function's timeout. */
const READ_UNTIL_MS = 30 * SECOND_MS
/** What is asked of the next deal for a walk (of a thread, or of the list) that did not end. */
const WALK_REQUESTS = 5
/** So many threads in a row that fail for themselves are not sick threads but a sick upstream. */
const FAILURES_IN_A_ROW_MAX = 3

export interface Looked {
  /** What has been achieved, also where it ended in an error. */
  changes: Partial<AccountProgress>
  error: unknown
  /** Why what upstream showed may be old; null when it is fresh. */
  stale: string | null
}

interface Candidate {
  listed: ListedConversation
  checkpoint: Checkpoint | null
}

/** Asks upstream what is new, and appends it. Never throws for upstream's sake: what was done so far stands. */
export const look = async (account: Account, progress: Progress, deps: PollDeps): Promise<Looked> => {
  let listing: Listing
  try {
    listing = await list(account, progress, deps)
  } catch (error) {
    if (isOurs(error)) throw error
    return { changes: {}, error, stale: null }
  }
  const about = { dialect: listing.dialect, profileUrn: listing.profileUrn }
  if (account.baselinedAt === null)
    return { changes: { ...about, ...(await baseline(account, listing, progress, deps)) }, error: null, stale: null }

  const walk = new Walk(account, listing, progress, deps)
  const error = await walk.run()
  const { stale, freshnessAskedAt } = await freshnessOf(account, listing, progress, deps)
  return { changes: { ...about, ...walk.changes(), freshnessAskedAt }, error, stale }
}

/** Reads the threads that moved, oldest activity first, so that the watermark can follow. */
class Walk {
  readonly #account: Account & { baselinedAt: number }
  readonly #listing: Listing
  readonly #progress: Progress
  readonly #requestsOfList: number
  readonly #deps: PollDeps
  #quarantine: Quarantined[]
  /** Conversation -> what it looked like when it was read whole (now, or before). */
  readonly #settled = new Map<string, Glimpse>()
  readonly #unread = new Map<string, ListedConversation>()
  #unfinished = 0

  constructor(account: Account, listing: Listing, progress: Progress, deps: PollDeps) {
    this.#account = { ...account, profileUrn: listing.profileUrn, baselinedAt: account.baselinedAt ?? 0 }
    this.#listing = listing
    this.#progress = progress
    this.#requestsOfList = progress.requests
    this.#deps = deps
    this.#quarantine = account.quarantine
  }

  /** The error that ended the walk, null when it went through. */
  async run(): Promise<unknown> {
    const candidates = [
      ...this.#quarantineDue(),
      ...this.#listing.conversations.toSorted((a, b) => activityOf(a) - activityOf(b)),
    ]
    const waiting = candidates.filter((listed) => this.#mayHaveMoved(listed))
    for (const listed of waiting) this.#unread.set(listed.id, listed)
    let failuresInARow = 0
    for (const listed of waiting) {
      if (this.#deps.clock.now() - this.#progress.startedAt > READ_UNTIL_MS) return null
      const candidate = await this.#candidate(listed)
      if (candidate === null) continue
      if (this.#progress.threadsLeft <= 0) continue
      try {
        await this.#read(candidate)
        failuresInARow = 0
      } catch (error) {
        if (!isAboutThread(error)) {
          if (isOurs(error)) throw error
          return error
        }
        this.#putAside(listed, error.message)
        if (++failuresInARow >= FAILURES_IN_A_ROW_MAX) return error
      }
    }
    return null
  }

  changes(): Partial<AccountProgress> {
    return {
      watermark: this.#watermark(),
      front: Object.fromEntries(
        this.#listing.front.flatMap((listed) => {
          const glimpse = this.#settled.get(listed.id)
          return glimpse === undefined ? [] : [[frontKey(listed.id), glimpse]]
        }),
      ),
      quarantine: this.#quarantine,
      demand:
        this.#unread.size + this.#unfinished * WALK_REQUESTS + (this.#listing.reachesWatermark ? 0 : WALK_REQUESTS),
    }
  }

  /** By the account's row alone: an idle poll reads no checkpoint. */
  #mayHaveMoved(listed: ListedConversation): boolean {
    if (isAside(this.#account, listed.id, this.#deps.clock.now())) return false
    const glimpse = glimpseOf(listed)
    if (hasMoved(frontGlimpse(this.#account, listed.id), glimpse)) return true
    this.#settled.set(listed.id, glimpse)
    return false
  }

  /** What there is to read, or null where the checkpoint or the baseline says that there is nothing. */
  async #candidate(listed: ListedConversation): Promise<Candidate | null> {
    const checkpoint = await this.#deps.store.getCheckpoint(this.#account.id, listed.id)
    const glimpse = glimpseOf(listed)
    const settled =
      checkpoint === null
        ? !this.#isAsideNow(listed.id) && activityOf(listed) <= this.#account.baselinedAt
        : !hasMoved(checkpoint.glimpse, glimpse) && !this.#isAsideNow(listed.id)
    if (!settled) return { listed, checkpoint }
    this.#settle(listed.id, glimpse)
    return null
  }

  async #read({ listed, checkpoint }: Candidate): Promise<void> {
    const { upstream } = this.#deps
    const account = this.#account
    const isFirst = this.#progress.requests === this.#requestsOfList
    const readPage = async (window: ThreadWindow): Promise<Thread | null> => {
      if (this.#progress.threadsLeft <= 0) return null
      this.#progress.threadsLeft--
      this.#progress.requests++
      const { dialect, profileUrn } = this.#listing
      const conversation = { id: listed.id, urn: listed.urn }
      const thread = await upstream.readThread({ accountId: account.id, dialect, conversation, profileUrn, window })
      checkOwner(account, thread)
      return thread
    }
    const read = await readThread(listed, checkpoint, account.baselinedAt, readPage, isFirst)
    const { drafts, checkpoint: after } = diff(checkpoint, {
      accountId: account.id,
      baselinedAt: account.baselinedAt,
      listed,
      ...read,
      participants: read.participants ?? [],
    })
    const glimpse = glimpseOf(listed)
    const found = {
      account,
      listed,
      participants: read.participants,
      drafts,
      checkpoint: after,
      storedUpto: checkpoint?.upto ?? null,
      unreadableBefore: checkpoint?.unreadable ?? 0,
      glimpse: read.complete ? glimpse : null,
    }
    await append(found, this.#progress, this.#deps)
    // Published thread by thread, so that the first message does not wait for the last thread.
    await publishAppended(account, this.#progress, this.#deps)
    if (read.complete) this.#settle(listed.id, glimpse)
    else this.#unfinished++
  }

  #settle(conversationId: string, glimpse: Glimpse): void {
    this.#settled.set(conversationId, glimpse)
    this.#unread.delete(conversationId)
    this.#quarantine = release(this.#quarantine, conversationId)
  }

  #putAside(listed: ListedConversation, reason: string): void {
    const quarantine = putAside(this.#quarantine, listed, reason, this.#deps.clock.now())
    const fields = { accountId: this.#account.id, conversationId: listed.id, reason, full: quarantine === null }
    this.#deps.logger.warn("conversation.quarantined", fields)
    if (quarantine === null) return
    this.#quarantine = quarantine
    this.#unread.delete(listed.id)
  }

  /** Those kept aside whose time has come and that the list does not show. */
  #quarantineDue(): ListedConversation[] {
    const now = this.#deps.clock.now()
    const listed = new Set(this.#listing.conversations.map((conversation) => conversation.id))
    return this.#quarantine
      .filter((entry) => entry.retryAt <= now && !listed.has(entry.conversationId))
      .map((entry) => unlisted(entry))
  }

  #isAsideNow(conversationId: string): boolean {
    return this.#quarantine.some((entry) => entry.conversationId === conversationId)
  }

  /** Up to where everything is read or kept aside. Never above upstream's clock: one absurd time must not blind us. */
  #watermark(): number {
    const { watermark } = this.#account
    if (!this.#listing.reachesWatermark) return watermark
    const ceiling = this.#listing.date ?? this.#deps.clock.now()
    const unread = [...this.#unread.values()].filter((listed) => activityOf(listed) > 0)
    const upTo =
      unread.length > 0
        ? Math.min(...unread.map(activityOf)) - 1
        : Math.max(...this.#listing.conversations.map(activityOf), 0)
    return Math.max(watermark, Math.min(upTo, ceiling))
  }
}

/** Errors that are neither upstream's nor about the account: bugs, the store, a lost race. */
const isOurs = (error: unknown): boolean =>
  !(error instanceof Error && (error.name === "UpstreamError" || error.name === "UntrustedAnswer"))

const unlisted = ({ conversationId, urn }: Quarantined): ListedConversation => ({
  id: conversationId,
  urn,
  url: null,
  title: null,
  isGroup: false,
  participants: [],
  unreadCount: 0,
  lastActivityAt: 0,
  createdAt: null,
  preview: "",
  previewSentAt: null,
})
