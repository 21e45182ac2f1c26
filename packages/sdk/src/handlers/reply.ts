/** What a callback may return instead of nothing, to have something other than success answered. */
export interface Reply {
  status: 410 | 429 | 503
  retryAfterSeconds?: number
}

/** Posthorn waits no longer than this, whatever Retry-After says. */
const RETRY_AFTER_SECONDS_MAX = 86_400

/** 410: no more of these, ever. Posthorn disables the endpoint at once and cancels what is open for it. */
export const gone = (): Reply => ({ status: 410 })

/** 429 with Retry-After: this event again, and everything else for this endpoint, but not before so many seconds (24 h at most). */
export const slowDown = (seconds: number): Reply => ({ status: 429, retryAfterSeconds: wholeSeconds(seconds) })

/** 503 with Retry-After: as `slowDown`, for a receiver that is down rather than busy. */
export const unavailable = (seconds: number): Reply => ({ status: 503, retryAfterSeconds: wholeSeconds(seconds) })

const wholeSeconds = (seconds: number): number => {
  if (seconds >= 0 && seconds <= RETRY_AFTER_SECONDS_MAX) return Math.ceil(seconds)
  throw new RangeError(`Retry-After is 0 to ${RETRY_AFTER_SECONDS_MAX} seconds.`)
}
