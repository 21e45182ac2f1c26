/** Times and spans in words. Times are those of the viewer's zone. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
})
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" })
const year = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" })

/** `14:03:22` of today, `27 Nov, 14:03:22` of this year, with the year before that. */
export const timeText = (at: Date, now: Date): string => {
  const time = clock.format(at)
  if (at.toDateString() === now.toDateString()) return time
  return `${(at.getFullYear() === now.getFullYear() ? day : year).format(at)}, ${time}`
}

/** `840 ms`, `12 s`, `3 min`, `5 h`, `2 d`: to one unit, rounded down. */
export const spanText = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1_000)} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`
  return `${Math.floor(ms / DAY_MS)} d`
}

/** `12 s ago`, `in 5 min`, `now`. */
export const agoText = (at: number, now: number): string => {
  const ms = now - at
  if (Math.abs(ms) < 1_000) return "now"
  return ms > 0 ? `${spanText(ms)} ago` : `in ${spanText(-ms)}`
}

/** `99.2 %`; a rate of nothing is a dash. Rounded down, so that 100 % means all. */
export const rateText = (rate: number | null): string => (rate === null ? "–" : `${Math.floor(rate * 1_000) / 10} %`)
