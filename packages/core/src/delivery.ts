import * as z from "zod"

import { EndpointId, EventId } from "./id.ts"
import type { Instant } from "./time.ts"

export const deliveryStatuses = ["pending", "retrying", "held", "succeeded", "exhausted", "cancelled"] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

export type HoldReason = "paused" | "circuit_open" | "retry_after" | "disabled"
export type CancelReason = "endpoint_deleted" | "endpoint_gone" | "expired"

export const triggers = ["schedule", "manual", "replay", "probe"] as const
/** Why an attempt was made. Only `schedule` attempts use up the schedule. */
export type Trigger = (typeof triggers)[number]

export const errorKinds = [
  "http_status",
  "redirect",
  "timeout",
  "dns",
  "connect",
  "tls",
  "reset",
  "address_refused",
  "interrupted",
] as const
export type ErrorKind = (typeof errorKinds)[number]

/** One HTTP try, as it is kept and shown. */
export interface Attempt {
  id: string
  number: number
  trigger: Trigger
  startedAt: Instant
  durationMs: number
  outcome: "succeeded" | "failed"
  errorKind: ErrorKind | null
  errorMessage: string | null
  responseStatus: number | null
  retryAfterSeconds: number | null
  /** At most RESPONSE_BODY_KEPT bytes, secrets blanked out. */
  responseBody: string | null
  responseBodyTruncated: boolean
}

/** Who is dialling, until when nobody else may, and since when. */
export interface Claim {
  id: string
  number: number
  trigger: Trigger
  startedAt: Instant
  until: Instant
}

/** The index entry that keeps an open delivery findable when its queue message is gone. At most one at a time. */
export type Work = { kind: "due"; at: Instant } | { kind: "held"; replay: boolean } | { kind: "failed"; at: Instant }

/** One event for one endpoint. At most one row per pair; the key is (eventId, endpointId). */
export interface DeliveryRow {
  eventId: string
  endpointId: string
  /** Rises with every write of the row but a moved due entry. */
  version: number
  /** Where the event is. */
  log: string
  position: number
  eventType: string
  accountId: string | null
  status: DeliveryStatus
  statusReason: HoldReason | CancelReason | "ordering" | null
  /** The newest ATTEMPTS_KEPT, oldest first. */
  attempts: Attempt[]
  attemptCount: number
  /** How much of the schedule is used up. */
  scheduledAttempts: number
  /** Why the next attempt will be made. */
  trigger: Trigger
  claim: Claim | null
  nextAttemptAt: Instant | null
  work: Work | null
  createdAt: Instant
  updatedAt: Instant
  finishedAt: Instant | null
  /** Set on finished rows only: a time to live is never a state. */
  expiresAt: Instant | null
}

export interface WorkKey {
  eventId: string
  endpointId: string
}

/** The due index is spread over this many shards by the event's id. */
export const WORK_SHARDS = 8
/** Most attempts that a row keeps; `attemptCount` counts on. */
export const ATTEMPTS_KEPT = 30

export const isFinished = (status: DeliveryStatus): boolean =>
  status === "succeeded" || status === "exhausted" || status === "cancelled"

/** What a queue message asks for: attempt `number` of this delivery. Tagged, since old messages wait in queues across deploys. */
export const DeliverMessage = z.object({
  v: z.literal(1),
  log: z.string(),
  position: z.int(),
  eventId: EventId,
  endpointId: EndpointId,
  number: z.int().min(1),
})
export type DeliverMessage = z.infer<typeof DeliverMessage>
