import type { DeliveryMessage } from "../delivery.ts"
import type { JobRow } from "../job.ts"
import type { Queue } from "../ports.ts"
import type { Instant } from "../time.ts"

export interface SendStepDeps {
  queue: Queue<DeliveryMessage>
}

/** Sends the message of a job's next step. Answers whether the queue took it; one that it refused is sent by `resumeJobs`. */
export const sendStep = async (
  job: Pick<JobRow, "id" | "next">,
  notBefore: Instant,
  { queue }: SendStepDeps,
): Promise<boolean> => {
  if (job.next === null) return false
  // A group of its own: an endpoint that hangs fills its group, and must not keep its replay from being cancelled or seen to fail.
  const [refusal] = await queue.send([{ group: job.id, notBefore, body: { v: 1, job: job.id, tick: job.next.tick } }])
  return refusal === null
}
