import { DUE_GRACE_MS } from "../delivery/plan.ts"
import type { Clock, JobStore } from "../ports.ts"
import { sendStep, type SendStepDeps } from "./message.ts"

export type ResumeDeps = SendStepDeps & { store: Pick<JobStore, "listJobs" | "putJob">; clock: Clock }

/**
 * Sends the message again of each job whose step is overdue: it was lost, refused or never sent. One that only waits in a long queue
 * gets a second, of which one acts. Answers how many.
 */
export const resumeJobs = async (deps: ResumeDeps): Promise<number> => {
  let resumed = 0
  for (const job of await deps.store.listJobs()) {
    const now = deps.clock.now()
    if (job.next === null || job.next.at + DUE_GRACE_MS > now) continue
    // Sent first: a crash in between sends it twice, and the tick tells them apart.
    if (!(await sendStep(job, now, deps))) continue
    await deps.store.putJob({ ...job, version: job.version + 1, next: { ...job.next, at: now } }, job.version)
    resumed++
  }
  return resumed
}
