/** Between what the API takes and what a date field holds: the viewer's own time, to the minute, without a zone. */

const two = (number: number): string => String(number).padStart(2, "0")

/** "" for what is no time. */
export const localText = (iso: string | undefined): string => {
  const at = new Date(iso ?? "")
  if (Number.isNaN(at.getTime())) return ""
  const day = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** Null for what is no time, as a field that is half filled in. */
export const utcText = (local: string): string | null => {
  const at = new Date(local)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
