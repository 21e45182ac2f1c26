import { finishedJob, isJobFinished, type JobRow } from "../job.ts"
import type { Logger } from "../logger.ts"
import type { AccountStore, Clock, JobStore } from "../ports.ts"
import { DAY_MS } from "../time.ts"

/** A backfill or reconciliation that has not ended by then is given up: its account is paused, cannot be read, or gone. */
export const ACCOUNT_JOB_MS_MAX = 7 * DAY_MS

export interface RestoreDeps {
  store: Pick<AccountStore, "listAccounts" | "setWishes"> & Pick<JobStore, "listJobs" | "putJob">
  clock: Clock
  logger: Logger
}

/**
 * A part of the sweep: names to each account the oldest of its unfinished jobs, where its row names none or one that is through.
 * Whoever made the job may have died before it told the account; the end of another may have taken the name away. Answers how many.
 */
export const restoreJobs = async (deps: RestoreDeps): Promise<number> => {
  const now = deps.clock.now()
  const open = (await deps.store.listJobs())
    .filter((job) => job.accountId !== null && !isJobFinished(job.status))
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  if (open.length === 0) return 0
  const young: JobRow[] = []
  for (const job of open) {
    if (now - job.createdAt <= ACCOUNT_JOB_MS_MAX) young.push(job)
    else await giveUp(job, deps)
  }
  const byAccount = Map.groupBy(young, (job) => job.accountId)
  let restored = 0
  for (const account of await deps.store.listAccounts()) {
    const jobs = byAccount.get(account.id) ?? []
    const [oldest] = jobs
    if (oldest === undefined || jobs.some(({ id }) => id === account.jobId)) continue
    await deps.store.setWishes(account.id, { jobId: oldest.id })
    restored++
  }
  return restored
}

const giveUp = async (job: JobRow, { store, clock, logger }: RestoreDeps): Promise<void> => {
  const error = `It did not end within ${ACCOUNT_JOB_MS_MAX / DAY_MS} days: is its account polled? Start it again to go on.`
  if (await store.putJob(finishedJob(job, "failed", { now: clock.now(), error }), job.version))
    logger.warn("job.given_up", { jobId: job.id, accountId: job.accountId })
}
