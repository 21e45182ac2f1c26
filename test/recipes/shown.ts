import { expect } from "vitest"

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
const ELLIPSIS = "…"

/** A text in which `…` stands for any text. */
export const asPattern = (text: string): RegExp => new RegExp(`^${text.split(ELLIPSIS).map(escaped).join(".*")}$`)

/**
 * The first line of a doc's example that an output does not have where it should, or null. `…` is any text, a line of nothing
 * else any lines; before and behind the example there may be more.
 */
export const missingIn = (output: string, example: string): string | null => {
  const rest = output.split("\n").map((line) => line.trim())
  let isNext = false
  for (const line of example
    .trim()
    .split("\n")
    .map((each) => each.trim())) {
    if (line === ELLIPSIS) {
      isNext = false
      continue
    }
    const at = rest.findIndex((each) => asPattern(line).test(each))
    if (isNext ? at !== 0 : at === -1) return line
    rest.splice(0, at + 1)
    isNext = true
  }
  return null
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** What a JSON example of a doc stands for: any text for `…`, any object that has at least these fields, any instant for one. */
export const likeExample = (example: string): unknown => like(JSON.parse(example.replaceAll(`{ ${ELLIPSIS} }`, "{}")))

const like = (value: unknown): unknown => {
  if (typeof value === "string" && INSTANT.test(value)) return expect.stringMatching(INSTANT)
  if (typeof value === "string" && value.includes(ELLIPSIS)) return expect.stringMatching(asPattern(value))
  if (Array.isArray(value)) return value.map(like)
  if (value === null || typeof value !== "object") return value
  return expect.objectContaining(Object.fromEntries(Object.entries(value).map(([name, each]) => [name, like(each)])))
}
