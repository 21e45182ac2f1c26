import type { Account } from "../account.ts"
import type { Instant } from "../time.ts"
import type { Upstream } from "../upstream/thread.ts"
import { checkOwner } from "./list.ts"
import { activityOf } from "./prints.ts"

/** Most pages of the list that an estimate reads. */
export const ESTIMATE_PAGES_MAX = 5

export interface Estimate {
  /** With activity since then. */
  conversations: number
  /** The first and the last of these activities; null without any. */
  oldest: Instant | null
  newest: Instant | null
  /** False where the list goes on: then there are more. */
  isExact: boolean
}

export interface EstimateDeps {
  upstream: Pick<Upstream, "listConversations">
  /** Takes one of the requests that are kept back from polls. */
  takeRequest: () => Promise<boolean>
}

/**
 * How much a backfill would have to read, by the list of conversations alone: what is in them, and which of it has its event, only
 * reading them would tell. Null where no request is left at this moment. Throws UpstreamError and UntrustedAnswer.
 */
export const estimateBackfill = async (
  account: Account,
  since: Instant,
  { upstream, takeRequest }: EstimateDeps,
): Promise<Estimate | null> => {
  const activities = new Map<string, Instant>()
  let cursor: string | null = null
  let isExact = false
  for (let pages = 0; pages < ESTIMATE_PAGES_MAX && !isExact; pages++) {
    if (!(await takeRequest())) {
      if (pages === 0) return null
      break
    }
    const { dialect } = account
    const page: Awaited<ReturnType<Upstream["listConversations"]>> = await upstream.listConversations({
      accountId: account.id,
      dialect,
      cursor,
    })
    checkOwner(account, page)
    for (const listed of page.conversations)
      if (activityOf(listed) >= since) activities.set(listed.id, activityOf(listed))
    const isPast = page.conversations.some((listed) => activityOf(listed) < since)
    isExact = isPast || page.nextCursor === null || page.nextCursor === cursor
    cursor = page.nextCursor
  }
  const all = [...activities.values()]
  return {
    conversations: all.length,
    oldest: all.length === 0 ? null : Math.min(...all),
    newest: all.length === 0 ? null : Math.max(...all),
    isExact,
  }
}
