import { z } from "@hono/zod-openapi"
import type { FieldError } from "@posthorn/core/error"
import {
  ALTERNATIVES_MAX,
  COMBINATIONS_MAX,
  FILTER_BYTES_MAX,
  FILTER_DEPTH_MAX,
  OR_BRANCHES_MAX,
  parseFilter,
  type Mistake,
} from "@posthorn/core/fanout/filter"
import { unknownFields } from "@posthorn/core/fanout/filter-fields"

import { invalid } from "./validate.ts"

/** An endpoint's content filter. Each mistake is told at its own place, `/filter/data/message/text/0/prefix`. */
export const filterField = z
  .custom<Record<string, unknown>>(() => true)
  .superRefine((filter, context) => {
    const parsed = parseFilter(filter)
    if (parsed.ok) return
    for (const { path, message } of parsed.mistakes) context.addIssue({ code: "custom", path: namesOf(path), message })
  })
  .nullish()
  .meta({
    type: ["object", "null"],
    additionalProperties: true,
    description: `only events that match: an EventBridge event pattern over the event, see docs/filters.md. At most ${FILTER_BYTES_MAX} bytes, ${FILTER_DEPTH_MAX} names deep, ${ALTERNATIVES_MAX} alternatives a field, ${OR_BRANCHES_MAX} patterns in an $or and ${COMBINATIONS_MAX} combinations of them`,
    examples: [
      { data: { account: { id: ["60d21b4667d0d8992e610c85"] }, message: { text: [{ wildcard: "*invoice*" }] } } },
    ],
  })

/**
 * Refuses a filter that could never match an event of these types. Beside the field's own check, since the types are another
 * field, which a PATCH may leave as it is stored. Throws a 400.
 */
export const refuseUnknownFields = (filter: unknown, eventTypes: readonly string[]): void => {
  const parsed = parseFilter(filter)
  if (filter === null || filter === undefined || !parsed.ok) return
  const mistakes = unknownFields(parsed.filter, eventTypes)
  if (mistakes.length > 0) throw invalid(mistakes.map(toFieldError))
}

const toFieldError = ({ path, message }: Mistake): FieldError => ({ in: "body", pointer: `/filter${path}`, message })

/** The names of a JSON pointer (RFC 6901). */
const namesOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
