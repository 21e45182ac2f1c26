import type { Attempt, Delivery } from "../../api/resources.ts"
import { spanText } from "../../components/time-text.ts"

/** Deliveries and their attempts in words. */

export const deliveryStatuses = [
  "pending",
  "retrying",
  "held",
  "succeeded",
  "exhausted",
  "cancelled",
] as const satisfies Delivery["status"][]

/** Presets of the list, as the filter takes them. */
export const NEEDS_ATTENTION: readonly Delivery["status"][] = ["exhausted"]
export const WAITING: readonly Delivery["status"][] = ["held", "retrying"]

export const triggerWords: Record<Attempt["trigger"], string> = {
  schedule: "by itself: the first attempt, or the next one of the retry schedule",
  manual: "somebody asked for a retry of this delivery",
  replay: "a replay of the endpoint's deliveries",
  probe: "the endpoint's circuit was open: the oldest held delivery is tried, to see whether the endpoint works again",
}

export const errorWords: Record<NonNullable<Attempt["errorKind"]>, string> = {
  http_status: "not a 2xx",
  redirect: "a redirect, which is not followed",
  timeout: "no answer in time",
  dns: "name not found",
  connect: "no connection",
  tls: "no secure connection",
  reset: "connection broke off",
  address_refused: "address not allowed",
  interrupted: "interrupted on our side",
}

/** What came of the newest attempt, for a row. */
export const lastAnswer = (attempt: Attempt | null): string => {
  if (attempt === null) return "none yet"
  const after = spanText(attempt.durationMs)
  if (attempt.responseStatus !== null) return `${attempt.responseStatus} after ${after}`
  return attempt.errorKind === null ? `failed after ${after}` : errorWords[attempt.errorKind]
}

interface Standing {
  /** How it is. */
  now: string
  /** What comes next, and when. */
  next: string
}

const RETRY_SENDS = "A retry or a replay sends it again."

const reasonWords: Record<NonNullable<Delivery["statusReason"]>, Standing> = {
  paused: { now: "Held: the endpoint is paused.", next: "It goes out when the endpoint is resumed." },
  circuit_open: {
    now: "Held: the endpoint failed too often, so that its circuit is open and only probes are sent.",
    next: "It goes out when a probe succeeds.",
  },
  retry_after: {
    now: "Held: the endpoint asked for a pause (Retry-After).",
    next: "It goes out when the pause is over.",
  },
  disabled: {
    now: "Held: the endpoint failed for so long that it is disabled.",
    next: "It goes out when the endpoint is resumed.",
  },
  ordering: {
    now: "The endpoint asks for order, and an earlier message of the conversation is not finished.",
    next: "It goes out when that one is finished.",
  },
  endpoint_deleted: {
    now: "Cancelled: the endpoint was deleted.",
    next: "There is nowhere to send it.",
  },
  endpoint_gone: {
    now: "Cancelled: the endpoint answered 410 (gone).",
    next: "Resume the endpoint and replay to send it after all.",
  },
  expired: {
    now: "Cancelled: it became older than what is kept before it could be sent.",
    next: RETRY_SENDS,
  },
}

const statusWords: Record<Delivery["status"], Standing> = {
  pending: { now: "It is being sent.", next: "An attempt is under way, or about to be." },
  retrying: { now: "It failed so far, and is tried again.", next: "An attempt is under way, or about to be." },
  held: { now: "Held: a replay, which waits for its turn.", next: "It goes out when its turn comes." },
  succeeded: { now: "The endpoint took it.", next: "Nothing is left to do." },
  exhausted: { now: "Given up: the retry schedule is used up.", next: RETRY_SENDS },
  cancelled: { now: "Cancelled: it will not be sent.", next: RETRY_SENDS },
}

export const standing = ({ status, statusReason }: Pick<Delivery, "status" | "statusReason">): Standing =>
  statusReason === null ? statusWords[status] : reasonWords[statusReason]
