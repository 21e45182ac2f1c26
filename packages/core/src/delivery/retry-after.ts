import { DAY_MS, SECOND_MS } from "../time.ts"

/** A receiver that asks for more gets this. */
export const RETRY_AFTER_SECONDS_MAX = DAY_MS / SECOND_MS

/**
 * The seconds that an answer's `Retry-After` asks for, 0 to a day; null where it has none that can be read. RFC 9110, 10.2.3: seconds,
 * or an HTTP date. A date is read against the answer's own `Date`, so that a receiver whose clock is wrong still gets the wait it
 * meant.
 *
 * @param headers by their names in lower case
 * @param now in milliseconds since 1970, for an answer without a `Date`
 */
export const retryAfterOf = (headers: Readonly<Record<string, string>>, now: number): number | null => {
  const text = headers["retry-after"]?.trim() ?? ""
  if (/^\d+$/.test(text)) return Math.min(Number(text), RETRY_AFTER_SECONDS_MAX)
  const until = dateOf(text)
  if (until === null) return null
  const wait = Math.ceil((until - (dateOf(headers["date"] ?? "") ?? now)) / SECOND_MS)
  return Math.min(Math.max(wait, 0), RETRY_AFTER_SECONDS_MAX)
}

/** RFC 9110, 5.6.7, without its two obsolete forms. `Date.parse` alone would take "5.5" for a day in May. */
const dateOf = (text: string): number | null => {
  const instant = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(instant) ? null : instant
}
