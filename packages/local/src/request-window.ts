import { MINUTE_MS, type Instant } from "@posthorn/core/time"

/** Requests of the last minute, counted exactly: no 60 s hold more than are dealt out, wherever the minute is cut. */
export interface RequestWindow {
  /** Made in the minute before `now`, or still reserved. */
  used(now: Instant): number
  /** Counts a grant until it is known how much of it was used. */
  reserve(now: Instant, requests: number): { settle(used: number, now: Instant): void }
}

export const createRequestWindow = (): RequestWindow => {
  let entries: { at: Instant; requests: number; settled: boolean }[] = []
  return {
    used: (now) => {
      entries = entries.filter((entry) => !entry.settled || entry.at > now - MINUTE_MS)
      return entries.reduce((sum, entry) => sum + entry.requests, 0)
    },
    reserve: (now, requests) => {
      const entry = { at: now, requests, settled: false }
      entries.push(entry)
      return {
        settle: (used, ended) => {
          // The last of them may have been made just now.
          entry.at = ended
          entry.requests = used
          entry.settled = true
        },
      }
    },
  }
}
