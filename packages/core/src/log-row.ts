import type { Event } from "./event.ts"
import type { Instant } from "./time.ts"

/** One event in its log. A log is an account's, or `system`; its positions are 1, 2, 3 … without a hole. */
export interface LogRow {
  log: string
  position: number
  event: Event
  seenAt: Instant
  /** Null for events without a conversation. */
  conversationId: string | null
  /** `data.sequence`, null where the type has none. */
  sequence: number | null
  /** Position of the event before it in its conversation; null for the first. Ordered delivery walks these. */
  previous: number | null
  /** Only these endpoints get it (a backfill may name some); absent: all that ask for it. The bus has it for everyone. */
  only?: string[]
  /** Its content was deleted on request. The row stays, so that the log has no hole: id, type and times, `data` is {}. */
  forgotten: boolean
}

/** An event is at most this many bytes of JSON (EventBridge's entry limit less its envelope). */
export const EVENT_BYTES_MAX = 200_000
