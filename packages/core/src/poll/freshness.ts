import type { Account } from "../account.ts"
import { MINUTE_MS } from "../time.ts"
import { UpstreamError } from "../upstream/thread.ts"
import type { Listing } from "./list.ts"
import type { PollDeps } from "./deps.ts"
import type { Progress } from "./progress.ts"

/** Upstream is asked how fresh its cache is at most this often: it costs a request. */
const ASK_EVERY_MS = 10 * MINUTE_MS
/** A cache older than this is called stale. */
const STALE_AFTER_MS = 10 * MINUTE_MS

export interface Freshness {
  /** Why what upstream shows may be old, in words; null when it is fresh, or nothing says otherwise. */
  stale: string | null
  freshnessAskedAt: number | null
}

/** An answer from upstream's cache may be hours old and look well: then the account is `stale`, not `healthy`. */
export const freshnessOf = async (
  account: Account,
  listing: Pick<Listing, "fromCache" | "date">,
  progress: Progress,
  deps: PollDeps,
): Promise<Freshness> => {
  if (!listing.fromCache) return { stale: null, freshnessAskedAt: null }
  const now = deps.clock.now()
  const askedAt = account.freshnessAskedAt
  const keep = { stale: account.status === "stale" ? account.statusReason : null, freshnessAskedAt: askedAt }
  if ((askedAt !== null && now - askedAt < ASK_EVERY_MS) || progress.threadsLeft <= 0) return keep
  progress.threadsLeft--
  progress.requests++
  try {
    const sync = await deps.upstream.getSync({ accountId: account.id })
    if (sync === null) return { stale: null, freshnessAskedAt: now }
    if (sync.failure !== null)
      return { stale: `ConnectSafely cannot read LinkedIn: ${sync.failure}`, freshnessAskedAt: now }
    // Both are upstream's clock, where it sends one.
    const ageMs = (listing.date ?? now) - (sync.lastSyncAt ?? 0)
    const isOld = sync.lastSyncAt !== null && ageMs > STALE_AFTER_MS
    const minutes = Math.round(ageMs / MINUTE_MS)
    return { stale: isOld ? `ConnectSafely last read LinkedIn ${minutes} minutes ago.` : null, freshnessAskedAt: now }
  } catch (error) {
    // A question on the side: the poll itself went well.
    if (error instanceof UpstreamError) return { ...keep, freshnessAskedAt: now }
    throw error
  }
}
