/** Milliseconds since 1970-01-01T00:00:00Z. Inside core every instant is one of these; ISO strings stand at the edges only. */
export type Instant = number

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** `1794700000000` -> `"2026-11-14T23:46:40.000Z"`. */
export const iso = (instant: Instant): string => new Date(instant).toISOString()

/** As `iso`, for what may be unknown. */
export const isoOrNull = (instant: Instant | null): string | null => (instant === null ? null : iso(instant))
