import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible"

/** Requests of one key in one second; the same as the throttle in front of the API on AWS. */
const REQUESTS_PER_SECOND = 50
const BURST_SECONDS = 2

/** Counts a request of this key: how many ms it has to wait, 0 when it may pass. */
export const createRequestLimit = (): ((keyId: string) => Promise<number>) => {
  const limiter = new RateLimiterMemory({ points: REQUESTS_PER_SECOND * BURST_SECONDS, duration: BURST_SECONDS })
  return async (keyId) => {
    try {
      await limiter.consume(keyId)
      return 0
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext)
      throw refusal
    }
  }
}
