/** The ISO instant of what a `datetime-local` control holds, which is in the viewer's zone; null while it holds none. */
export const instantOf = (local: string): string | null => {
  const at = new Date(local)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

/** The other way: what such a control shows for an instant. */
export const localOf = (at: Date): string => {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}
