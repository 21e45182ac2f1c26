import type { Account, AccountStatus } from "../account.ts"
import { MINUTE_MS, SECOND_MS } from "../time.ts"
import { UpstreamError } from "../upstream/thread.ts"

/** One failed poll is weather; so many in a row are a status. */
export const FAILING_AFTER = 3
/** Failing accounts are still polled this often: for their log, and to notice recovery. */
export const FAILING_INTERVAL_MS = 10 * MINUTE_MS

export interface Health {
  status: AccountStatus
  reason: string | null
}

/** Upstream answered, but not for this account, or not with what it has: nothing may be believed of it. */
export class UntrustedAnswer extends Error {
  override name = "UntrustedAnswer"
  readonly kind: "wrong_account" | "suspicious_empty"
  constructor(kind: "wrong_account" | "suspicious_empty", message: string) {
    super(message)
    this.kind = kind
  }
}

/** The status of an account after a failed poll, and in how many milliseconds to try again. */
export const afterFailure = (
  account: Account,
  error: unknown,
): Health & { kind: string; httpStatus: number | null } => {
  const failures = account.consecutiveFailures + 1
  if (error instanceof UntrustedAnswer) {
    const status = error.kind === "wrong_account" ? "failing" : failures >= FAILING_AFTER ? "stale" : account.status
    return { status, reason: error.message, kind: error.kind, httpStatus: null }
  }
  const kind = error instanceof UpstreamError ? error.kind : "internal"
  const httpStatus = error instanceof UpstreamError ? error.status : null
  const reason = error instanceof Error ? error.message : String(error)
  const status: AccountStatus =
    kind === "unauthorized"
      ? "auth_failed"
      : kind === "forbidden" || kind === "not_found"
        ? "disconnected"
        : failures >= FAILING_AFTER
          ? "failing"
          : account.status
  return { status, reason: status === account.status ? account.statusReason : reason, kind, httpStatus }
}

/** Longer and longer after each failure, from the account's own interval up to FAILING_INTERVAL_MS. */
export const retryDelay = (failures: number, intervalMs: number): number =>
  Math.min(
    Math.max(intervalMs, 5 * SECOND_MS) * 2 ** Math.max(0, failures - 1),
    Math.max(FAILING_INTERVAL_MS, intervalMs),
  )

/** After a good poll. `stale`: why what upstream showed may be old; `stretched`: why the account is polled less often than wished. */
export const afterSuccess = (
  account: Pick<Account, "baselinedAt">,
  { stale, stretched }: { stale: string | null; stretched: string | null },
): Health =>
  stale === null
    ? { status: "healthy", reason: account.baselinedAt === null ? null : stretched }
    : { status: "stale", reason: stale }
