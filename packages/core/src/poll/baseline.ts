import type { Account, AccountProgress, Glimpse } from "../account.ts"
import { frontKey, type Listing } from "./list.ts"
import type { PollDeps } from "./deps.ts"
import { activityOf, glimpseOf } from "./prints.ts"
import { LostRace, type Progress } from "./progress.ts"
import { newCheckpoint } from "./remember.ts"

/**
 * The first good poll draws the line and makes no event: for each conversation listed, its last activity; for those seen later,
 * this instant by upstream's clock. It counts once the account's row says so: a crash before that draws the line anew.
 */
export const baseline = async (
  account: Account,
  listing: Listing,
  progress: Progress,
  deps: PollDeps,
): Promise<Partial<AccountProgress>> => {
  const at = listing.date ?? deps.clock.now()
  const front: Record<string, Glimpse> = {}
  for (const listed of listing.conversations) {
    const stored = await deps.store.getCheckpoint(account.id, listed.id)
    const glimpse = glimpseOf(listed)
    const line = activityOf(listed)
    // A line only moves forward: one that is ahead was drawn by a poll that outran this one, and may have events behind it.
    if (stored === null || (stored.upto === 0 && stored.baseline < line)) {
      // Left by a poll that died over it, or standing since another's baseline counts: that one then has the lease, or has let it go.
      if (
        stored !== null &&
        !(await deps.store.saveProgress(account.id, progress.owner, { updatedAt: deps.clock.now() }, false))
      )
        throw new LostRace()
      const checkpoint = { ...newCheckpoint(listed.id, line), glimpse }
      if (!(await deps.store.putCheckpoint(account.id, checkpoint, stored?.upto ?? null))) throw new LostRace()
    }
    if (stored === null) progress.tracked++
    front[frontKey(listed.id)] = glimpse
  }
  deps.logger.info("account.baselined", { accountId: account.id, conversations: listing.conversations.length })
  const newest = Math.max(...listing.conversations.map(activityOf), 0)
  return { baselinedAt: at, watermark: Math.min(newest, at), front, demand: 0 }
}
