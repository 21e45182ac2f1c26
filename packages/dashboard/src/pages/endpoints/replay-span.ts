/** Instants as `<input type="datetime-local">` has them: of the viewer's zone, without saying so. */

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

const two = (number: number): string => String(number).padStart(2, "0")

/** To the second, rounded down: a replay since then includes the instant. */
export const toLocalText = (instant: number): string => {
  const at = new Date(instant)
  const day = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** ISO, null for nothing. What is no instant goes as it is: the API says what would be right. */
export const fromLocalText = (text: string): string | null => {
  if (text === "") return null
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? text : at.toISOString()
}
