import { textOfTime } from "./time.ts"
import type { Time } from "./types.ts"

/** Several values of a filter stand with commas between them, which is how JavaScript writes a list. */
export type QueryValue = number | Time | readonly string[] | undefined

/** `/v1/endpoints/{id}` with its values in it. */
export const pathOf = (template: string, values: Record<string, string>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    // An empty or dotted id would be another path than the one that is meant.
    if (typeof value !== "string" || value === "" || value === "." || value === "..")
      throw new TypeError(`${name}: must be an id, a text that is not empty`)
    return encodeURIComponent(value)
  })

export const queryOf = (query: Record<string, QueryValue>): string => {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    parameters.set(name, value instanceof Date || typeof value === "string" ? textOfTime(value) : String(value))
  }
  return parameters.size === 0 ? "" : `?${parameters.toString()}`
}
