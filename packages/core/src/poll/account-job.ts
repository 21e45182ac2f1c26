import type { Account, AccountProgress } from "../account.ts"
import { messageOf } from "../error.ts"
import { finishedJob, isJobFinished, type JobRow } from "../job.ts"
import { DAY_MS } from "../time.ts"
import { UpstreamError } from "../upstream/thread.ts"
import { UntrustedAnswer } from "./health.ts"
import { BackfillInput } from "./backfill.ts"
import { backfillTask, HistoryProgress, reconcileTask, startHistory, type HistoryTask } from "./history.ts"
import type { HistoryAccount } from "./history-step.ts"
import { walkHistory } from "./history-walk.ts"
import { isNightlyDue, RECONCILED_MS } from "./nightly.ts"
import type { PollDeps } from "./deps.ts"
import type { Progress } from "./progress.ts"

export interface Worked {
  /** For the account's row, with the poll's last write. */
  changes: Partial<AccountProgress>
  /** There is more to do: the next poll should not be far. */
  isUnfinished: boolean
  /** What ended the step early, if upstream did. */
  error: unknown
}

/** A nightly reconciliation that takes longer is given up, and said to be incomplete: the next one looks at another day. */
const NIGHTLY_MS_MAX = DAY_MS

const NOTHING: Worked = { changes: {}, isUnfinished: false, error: null }

/**
 * What a poll does behind its live news, with what they left of its grant: a step of the account's backfill or reconciliation, else
 * of the nightly one. Under the account's lease, and in the same order of writes; a step that dies is taken again.
 */
export const workOnJob = async (account: Account, progress: Progress, deps: PollDeps): Promise<Worked> => {
  const { baselinedAt } = account
  // A line that was drawn a moment ago counts from the poll's last write on.
  if (baselinedAt === null) return NOTHING
  const baselined = { ...account, baselinedAt }
  if (account.jobId !== null) return await stepJob(baselined, account.jobId, progress, deps)
  if (account.reconciling !== null || isNightlyDue(baselined, deps.clock.now()))
    return await stepNightly(baselined, progress, deps)
  return NOTHING
}

const stepJob = async (account: HistoryAccount, jobId: string, progress: Progress, deps: PollDeps): Promise<Worked> => {
  const job = await deps.store.getJob(jobId)
  if (job === null || isJobFinished(job.status)) {
    // Cancelled, or ended by a step that died before it could say so here.
    await deps.store.setWishes(account.id, { jobId: null })
    return NOTHING
  }
  const input = BackfillInput.safeParse(job.input)
  const task = job.kind === "backfill" ? backfillTask(input.data?.endpointIds ?? null) : reconcileTask
  const since = input.success && job.kind === "backfill" ? Date.parse(input.data.since) : sinceYesterday(deps)
  const before = parsed(job.progress) ?? startHistory(since)
  const { state, error } = await walk(account, task, before, progress, deps)
  const row = rowAfter(job, state, deps.clock.now())
  const isMoved = state.ended || job.status === "queued" || JSON.stringify(state) !== JSON.stringify(before)
  // Lost: someone cancelled it meanwhile. What it has made stays.
  if (isMoved && (await deps.store.putJob(row, job.version)) && state.ended)
    await deps.store.setWishes(account.id, { jobId: null })
  if (!state.ended) return { changes: {}, isUnfinished: true, error }
  const fields = { jobId, accountId: account.id, kind: job.kind, events: state.made, error: row.error }
  if (row.error === null) deps.logger.info("job.ended", fields)
  else deps.logger.warn("job.failed", fields)
  return { changes: job.kind === "reconcile" ? reconciled(account, state, deps) : {}, isUnfinished: false, error }
}

/** As a job, but without a row of its own: its place is kept in the account's, with the poll's last write. */
const stepNightly = async (account: HistoryAccount, progress: Progress, deps: PollDeps): Promise<Worked> => {
  const since = sinceYesterday(deps)
  const before = parsed(account.reconciling) ?? startHistory(since)
  if (before.since < since - NIGHTLY_MS_MAX) {
    const late = { ...before, failure: "It did not end within a day." }
    return { changes: { reconciling: null, ...reconciled(account, late, deps) }, isUnfinished: false, error: null }
  }
  const { state, error } = await walk(account, reconcileTask, before, progress, deps)
  if (!state.ended) return { changes: { reconciling: state }, isUnfinished: true, error }
  return { changes: { reconciling: null, ...reconciled(account, state, deps) }, isUnfinished: false, error }
}

const walk = async (
  account: HistoryAccount,
  task: HistoryTask,
  before: HistoryProgress,
  progress: Progress,
  deps: PollDeps,
): Promise<{ state: HistoryProgress; error: unknown }> => {
  const state = structuredClone(before)
  try {
    await walkHistory({ account, task, state }, progress, deps)
    return { state, error: null }
  } catch (error) {
    if (!(error instanceof UpstreamError) && !(error instanceof UntrustedAnswer)) throw error
    deps.logger.info("history.interrupted", { accountId: account.id, reason: messageOf(error) })
    return { state, error }
  }
}

const parsed = (progress: unknown): HistoryProgress | null => HistoryProgress.safeParse(progress).data ?? null

const rowAfter = (job: JobRow, state: HistoryProgress, now: number): JobRow => {
  const isBackfill = job.kind === "backfill"
  const counted: JobRow = {
    ...job,
    matched: isBackfill ? state.made : state.checked,
    done: isBackfill ? state.made : state.checked,
    missing: isBackfill ? null : state.made,
  }
  if (!state.ended) return { ...counted, version: job.version + 1, status: "running", progress: state, updatedAt: now }
  const { failure } = state
  return finishedJob(counted, failure === null ? "succeeded" : "failed", { now, error: failure })
}

const sinceYesterday = (deps: PollDeps): number => deps.clock.now() - RECONCILED_MS

const reconciled = (
  account: HistoryAccount,
  { checked, made, failure }: HistoryProgress,
  deps: PollDeps,
): Partial<AccountProgress> => {
  const fields = { accountId: account.id, checked, missing: made, error: failure }
  if (failure === null) deps.logger.info("reconcile.done", fields)
  else deps.logger.warn("reconcile.incomplete", fields)
  return { lastReconciliation: { at: deps.clock.now(), checked, missing: made } }
}
