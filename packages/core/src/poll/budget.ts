import { MINUTE_MS, type Instant } from "../time.ts"

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

/** A 429 that names no instant pauses for this long. */
const PAUSE_DEFAULT_MS = 30_000
/** A pause is never longer, whatever upstream says. */
const PAUSE_MAX_MS = 60 * MINUTE_MS
const PER_MINUTE_MIN = 2
/** A minute without a 429 gives back so much of the setting. */
const REGAINED_SHARE = 0.1
/** Kept back from polls, for calls by the API and for hints. */
const RESERVED_SHARE = 0.2

/** After a 429: paused until upstream's instant, halved at most once a minute. Null when nothing would change. */
export const afterRateLimit = (
  budget: Budget | null,
  settingPerMinute: number,
  retryAt: Instant | null,
  now: Instant,
): Budget | null => {
  const pausedUntil = Math.min(retryAt ?? now + PAUSE_DEFAULT_MS, now + PAUSE_MAX_MS)
  const halvedAt = budget?.halvedAt ?? null
  const halves = halvedAt === null || now - halvedAt >= MINUTE_MS
  const known = budget?.pausedUntil ?? 0
  if (!halves && known >= pausedUntil) return null
  const perMinute = perMinuteAt(budget, settingPerMinute, now)
  return {
    version: (budget?.version ?? 0) + 1,
    perMinute: halves ? Math.max(PER_MINUTE_MIN, Math.floor(perMinute / 2)) : perMinute,
    halvedAt: halves ? now : halvedAt,
    pausedUntil: Math.max(pausedUntil, known),
  }
}

/** Requests per minute at `now`: what was halved comes back by a tenth of the setting each minute. */
export const perMinuteAt = (budget: Budget | null, settingPerMinute: number, now: Instant): number => {
  if (budget === null || budget.halvedAt === null) return settingPerMinute
  const minutes = Math.max(0, Math.floor((now - budget.halvedAt) / MINUTE_MS))
  return Math.min(settingPerMinute, Math.floor(budget.perMinute + minutes * settingPerMinute * REGAINED_SHARE))
}

/** The part that polls may be dealt. */
export const dealable = (perMinute: number): number => Math.max(1, Math.floor(perMinute * (1 - RESERVED_SHARE)))

/** The part that is kept back from them. */
export const reserved = (perMinute: number): number => Math.max(0, perMinute - dealable(perMinute))
