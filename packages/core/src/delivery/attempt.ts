import type { Attempt, DeliveryRow } from "../delivery.ts"
import { type EndpointRow, gateOf, type LetOut } from "../endpoint.ts"
import type { Event } from "../event.ts"
import { deliveryId } from "../id.ts"
import type { Logger } from "../logger.ts"
import type { Verdict } from "../ports.ts"
import { SECOND_MS, type Instant } from "../time.ts"
import { decide } from "./decide.ts"
import type { DeliverDeps } from "./deps.ts"
import { dial } from "./dial.ts"
import { disable, noteOutcome } from "./endpoint-gate.ts"
import { tellExhausted } from "./exhausted.ts"
import { attemptId, cancelled, DUE_GRACE_MS, exhausted, finished, held, next, withAttempt } from "./plan.ts"
import { SEND_DEADLINE_MS, type SendOutcome } from "./send.ts"
import { QUEUE_DELAY_MAX_MS } from "./turn.ts"
import { wakeUp } from "./wake-up.ts"

/** An endpoint's row is at most this old when its URL is dialled: so old settings are not used much longer than that. */
const ENDPOINT_AGE_MAX_MS = 2 * SECOND_MS
const ENDPOINT_READS_MAX = 3

/** What deliver knew when it claimed. */
export interface Claimed {
  row: DeliveryRow
  /** As it was before the claim: null where there was no row. */
  letOut: LetOut | null
  endpoint: EndpointRow
  endpointReadAt: Instant
}

/** Dials under a claim, and records what came of it. */
export const attempt = async (
  { row: claimed, letOut, endpoint: read, endpointReadAt }: Claimed,
  event: Event,
  deps: DeliverDeps,
): Promise<Verdict> => {
  const { store, clock } = deps
  const claimedUntil = claimed.claim?.until ?? 0
  let endpoint = read
  let at = endpointReadAt
  for (let reads = 0; clock.now() - at > ENDPOINT_AGE_MAX_MS; reads++) {
    // A store so slow lets nobody know what holds now: left to the claim's end.
    if (reads === ENDPOINT_READS_MAX) return { kind: "again", at: claimedUntil }
    at = clock.now()
    const again = await store.getEndpoint(read.id)
    const gate = gateOf(again, clock.now(), letOut)
    if (gate.kind === "hold") return await record(held(claimed, gate.reason, clock.now()), claimed, deps)
    if (gate.kind === "cancel" || again === null)
      return await record(
        cancelled(claimed, gate.kind === "cancel" ? gate.reason : "endpoint_deleted", {
          now: clock.now(),
          retentionMs: deps.settings.retentionMs,
        }),
        claimed,
        deps,
      )
    endpoint = again
  }
  const startedAt = clock.now()
  // Too late to dial under this claim: it ends as an interrupted attempt, like any that died.
  if (startedAt + SEND_DEADLINE_MS > claimedUntil) return { kind: "again", at: claimedUntil }
  const outcome = await dial(endpoint, event, startedAt, deps)
  logAttempt(claimed, endpoint, outcome, deps.logger)
  deps.counter?.attempted(endpoint.id, outcome.outcome === "succeeded", outcome.durationMs)

  const recordedAt = clock.now()
  const trigger = claimed.claim?.trigger ?? "schedule"
  const number = claimed.attemptCount + 1
  const { durationMs, ...rest } = outcome
  const made: Attempt = { id: attemptId(claimed, number), number, trigger, startedAt, durationMs, ...rest }
  const decision = decide({
    outcome: outcome.outcome,
    statusCode: outcome.responseStatus,
    retryAfterSeconds: outcome.retryAfterSeconds,
    trigger,
    scheduledAttempts: claimed.scheduledAttempts,
    schedule: deps.settings.retrySchedule,
    now: recordedAt,
    random: deps.random,
  })
  // The endpoint first: a crash in between leaves a claim that counts as interrupted, and meets the gate when it is looked at again.
  const isGone = decision.kind === "gone" && (await disable(endpoint, "gone", deps))
  if (decision.kind !== "gone")
    await noteOutcome(endpoint, { ...made, eventId: event.id, holdUntil: decision.holdEndpointUntil }, deps)

  const tried = withAttempt(claimed, made)
  const context = { now: recordedAt, retentionMs: deps.settings.retentionMs }
  switch (decision.kind) {
    case "succeeded":
      return await record(
        { ...finished(tried, recordedAt, context.retentionMs), status: "succeeded", statusReason: null, work: null },
        claimed,
        deps,
      )
    case "gone":
      // The old address is gone, the new one may not be.
      if (!isGone) return await recordRetry(tried, claimed, recordedAt, recordedAt, deps)
      return await record(cancelled(tried, "endpoint_gone", context), claimed, deps)
    case "held":
      return await record(held(tried, "circuit_open", recordedAt, recordedAt), claimed, deps)
    case "exhausted":
      return await record(exhausted(tried, context), claimed, deps)
    case "retry":
      return await recordRetry(tried, claimed, decision.at, recordedAt, deps)
  }
}

/** Writes the outcome if the claim is still ours. A lost claim records nothing and deletes nothing: the message backs up its new holder. */
const record = async (row: DeliveryRow, claimed: DeliveryRow, deps: DeliverDeps): Promise<Verdict> => {
  if (!(await deps.store.putDelivery(row, claimed.version))) {
    deps.logger.warn("delivery.claim_lost", { deliveryId: deliveryId(row.eventId, row.endpointId) })
    return { kind: "again", at: deps.clock.now() + DUE_GRACE_MS }
  }
  if (row.status === "exhausted") await tellExhausted(row, deps)
  return { kind: "delete" }
}

const recordRetry = async (
  tried: DeliveryRow,
  claimed: DeliveryRow,
  at: Instant,
  recordedAt: Instant,
  deps: DeliverDeps,
): Promise<Verdict> => {
  const rides = at - recordedAt <= QUEUE_DELAY_MAX_MS
  const row: DeliveryRow = {
    ...next(tried, recordedAt),
    status: "retrying",
    statusReason: null,
    nextAttemptAt: at,
    work: { kind: "due", at: rides ? at + DUE_GRACE_MS : at },
  }
  const verdict = await record(row, claimed, deps)
  // The due entry is the timer; the message only brings the wait down to the second. Refused, or lost: the sweep sends it.
  if (verdict.kind === "delete" && rides) await deps.queue.send([wakeUp(row, at)])
  return verdict
}

/** A hook's path and query are secrets: the host has to do. */
const logAttempt = (row: DeliveryRow, endpoint: EndpointRow, outcome: SendOutcome, logger: Logger): void => {
  const fields = {
    deliveryId: deliveryId(row.eventId, row.endpointId),
    eventId: row.eventId,
    endpointId: row.endpointId,
    host: URL.canParse(endpoint.url) ? new URL(endpoint.url).host : null,
    number: row.attemptCount + 1,
    status: outcome.responseStatus,
    error: outcome.errorKind,
    durationMs: outcome.durationMs,
  }
  if (outcome.outcome === "succeeded") logger.debug("delivery.attempted", fields)
  else logger.warn("delivery.attempted", fields)
}
