import type { Account, AccountProgress } from "../account.ts"
import { messageOf } from "../error.ts"
import { derivedId } from "../id.ts"
import type { LogRow } from "../log-row.ts"
import { iso, MINUTE_MS, SECOND_MS } from "../time.ts"
import { UpstreamError } from "../upstream/thread.ts"
import { workOnJob } from "./account-job.ts"
import { nextSeenAt, publishAppended } from "./append.ts"
import { afterRateLimit } from "./budget.ts"
import type { PollDeps } from "./deps.ts"
import { dueAt, isOnlyTended, type PollMessage } from "./due.ts"
import { afterFailure, afterSuccess, FAILING_INTERVAL_MS, retryDelay, type Health } from "./health.ts"
import { look } from "./look.ts"
import { LostRace, startProgress, type Progress } from "./progress.ts"
import { recover } from "./recover.ts"

/** Longer than a poll may run (the function's timeout is 50 s): a lease that is over belongs to a dead process. */
export const LEASE_MS = 60 * SECOND_MS

/** While there is a backfill or a reconciliation, an account is polled at least so often. */
const JOB_EVERY_MS = MINUTE_MS

export type PollReport =
  | { kind: "polled"; requests: number; events: number }
  | { kind: "failed"; requests: number; events: number; reason: string }
  /** The account is paused: nobody was asked. */
  | { kind: "tended" }
  /** Another poll holds the lease, or has been here since this message was made. */
  | { kind: "skipped" }

/**
 * Polls one account: lease, recovery, upstream, events, `published`, lease. A crash between any two of its steps loses nothing
 * and repeats no id: the next poll goes on from the log. Expected failures (upstream, a lost race) are reported, not thrown.
 */
export const poll = async (message: PollMessage, deps: PollDeps): Promise<PollReport> => {
  const startedAt = deps.clock.now()
  const owner = Buffer.from(deps.randomBytes(12)).toString("base64url")
  const account = await deps.store.acquireLease(message.accountId, owner, startedAt, startedAt + LEASE_MS)
  if (account === null) return { kind: "skipped" }
  if (message.at < dueAt(account)) {
    await deps.store.saveProgress(account.id, owner, {}, true)
    return { kind: "skipped" }
  }
  const progress = startProgress(account, owner, startedAt, message.grant)
  try {
    await recover(account, progress, deps)
    if (isOnlyTended(account) || message.grant.list === 0) return await tend(account, progress, deps)
    const outcome = await ask(account, progress, deps)
    return await finish(account, message, outcome, progress, deps)
  } catch (error) {
    if (!(error instanceof LostRace)) throw error
    deps.logger.info("poll.lost_race", { accountId: account.id })
    return { kind: "skipped" }
  }
}

/** A paused account's log is looked after; upstream and the account's health are left alone. */
const tend = async (account: Account, progress: Progress, deps: PollDeps): Promise<PollReport> => {
  await publishAppended(account, progress, deps)
  const now = deps.clock.now()
  // Resumed since the poll was dealt: then it is due, and the next deal has requests for it.
  const nextPollAt = account.paused ? now + FAILING_INTERVAL_MS : account.nextPollAt
  const { tracked, unreadableMessages } = progress
  await deps.store.saveProgress(
    account.id,
    progress.owner,
    { nextPollAt, tracked, unreadableMessages, updatedAt: now },
    true,
  )
  return { kind: "tended" }
}

type Outcome =
  | { kind: "paused"; until: number }
  | { kind: "good"; changes: Partial<AccountProgress>; stale: string | null; hasJob: boolean }
  | Failed
interface Failed {
  kind: "failed"
  error: unknown
  changes: Partial<AccountProgress>
}

/** Looks upstream, unless its rate limit has paused everyone; then works on the account's job with what that left of the grant. */
const ask = async (account: Account, progress: Progress, deps: PollDeps): Promise<Outcome> => {
  const budget = await deps.store.getBudget()
  const pausedUntil = budget?.pausedUntil ?? 0
  if (pausedUntil > deps.clock.now()) return { kind: "paused", until: pausedUntil }
  const { changes, error, stale } = await look(account, progress, deps)
  const worked =
    error === null
      ? await workOnJob({ ...account, ...changes, baselinedAt: account.baselinedAt }, progress, deps)
      : null
  const limit = error ?? worked?.error
  if (limit instanceof UpstreamError && limit.kind === "rate_limited") {
    const lowered = afterRateLimit(budget, deps.settings.requestsPerMinute, limit.retryAt, deps.clock.now())
    // Lost: another poll met the same limit and has written it down.
    if (lowered !== null) await deps.store.putBudget(lowered, budget?.version ?? null)
  }
  return worked === null
    ? { kind: "failed", error, changes }
    : { kind: "good", changes: { ...changes, ...worked.changes }, stale, hasJob: worked.isUnfinished }
}

/** Status, publication, and the account's row: the lease goes with the last write. */
const finish = async (
  account: Account,
  message: PollMessage,
  outcome: Outcome,
  progress: Progress,
  deps: PollDeps,
): Promise<PollReport> => {
  const now = deps.clock.now()
  const { intervalMs } = deps.settings
  const common = {
    lastAttemptedAt: progress.startedAt,
    tracked: progress.tracked,
    unreadableMessages: progress.unreadableMessages,
    lastMessageAt: progress.lastMessageAt,
    lagMs: progress.lagMs,
    updatedAt: now,
  }
  if (outcome.kind === "paused") {
    // Nothing is asked before the pause ends, but the log is looked after.
    const nextPollAt = Math.min(outcome.until, now + FAILING_INTERVAL_MS)
    await publishAppended(account, progress, deps)
    await deps.store.saveProgress(account.id, progress.owner, { ...common, nextPollAt }, true)
    return {
      kind: "failed",
      requests: 0,
      events: 0,
      reason: `paused until ${iso(nextPollAt)} by upstream's rate limit`,
    }
  }
  if (outcome.kind === "good") {
    const health = afterSuccess(account, { stale: outcome.stale, stretched: deps.settings.stretched })
    const status = await changeStatus(account, health, progress, deps)
    await publishAppended(account, progress, deps)
    // From when it was due, not from when it ran: a message for the next poll may be on its way already.
    const wantedMs =
      outcome.hasJob && deps.settings.stretched === null ? Math.min(intervalMs, JOB_EVERY_MS) : intervalMs
    const nextPollAt = Math.max(now, message.at + wantedMs)
    const done = { ...common, ...outcome.changes, ...status, lastPolledAt: now, nextPollAt }
    await deps.store.saveProgress(
      account.id,
      progress.owner,
      { ...done, consecutiveFailures: 0, lastError: null },
      true,
    )
    if (progress.events > 0)
      deps.logger.info("poll.found", { accountId: account.id, events: progress.events, requests: progress.requests })
    return { kind: "polled", requests: progress.requests, events: progress.events }
  }
  const { kind, httpStatus, ...health } = afterFailure(account, outcome.error)
  const status = await changeStatus(account, health, progress, deps)
  await publishAppended(account, progress, deps)
  const consecutiveFailures = account.consecutiveFailures + 1
  const retryAt = outcome.error instanceof UpstreamError ? (outcome.error.retryAt ?? 0) : 0
  const wanted = Math.max(retryAt, now + retryDelay(consecutiveFailures, intervalMs))
  // However long upstream asks to wait: the account is polled for its log, and `pausedUntil` keeps upstream unasked.
  const nextPollAt = Math.min(wanted, now + Math.max(FAILING_INTERVAL_MS, intervalMs))
  const reason = messageOf(outcome.error)
  const lastError = { kind, message: reason, status: httpStatus, at: now }
  const changes = { ...common, ...outcome.changes, ...status, nextPollAt, consecutiveFailures, lastError }
  await deps.store.saveProgress(account.id, progress.owner, changes, true)
  deps.logger.warn("poll.failed", { accountId: account.id, kind, reason, failures: consecutiveFailures })
  return { kind: "failed", requests: progress.requests, events: progress.events, reason }
}

/**
 * Appends `account.status_changed` when the account starts to fail or recovers. The account's row is its checkpoint: written
 * before the event is published, so that a crash in between does not tell the same change twice.
 */
const changeStatus = async (
  account: Account,
  health: Health,
  progress: Progress,
  deps: PollDeps,
): Promise<Partial<AccountProgress>> => {
  if (health.status === account.status) return { statusReason: health.reason }
  const seenAt = await nextSeenAt(account, progress, deps)
  const changed = { status: health.status, statusReason: health.reason, statusChangedAt: seenAt }
  const isNews = !(account.status === "baselining" && health.status === "healthy")
  if (!isNews) return changed
  const row = statusRow(account, health, seenAt, progress)
  if (!(await deps.store.appendEvent(row))) throw new LostRace()
  progress.head = row.position
  progress.lastSeenAt = seenAt
  if (!(await deps.store.saveProgress(account.id, progress.owner, changed, false))) throw new LostRace()
  deps.logger.warn("account.status_changed", { accountId: account.id, status: health.status, reason: health.reason })
  return changed
}

const statusRow = (account: Account, health: Health, seenAt: number, progress: Progress): LogRow => {
  const position = progress.head + 1
  return {
    log: account.id,
    position,
    event: {
      id: derivedId("event", "account.status_changed", account.id, String(position)),
      type: "account.status_changed",
      timestamp: iso(seenAt),
      data: {
        account: { id: account.id, name: account.name, profileUrn: account.profileUrn },
        status: health.status,
        previousStatus: account.status,
        reason: health.reason,
        seenAt: iso(seenAt),
      },
    },
    seenAt,
    conversationId: null,
    sequence: null,
    previous: null,
    forgotten: false,
  }
}
