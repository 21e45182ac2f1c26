import { createHash } from "node:crypto"

import type { Account } from "../account.ts"
import { DAY_MS, HOUR_MS, type Instant } from "../time.ts"

/** So much is looked at again. */
export const RECONCILED_MS = DAY_MS
/** Accounts are spread over these hours of the night, UTC, each at its own minute. */
const NIGHT_MS = 6 * HOUR_MS

/** When an account is reconciled on the day of `now`, and not before. */
export const nightlyAt = (accountId: string, now: Instant): Instant => {
  const share = createHash("sha256").update(accountId).digest().readUInt32BE(0) / 2 ** 32
  return Math.floor(now / DAY_MS) * DAY_MS + Math.floor(share * NIGHT_MS)
}

/**
 * Once a day, with the first poll after its instant: also by day, where nothing ran at night. Not on the day of the baseline, when
 * there is hardly anything to look at.
 */
export const isNightlyDue = (
  account: Pick<Account, "id" | "lastReconciliation"> & { baselinedAt: Instant },
  now: Instant,
): boolean => {
  const at = nightlyAt(account.id, now)
  return now >= at && account.baselinedAt < at && (account.lastReconciliation?.at ?? 0) < at
}
