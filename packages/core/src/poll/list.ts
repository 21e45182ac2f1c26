import type { Account, Glimpse } from "../account.ts"
import { shortHash } from "../id.ts"
import type { Instant } from "../time.ts"
import type { ConversationList, Dialect, ListedConversation } from "../upstream/thread.ts"
import { UntrustedAnswer } from "./health.ts"
import type { PollDeps } from "./deps.ts"
import { activityOf, glimpseOf, hasMoved } from "./prints.ts"
import type { Progress } from "./progress.ts"

/** Most pages of the list in one poll. */
export const LIST_PAGES_MAX = 25

export interface Listing {
  /** Page 1, as it was. */
  front: ListedConversation[]
  /** All pages, without repeats. */
  conversations: ListedConversation[]
  /** Whether the pages go back to the watermark. */
  reachesWatermark: boolean
  dialect: Dialect
  profileUrn: string | null
  /** Upstream's clock. */
  date: Instant | null
  fromCache: boolean
}

/**
 * Lists conversations from the newest until older than the watermark. Always from the first page: a stored cursor walks into
 * history, and a conversation that gets a message while we page jumps above it.
 */
export const list = async (account: Account, progress: Progress, deps: PollDeps): Promise<Listing> => {
  const first = await page(account, account.dialect, null, progress, deps)
  if (first.unreadable > 0)
    deps.logger.warn("conversation.unreadable", { accountId: account.id, conversations: first.unreadable })
  if (first.conversations.length === 0 && (account.tracked > 0 || first.unreadable > 0))
    throw new UntrustedAnswer(
      "suspicious_empty",
      "ConnectSafely lists no conversation that can be read, of an account that has some: its LinkedIn session may be broken.",
    )
  const found = new Map(first.conversations.map((listed) => [listed.id, listed]))
  let cursor = first.nextCursor
  let reachesWatermark = reaches(first, account)
  const cursors = new Set<string>()
  let fresh = first.conversations
  let waiting = 0
  // The first poll only draws the line: what page 1 does not show has its baseline at this instant.
  while (account.baselinedAt !== null && !reachesWatermark && cursors.size < LIST_PAGES_MAX - 1) {
    if (cursor === null || cursors.has(cursor)) break
    // A list page costs a thread's request: what has been found comes first. Threads read before cost nothing now.
    waiting += await countWaiting(fresh, account, deps)
    if (progress.threadsLeft <= waiting) break
    cursors.add(cursor)
    progress.threadsLeft--
    const current = await page(account, first.dialect, cursor, progress, deps)
    fresh = current.conversations.filter((listed) => !found.has(listed.id))
    for (const listed of fresh) found.set(listed.id, listed)
    reachesWatermark = reaches(current, account) || fresh.length === 0
    cursor = current.nextCursor
  }
  if (cursor === null) reachesWatermark = true
  if (!reachesWatermark && account.baselinedAt !== null)
    deps.logger.warn("poll.list_capped", { accountId: account.id, pages: cursors.size + 1 })
  return {
    front: first.conversations,
    conversations: [...found.values()],
    reachesWatermark,
    dialect: first.dialect,
    profileUrn: first.profileUrn ?? account.profileUrn,
    date: first.date,
    fromCache: first.fromCache,
  }
}

/** How many of these have news, by the account's row, else by their checkpoints. */
const countWaiting = async (conversations: ListedConversation[], account: Account, deps: PollDeps): Promise<number> => {
  const moved = conversations.filter((listed) => hasMoved(frontGlimpse(account, listed.id), glimpseOf(listed)))
  const checkpoints = await Promise.all(moved.map((listed) => deps.store.getCheckpoint(account.id, listed.id)))
  return moved.filter((listed, index) => {
    const checkpoint = checkpoints[index]
    return checkpoint === null || checkpoint === undefined
      ? activityOf(listed) > (account.baselinedAt ?? 0)
      : hasMoved(checkpoint.glimpse, glimpseOf(listed))
  }).length
}

const page = async (
  account: Account,
  dialect: Dialect | null,
  cursor: string | null,
  progress: Progress,
  deps: PollDeps,
): Promise<ConversationList> => {
  progress.requests++
  const answer = await deps.upstream.listConversations({ accountId: account.id, dialect, cursor })
  checkOwner(account, answer)
  return answer
}

/** The default account, or another one behind the same id, must not speak for this one. */
export const checkOwner = (
  account: Pick<Account, "id" | "profileUrn">,
  answer: { accountId: string | null; profileUrn: string | null },
): void => {
  if (answer.accountId !== null && answer.accountId !== account.id)
    throw new UntrustedAnswer(
      "wrong_account",
      `ConnectSafely answered for account ${answer.accountId} instead of ${account.id}; nothing of it was used.`,
    )
  if (answer.profileUrn !== null && account.profileUrn !== null && answer.profileUrn !== account.profileUrn)
    throw new UntrustedAnswer(
      "wrong_account",
      "Another LinkedIn profile now answers for this account; nothing of it was used.",
    )
}

/** Older than the watermark; a page of one instant, or one that is all newer, says nothing about the next. */
const reaches = (list: ConversationList, account: Account): boolean =>
  list.conversations.some((listed) => activityOf(listed) < account.watermark)

export const frontKey = (conversationId: string): string => shortHash(conversationId)

/** How the conversation looked when it was last read, as far as the account's row knows. */
export const frontGlimpse = (account: Account, conversationId: string): Glimpse | undefined =>
  account.front[frontKey(conversationId)]
