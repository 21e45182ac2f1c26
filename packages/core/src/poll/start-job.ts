import type { Account } from "../account.ts"
import { VisibleError } from "../error.ts"
import { checkRoomForJob, finishedJob, isJobFinished, type JobRow } from "../job.ts"
import type { AccountStore, Clock, JobStore } from "../ports.ts"

export interface StartDeps {
  store: Pick<AccountStore, "setWishes"> & Pick<JobStore, "listJobs" | "putJob">
  clock: Clock
}

/**
 * Makes a backfill or reconciliation of an account, for its polls to work on. With an id that a job has already it answers null: the
 * caller knows what that means. Throws conflict where the account cannot have one now. A crash before the account is told of it:
 * the sweep tells it (restoreJobs).
 */
export const startJob = async (
  account: Account,
  job: Pick<JobRow, "id" | "kind" | "input" | "requestHash">,
  deps: StartDeps,
): Promise<JobRow | null> => {
  if (account.paused)
    throw new VisibleError("conflict", 'The account is paused: resume it first (PATCH with { "paused": false }).')
  if (account.baselinedAt === null)
    throw new VisibleError(
      "conflict",
      "The account has had no good poll yet, so nothing is history. Try again after its first.",
    )
  const others = await deps.store.listJobs()
  const other = openJobsOf(account.id, others)[0]
  if (other !== undefined) throw busy(other)
  checkRoomForJob(others)
  const now = deps.clock.now()
  const row: JobRow = {
    ...job,
    version: 1,
    status: "queued",
    endpointId: null,
    accountId: account.id,
    progress: null,
    matched: 0,
    done: 0,
    missing: null,
    error: null,
    next: null,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
    expiresAt: null,
  }
  if (!(await deps.store.putJob(row, null))) return null
  // Two at the very same moment: the one that stands first stays. Should both think so, the account works on them in turn.
  const first = openJobsOf(account.id, await deps.store.listJobs())[0]
  if (first !== undefined && first.id !== row.id) {
    await deps.store.putJob(finishedJob(row, "cancelled", { now: deps.clock.now() }), row.version)
    throw busy(first)
  }
  await deps.store.setWishes(account.id, { jobId: row.id })
  return row
}

const openJobsOf = (accountId: string, jobs: readonly JobRow[]): JobRow[] =>
  jobs
    .filter((job) => job.accountId === accountId && !isJobFinished(job.status))
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))

const busy = ({ id, kind }: JobRow): VisibleError =>
  new VisibleError(
    "conflict",
    `The ${kind} ${id} of this account is not finished. Wait for it, or cancel it (POST /v1/jobs/${id}/cancel).`,
  )
