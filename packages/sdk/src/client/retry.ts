/** A longer `Retry-After` is told to the caller instead of waited for. A minute is what upstream's budget needs to fill again. */
export const RETRY_AFTER_MAX_MS = 60_000
const BACKOFF_FIRST_MS = 250
const BACKOFF_MAX_MS = 8_000

/** How a try ended that was no success. */
export interface Failure {
  /** Null where no answer came: the request may have been carried out all the same. */
  status: number | null
  code: string
  retryAfterMs: number | null
}

/**
 * How long to wait before the next try, or null for none.
 *
 * A 429 is answered before anything is done, so that whatever was asked may be asked again. Behind all others the work may have been
 * done and only its answer lost: then again only what comes to the same when it is done twice (`isRepeatable`).
 */
export const waitBeforeRetry = (
  failure: Failure,
  { tries, isRepeatable }: { tries: number; isRepeatable: boolean },
  random: () => number,
): number | null => {
  if (failure.status !== 429 && !(isRepeatable && isPassing(failure))) return null
  const { retryAfterMs } = failure
  if (retryAfterMs === null) return backoff(tries, random)
  return retryAfterMs > RETRY_AFTER_MAX_MS ? null : retryAfterMs
}

const isPassing = ({ status, code }: Failure): boolean => {
  // A setting that is missing is missing in a second too.
  if (code === "not_configured") return false
  return status === null || status === 500 || status === 502 || status === 503 || status === 504
}

/** Doubling, and half of it by chance: clients that failed together do not come back together. */
const backoff = (tries: number, random: () => number): number => {
  const most = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (tries - 1))
  return Math.round(most / 2 + (random() * most) / 2)
}

/** Of a header `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3); null where there is none that can be read. */
export const retryAfterOf = (header: string | null, now: number): number | null => {
  if (header === null) return null
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  // `Date.parse` alone would take "5.5" for a day in May.
  const at = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header) ? Date.parse(header) : NaN
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
