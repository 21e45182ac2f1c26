/**
 * On one line, and without what a terminal would obey: people's messages are shown here, and whoever writes to an account must not be
 * able to move somebody's cursor. Longer texts are cut.
 */
export const plain = (text: string, lengthMax = 200): string => {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
    .toWellFormed()
  return line.length > lengthMax ? `${line.slice(0, lengthMax - 1).toWellFormed()}…` : line
}

/** JSON for a terminal or a pipe. JSON itself writes the control characters above 127 as they are. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )

/** `3 s`, `5 min`, `2 h`, `4 d`. */
export const duration = (ms: number): string => {
  const seconds = Math.round(Math.abs(ms) / 1_000)
  if (seconds < 120) return `${String(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${String(minutes)} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${String(hours)} h` : `${String(Math.round(hours / 24))} d`
}

/** Columns under each other, two spaces between them; the first row is the head. */
export const table = (rows: string[][]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
