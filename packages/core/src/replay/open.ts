import { isFinished, type DeliveryRow, type HoldReason } from "../delivery.ts"
import { tellExhausted } from "../delivery/exhausted.ts"
import { newDelivery, next } from "../delivery/plan.ts"
import { gateOf, type EndpointRow } from "../endpoint.ts"
import { SYSTEM_LOG } from "../event.ts"
import { deliveryId } from "../id.ts"
import type { JobRow } from "../job.ts"
import type { SystemLogDeps } from "../log/system.ts"
import type { LogRow } from "../log-row.ts"
import type { DeliveryStore } from "../ports.ts"
import type { Instant } from "../time.ts"
import { isFailed } from "./match.ts"

/** Others write the same row at the same time: each time it is read afresh. */
const OPEN_TRIES = 5

export type OpenDeps = SystemLogDeps & {
  store: SystemLogDeps["store"] & Pick<DeliveryStore, "getDelivery" | "putDelivery">
}

/**
 * Makes the delivery of an event a held one of the second class, under its old id and with its old attempts. Answers whether the
 * replay is about it at all. What is open is left alone, since it is delivered anyway; and what this job has opened before is not
 * opened again, so that a step can be repeated.
 */
export const openForReplay = async (
  event: LogRow,
  { job, endpoint, onlyFailed }: { job: JobRow; endpoint: EndpointRow; onlyFailed: boolean },
  deps: OpenDeps,
): Promise<boolean> => {
  for (let tries = 0; tries < OPEN_TRIES; tries++) {
    const row = await deps.store.getDelivery(event.event.id, endpoint.id)
    if (row?.jobId === job.id) return true
    if (onlyFailed && !isFailed(row)) return false
    if (row !== null && !isFinished(row.status)) return true
    // Its due entry is what gets `delivery.exhausted` told; opened before, it would never be.
    if (row?.status === "exhausted" && row.work?.kind === "due") {
      await tellExhausted(row, deps)
      continue
    }
    const now = deps.clock.now()
    const opened = replayed(row ?? blank(event, endpoint, now), event, job, holdsOf(endpoint, now), now)
    if (await deps.store.putDelivery(opened, row?.version ?? null)) return true
  }
  throw new Error(`delivery ${deliveryId(event.event.id, endpoint.id)} stayed busy over ${OPEN_TRIES} tries`)
}

/** Why the endpoint holds at this moment; null where a replay only waits for its turn. */
type Holds = HoldReason | null

const holdsOf = (endpoint: EndpointRow, now: Instant): Holds => {
  const gate = gateOf(endpoint, now)
  return gate.kind === "hold" ? gate.reason : null
}

/** An event that never had a delivery: the endpoint is younger, was gone, or asked for less. */
const blank = (event: LogRow, endpoint: EndpointRow, now: Instant): DeliveryRow =>
  newDelivery(
    { eventId: event.event.id, endpointId: endpoint.id, log: event.log, position: event.position },
    { type: event.event.type, accountId: event.log === SYSTEM_LOG ? null : event.log },
    now,
  )

const replayed = (row: DeliveryRow, event: LogRow, job: JobRow, holds: Holds, now: Instant): DeliveryRow => ({
  ...next(row, now),
  status: "held",
  statusReason: holds,
  trigger: "replay",
  claim: null,
  nextAttemptAt: null,
  jobId: job.id,
  // A normal schedule begins anew; attempts are counted on.
  scheduledAttempts: 0,
  released: null,
  slot: null,
  // Replays leave in the order of their events.
  work: { kind: "held", replay: true, at: event.seenAt },
  finishedAt: null,
  expiresAt: null,
})
