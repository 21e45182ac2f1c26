import { WORK_SHARDS } from "../delivery.ts"
import { messageOf } from "../error.ts"
import { drainSystemLog } from "../log/system.ts"
import type { JobStore } from "../ports.ts"
import { resumeJobs } from "../replay/resume-jobs.ts"
import { SECOND_MS } from "../time.ts"
import type { DeliverDeps } from "./deps.ts"
import type { Guard } from "./sweep-guard.ts"
import { sweepDue } from "./sweep-due.ts"
import { sweepHeld } from "./sweep-held.ts"

/** The function's timeout is 50 s. */
const SWEEP_MS_MAX = 40 * SECOND_MS

export type SweepDeps = Omit<DeliverDeps, "store"> & { store: DeliverDeps["store"] & JobStore }

export interface Swept {
  /** Due entries dealt with. */
  woken: number
  /** Held deliveries that ended: their endpoint is gone, or they waited longer than events are kept. */
  ended: number
  /** Jobs whose step's message had been lost. */
  resumed: number
}

/**
 * Finds open deliveries whose queue message is gone or never was (waits beyond the queue's delay), held ones that nobody lets out,
 * releasers and jobs whose message was lost, and events of the log `system` that nobody published. Everything it finds in an index
 * is read again first. What fails stops nothing else, and is thrown at the end; what there is no time for is for the next sweep.
 */
export const sweep = async (deps: SweepDeps): Promise<Swept> => {
  const until = deps.clock.now() + SWEEP_MS_MAX
  const failures: unknown[] = []
  const guard: Guard = async (work) => {
    if (deps.clock.now() > until) return null
    try {
      return await work()
    } catch (error) {
      failures.push(error)
      deps.logger.error("sweep.failed", { error: messageOf(error) })
      return null
    }
  }
  await guard(() => drainSystemLog(deps))
  const resumed = (await guard(() => resumeJobs(deps))) ?? 0
  // What is due comes first: thousands that one endpoint held and nobody wants must not use up the time of all others' retries.
  const shards = Array.from({ length: WORK_SHARDS }, (_, shard) => sweepDue(shard, guard, deps))
  const woken = (await Promise.all(shards)).reduce((sum, count) => sum + count, 0)
  let ended = 0
  const endpoints = [
    ...((await guard(() => deps.store.listEndpoints())) ?? []),
    ...((await guard(() => deps.store.listDeletedEndpoints())) ?? []),
  ]
  for (const endpoint of endpoints) ended += (await guard(() => sweepHeld(endpoint, guard, deps))) ?? 0
  const [failure] = failures
  if (failure !== undefined) throw failure as Error
  return { woken, ended, resumed }
}
