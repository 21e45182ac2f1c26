import type { Instant } from "../time.ts"

/** What all polls of one API key share about upstream's rate limit. */
export interface Budget {
  version: number
  /** Requests that a minute may have now; at most the setting, halved by 429s, slowly regained. */
  perMinute: number
  /** Halved at most once a minute: ten polls that meet the same 429 must not divide by 1,024. */
  halvedAt: Instant | null
  /** Nothing is asked before it (Retry-After). */
  pausedUntil: Instant | null
}
