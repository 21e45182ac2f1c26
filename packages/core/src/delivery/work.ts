import type { DeliveryMessage } from "../delivery.ts"
import type { Verdict } from "../ports.ts"
import { stepJob, type StepDeps } from "../replay/step.ts"
import { deliver, type DeliverDeps } from "./deliver.ts"
import { release, startReleaser } from "./releaser.ts"

export type WorkDeps = DeliverDeps & Omit<StepDeps, "startReleaser">

/** Whatever the delivery queue brings: a delivery's attempt, a tick of a releaser, a step of a job. */
export const work = async (message: DeliveryMessage, deps: WorkDeps): Promise<Verdict> => {
  if ("eventId" in message) return await deliver(message, deps)
  if ("job" in message) return await stepJob(message, { ...deps, startReleaser: (id) => startReleaser(id, deps) })
  return await release(message, deps)
}
