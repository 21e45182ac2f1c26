import type { Trigger } from "../delivery.ts"
import type { Random } from "../ports.ts"
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "../time.ts"

/** Waits between attempts, 10 attempts over about 3 days: the example of Standard Webhooks 1.0, "Deliverability and reliability". */
export const DEFAULT_SCHEDULE_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
]

/** Each wait is up to this much shorter or longer, so that what failed together does not come back together. */
export const JITTER = 0.2
/** Longest that a Retry-After holds an endpoint. */
export const RETRY_AFTER_MS_MAX = DAY_MS

export interface Attempted {
  outcome: "succeeded" | "failed"
  /** Null where there was no answer. */
  statusCode: number | null
  /** As far as `send` took it: on 429 and 503 only. */
  retryAfterSeconds: number | null
  trigger: Trigger
  /** Attempts with trigger `schedule` before this one. */
  scheduledAttempts: number
  /** n waits make n + 1 attempts. */
  schedule: readonly number[]
  now: Instant
  random: Random
}

export type Next =
  | { kind: "succeeded" }
  | { kind: "retry"; at: Instant }
  /** Again behind all that is held: a probe asks about the endpoint, and costs its delivery nothing. */
  | { kind: "held" }
  | { kind: "exhausted" }
  | { kind: "gone" }

/** `holdEndpointUntil`: nothing is dialled there before (Retry-After); null where the receiver asked for nothing. */
export type Decision = Next & { holdEndpointUntil: Instant | null }

/**
 * What follows an attempt. Only `schedule` attempts use the schedule up; what follows another one that failed:
 * a delivery whose schedule was used up before is exhausted again; one that is still retrying goes back to its schedule, to the
 * wait it was in, counted from now; one that was never tried by schedule waits the first wait; a probe's is held again.
 * 410 means gone, whatever made the attempt.
 */
export const decide = (attempted: Attempted): Decision => {
  const { outcome, statusCode, retryAfterSeconds, now } = attempted
  if (outcome === "succeeded") return { kind: "succeeded", holdEndpointUntil: null }
  if (statusCode === 410) return { kind: "gone", holdEndpointUntil: null }
  const asks = (statusCode === 429 || statusCode === 503) && retryAfterSeconds !== null && retryAfterSeconds > 0
  const holdEndpointUntil = asks ? now + Math.min(retryAfterSeconds * SECOND_MS, RETRY_AFTER_MS_MAX) : null
  if (attempted.trigger === "probe") return { kind: "held", holdEndpointUntil }
  const wait = waitAfter(attempted)
  if (wait === undefined) return { kind: "exhausted", holdEndpointUntil }
  const at = now + jittered(wait, attempted.random)
  return { kind: "retry", at: Math.max(at, holdEndpointUntil ?? at), holdEndpointUntil }
}

/** Undefined when the schedule is used up. */
const waitAfter = ({ trigger, scheduledAttempts, schedule }: Attempted): number | undefined => {
  if (trigger === "schedule") return schedule[scheduledAttempts]
  return schedule[Math.max(scheduledAttempts - 1, 0)]
}

const jittered = (wait: number, random: Random): number => Math.round(wait * (1 - JITTER + 2 * JITTER * random()))
