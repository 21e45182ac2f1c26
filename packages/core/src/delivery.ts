import * as z from "zod"

import { EndpointId, EventId, JobId } from "./id.ts"
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
export type Work =
  | { kind: "due"; at: Instant }
  /** Live ones before replays, then by `at`: when the delivery was made, or when it last failed as a probe. */
  | { kind: "held"; replay: boolean; at: Instant }
  | { kind: "failed"; at: Instant }

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
  /** The releaser's tick that let it out: it may be dialled although the circuit is not closed. Null once claimed. */
  released: number | null
  /** Its turn under the endpoint's rateLimit; null before it has one, and once claimed. */
  slot: Instant | null
  /** The replay that opened it last. */
  jobId: string | null
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

/** Tick `tick` of an endpoint's releaser. */
export const ReleaseMessage = z.object({ v: z.literal(1), release: EndpointId, tick: z.int().min(1) })
export type ReleaseMessage = z.infer<typeof ReleaseMessage>

/** Step `tick` of a job. */
export const JobMessage = z.object({ v: z.literal(1), job: JobId, tick: z.int().min(1) })
export type JobMessage = z.infer<typeof JobMessage>

/** What the delivery queue carries. */
export const DeliveryMessage = z.union([DeliverMessage, ReleaseMessage, JobMessage])
export type DeliveryMessage = z.infer<typeof DeliveryMessage>
