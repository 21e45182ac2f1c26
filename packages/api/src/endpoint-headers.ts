import { headerContext } from "@posthorn/core/delivery/seal-context"
import { isReservedHeader } from "@posthorn/core/delivery/send"
import type { EndpointRow } from "@posthorn/core/endpoint"
import type { Seal } from "@posthorn/core/seal"

import { REDACTED } from "./present.ts"
import { invalid, pairs } from "./validate.ts"

/** Custom headers of an endpoint: what may be one, and how their values are kept. */

export const HEADERS_MAX = 20
/** Names and values of all together. */
export const HEADERS_BYTES_MAX = 4_096

const namePattern = /^[a-z0-9][a-z0-9_-]*$/
/** Visible ASCII, spaces and tabs inside: no line break, and nothing that servers read in different ways. */
const valuePattern = /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/

/** Names come out in lower case. No message repeats a value: they are secrets. */
export const headersField = pairs
  .transform((headers, context) => {
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
    const refuse = (message: string, ...path: string[]) => context.addIssue({ code: "custom", path, message })
    if (named.length > HEADERS_MAX) refuse(`must be at most ${HEADERS_MAX} headers`)
    const bytes = named.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0)
    if (bytes > HEADERS_BYTES_MAX) refuse(`must be at most ${HEADERS_BYTES_MAX} bytes in all, names and values`)
    if (new Set(named.map(([name]) => name)).size < named.length) refuse("has a name twice, in upper and lower case")
    for (const name of Object.keys(headers)) {
      if (!namePattern.test(name.toLowerCase())) refuse("a header's name is made of letters, digits, - and _", name)
      else if (isReservedHeader(name)) refuse("is set by Posthorn and cannot be yours", name)
      else if (!valuePattern.test(headers[name] ?? ""))
        refuse("a header's value is 1 or more visible ASCII characters, spaces inside, on one line", name)
    }
    return Object.fromEntries(named)
  })
  .meta({
    type: ["object", "null"],
    additionalProperties: { type: "string" },
    description: `sent with each webhook; at most ${HEADERS_MAX}, ${HEADERS_BYTES_MAX} bytes in all. Answers show "[redacted]"; sending that back keeps a value.`,
  })

/** What is stored for the headers that a caller gives. A value that is the stored one keeps its sealed form: nothing changed then. */
export const sealHeaders = (
  given: Record<string, string>,
  row: Pick<EndpointRow, "id" | "headers">,
  seal: Seal,
): Record<string, string> => {
  const names = Object.keys(given).toSorted()
  return Object.fromEntries(names.map((name) => [name, sealValue(name, given[name] ?? "", row, seal)]))
}

const sealValue = (name: string, value: string, row: Pick<EndpointRow, "id" | "headers">, seal: Seal): string => {
  const context = headerContext(row.id, name)
  const stored = Object.hasOwn(row.headers, name) ? row.headers[name] : undefined
  if (stored !== undefined && (value === REDACTED || isSealed(stored, value, context, seal))) return stored
  if (value !== REDACTED) return seal.seal(value, context)
  const message = `"${REDACTED}" stands for a stored value, and there is none with this name; write the value itself`
  throw invalid([{ in: "body", pointer: `/headers/${name}`, message }])
}

/** What does not open any more (its key was lost) is replaced like any other value. */
const isSealed = (sealed: string, value: string, context: string, seal: Seal): boolean => {
  try {
    return seal.open(sealed, context) === value
  } catch {
    return false
  }
}
