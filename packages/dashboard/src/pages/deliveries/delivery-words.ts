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

const reasonWords: Record<NonNullable<Delivery["statusReason"]>, string> = {
  paused: "The endpoint is paused. This goes out when it is resumed.",
  circuit_open:
    "The endpoint failed too often, so that its circuit is open and only probes are sent. This goes out when one succeeds.",
  retry_after: "The endpoint asked for a pause (Retry-After). This goes out when that is over.",
  disabled: "The endpoint failed for so long that it is disabled. This goes out when it is resumed.",
  ordering: "The endpoint asks for order: this waits until what came before it in its conversation is finished.",
  endpoint_deleted: "The endpoint was deleted, so that there is nowhere to send this.",
  endpoint_gone: "The endpoint answered 410 (gone). Resume it and replay to send this after all.",
  expired: "This became older than what is kept before it could be sent.",
}

const statusWords: Record<Delivery["status"], string> = {
  pending: "An attempt is under way, or about to be.",
  retrying: "It failed so far; the next attempt is planned.",
  held: "A replay, which waits for its turn.",
  succeeded: "The endpoint took it.",
  exhausted: "Given up: the retry schedule is used up. A retry or a replay sends it again.",
  cancelled: "It will not be sent.",
}

/** Where a delivery stands, and what changes that. */
export const standing = ({ status, statusReason }: Pick<Delivery, "status" | "statusReason">): string =>
  statusReason === null ? statusWords[status] : reasonWords[statusReason]
