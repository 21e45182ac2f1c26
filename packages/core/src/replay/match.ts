import type { DeliveryRow } from "../delivery.ts"
import type { EndpointRow } from "../endpoint.ts"
import { wants } from "../fanout/match.ts"
import type { LogRow } from "../log-row.ts"
import type { Instant } from "../time.ts"
import type { Asked } from "./progress.ts"

/**
 * Whether a replay is about this event. Pure. One that was forgotten or seen before `oldest` (where retention begins) has nothing
 * left to send. A ping was for one test: whoever wants another sends another.
 */
export const isAsked = (row: LogRow, endpoint: EndpointRow, asked: Asked, oldest: Instant): boolean =>
  !row.forgotten &&
  row.event.type !== "ping" &&
  (row.only?.includes(endpoint.id) ?? true) &&
  row.seenAt >= Math.max(asked.since ?? oldest, oldest) &&
  (asked.until === null || row.seenAt < asked.until) &&
  (asked.eventTypes?.includes(row.event.type) ?? true) &&
  wants(endpoint, row.event)

/** What `onlyFailed` means: it ended without success. An event without a delivery has none that failed. */
export const isFailed = (row: DeliveryRow | null): boolean => row?.status === "exhausted" || row?.status === "cancelled"
