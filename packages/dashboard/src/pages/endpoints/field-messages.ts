import { ProblemError } from "../../api/problem.ts"

const blamed = (error: unknown) => (error instanceof ProblemError ? (error.problem?.errors ?? []) : [])

/** What the API says of this field itself, and of nothing inside it. */
export const messageAt = (error: unknown, pointer: string): string | null => {
  const found = blamed(error).filter((one) => one.pointer === pointer)
  return found.length === 0 ? null : found.map(({ message }) => message).join("; ")
}

/** RFC 6901. */
export const pointerTo = (...names: string[]): string =>
  names.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")

/** What the API says of the filter, each with the place inside it. */
export const filterMessages = (error: unknown): string[] =>
  blamed(error)
    .filter(({ pointer }) => pointer === "/filter" || pointer.startsWith("/filter/"))
    .map(({ pointer, message }) => (pointer === "/filter" ? message : `${pointer.slice("/filter".length)}: ${message}`))
