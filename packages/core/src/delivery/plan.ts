import { derivedId } from "../id.ts"
import type { Gate } from "../endpoint.ts"
import {
  ATTEMPTS_KEPT,
  isFinished,
  type Attempt,
  type CancelReason,
  type Claim,
  type DeliverMessage,
  type DeliveryRow,
  type HoldReason,
} from "../delivery.ts"
import { SECOND_MS, type Instant } from "../time.ts"

/** Deadline of an attempt 15 s < function's timeout 30 s < claim 45 s < the queue's visibility 90 s. */
export const CLAIM_MS = 45 * SECOND_MS
/** A due entry stands so far behind what it backs up (a claim's end, a message on its way). */
export const DUE_GRACE_MS = 90 * SECOND_MS

/** What to do with a queue message, given its delivery's row. */
export type Plan =
  /** The row has a timer of its own, or needs none: the message may go. */
  | { kind: "delete" }
  | { kind: "again"; at: Instant }
  /** Write this row; if that succeeds, dial. */
  | { kind: "claim"; row: DeliveryRow }
  /** Write this row; nothing is dialled. */
  | { kind: "settle"; row: DeliveryRow }

export interface PlanInput {
  row: DeliveryRow | null
  message: DeliverMessage
  event: { type: string; accountId: string | null }
  gate: Gate
  claimId: string
  now: Instant
  /** How many attempts the schedule allows. */
  attemptsMax: number
  retentionMs: number
}

/** The delivery's state machine (docs/architecture.md, "A delivery's states"), as far as it is decided before dialling. Pure. */
export const plan = (input: PlanInput): Plan => {
  const { row, gate, now } = input
  if (row === null) return planFirst(input)
  if (isFinished(row.status) || row.status === "held") return { kind: "delete" }
  if (row.claim !== null && row.claim.until > now) return { kind: "again", at: row.claim.until }

  const open = row.claim === null ? row : interrupted(row, row.claim, now)
  if (row.claim === null) {
    if (input.message.number <= row.attemptCount) return { kind: "delete" }
    if (row.nextAttemptAt !== null && row.nextAttemptAt > now) return { kind: "again", at: row.nextAttemptAt }
  }
  if (gate.kind === "cancel") return { kind: "settle", row: cancelled(open, gate.reason, input) }
  if (open.trigger === "schedule" && open.scheduledAttempts >= input.attemptsMax)
    return { kind: "settle", row: exhausted(open, input) }
  // A probe that killed us goes behind the others like one that failed.
  const at = row.claim?.trigger === "probe" ? now : row.createdAt
  if (gate.kind === "hold") return { kind: "settle", row: held(open, gate.reason, now, at) }
  return { kind: "claim", row: claimed(open, input, { kind: "due", at: now + CLAIM_MS + DUE_GRACE_MS }) }
}

/** The first claim makes the row, and its message is its timer: one write, no index entry. */
const planFirst = (input: PlanInput): Plan => {
  const { gate, message, event, now } = input
  const row = newDelivery(message, event, now)
  // Written all the same: the message that goes with it may be another worker's only timer, of a claim before or after this.
  if (gate.kind === "cancel") return { kind: "settle", row: cancelled(row, gate.reason, input) }
  if (gate.kind === "hold") return { kind: "settle", row: held(row, gate.reason, now) }
  return { kind: "claim", row: { ...claimed(row, input, null), version: 1 } }
}

/** A delivery before its first claim; `version` 1 is what its creation writes. */
export const newDelivery = (
  message: Pick<DeliverMessage, "eventId" | "endpointId" | "log" | "position">,
  event: { type: string; accountId: string | null },
  now: Instant,
): DeliveryRow => ({
  eventId: message.eventId,
  endpointId: message.endpointId,
  version: 0,
  log: message.log,
  position: message.position,
  eventType: event.type,
  accountId: event.accountId,
  status: "pending",
  statusReason: null,
  attempts: [],
  attemptCount: 0,
  scheduledAttempts: 0,
  trigger: "schedule",
  claim: null,
  released: null,
  slot: null,
  jobId: null,
  nextAttemptAt: null,
  work: null,
  createdAt: now,
  updatedAt: now,
  finishedAt: null,
  expiresAt: null,
})

const claimed = (row: DeliveryRow, { claimId, gate, now }: PlanInput, work: DeliveryRow["work"]): DeliveryRow => {
  const trigger = gate.kind === "probe" ? "probe" : row.trigger
  return {
    ...next(row, now),
    status: "pending",
    statusReason: null,
    claim: { id: claimId, number: row.attemptCount + 1, trigger, startedAt: now, until: now + CLAIM_MS },
    released: null,
    slot: null,
    nextAttemptAt: null,
    work,
  }
}

/** Kept back without an attempt; a dead claim has been counted before. `at`: where it stands among what is held. */
export const held = (row: DeliveryRow, reason: HoldReason, now: Instant, at = row.createdAt): DeliveryRow => ({
  ...next(row, now),
  status: "held",
  statusReason: reason,
  claim: null,
  released: null,
  slot: null,
  nextAttemptAt: null,
  work: { kind: "held", replay: row.trigger === "replay", at },
})

export const cancelled = (
  row: DeliveryRow,
  reason: CancelReason,
  { now, retentionMs }: { now: Instant; retentionMs: number },
): DeliveryRow => ({ ...finished(row, now, retentionMs), status: "cancelled", statusReason: reason, work: null })

/** The due entry stays until `delivery.exhausted` is in the log. */
export const exhausted = (
  row: DeliveryRow,
  { now, retentionMs }: { now: Instant; retentionMs: number },
): DeliveryRow => ({
  ...finished(row, now, retentionMs),
  status: "exhausted",
  statusReason: null,
  work: { kind: "due", at: now },
})

export const finished = (row: DeliveryRow, now: Instant, retentionMs: number): DeliveryRow => ({
  ...next(row, now),
  claim: null,
  released: null,
  slot: null,
  nextAttemptAt: null,
  finishedAt: now,
  expiresAt: now + retentionMs,
})

/** Every write but a moved due entry raises the version: whoever read an older row loses. */
export const next = (row: DeliveryRow, now: Instant): DeliveryRow => ({
  ...row,
  version: row.version + 1,
  updatedAt: now,
})

/** A claim that ended without a record: we died after claiming, perhaps after dialling. It counts as an attempt. */
export const interrupted = (row: DeliveryRow, claim: Claim, now: Instant): DeliveryRow =>
  withAttempt(row, {
    id: attemptId(row, claim.number),
    number: claim.number,
    trigger: claim.trigger,
    startedAt: claim.startedAt,
    durationMs: Math.min(CLAIM_MS, now - claim.startedAt),
    outcome: "failed",
    errorKind: "interrupted",
    errorMessage: "Posthorn stopped during this attempt; the request may have arrived.",
    responseStatus: null,
    retryAfterSeconds: null,
    responseBody: null,
    responseBodyTruncated: false,
  })

/** The row with one more attempt; no claim. */
export const withAttempt = (row: DeliveryRow, attempt: Attempt): DeliveryRow => ({
  ...row,
  attempts: [...row.attempts, attempt].slice(-ATTEMPTS_KEPT),
  attemptCount: attempt.number,
  scheduledAttempts: row.scheduledAttempts + (attempt.trigger === "schedule" ? 1 : 0),
  // A probe asked about the endpoint: what the delivery itself waited for is still to come.
  trigger: attempt.trigger === "probe" ? row.trigger : "schedule",
  claim: null,
})

export const attemptId = (row: Pick<DeliveryRow, "eventId" | "endpointId">, number: number): string =>
  derivedId("attempt", row.eventId, row.endpointId, String(number))
