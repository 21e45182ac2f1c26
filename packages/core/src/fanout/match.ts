import type { EndpointRow } from "../endpoint.ts"
import { isCoveredByStar, type Event } from "../event.ts"
import { parseFilter, type Mistake, type Parsed } from "./filter.ts"
import { explain, matches, type Clause } from "./filter-match.ts"

/** What an endpoint asks for. Pure. Its gate is not looked at here: one place decides that, delivery. */
export type Asking = Pick<EndpointRow, "eventTypes" | "filter">

/** Why an endpoint does not want an event: its types, a clause of its filter, or a filter that cannot be read. */
export type Refusal = Clause & { clause: "eventTypes" | "filter" | "unreadable_filter" }

/** Whether this endpoint asked for this event. */
export const wants = (endpoint: Asking, event: Event): boolean => {
  if (!asksFor(endpoint, event.type)) return false
  const parsed = filterOf(endpoint)
  return parsed === null || (parsed.ok && matches(parsed.filter, event))
}

/** Null for what it wants. */
export const whyNot = (endpoint: Asking, event: Event): Refusal | null => {
  if (!asksFor(endpoint, event.type))
    return { clause: "eventTypes", path: "/type", wanted: endpoint.eventTypes, found: [event.type] }
  const parsed = filterOf(endpoint)
  if (parsed === null) return null
  if (!parsed.ok) return { clause: "unreadable_filter", path: "", wanted: [], found: [] }
  const clause = explain(parsed.filter, event)
  return clause === null ? null : { clause: "filter", ...clause }
}

/**
 * What is wrong with an endpoint's stored filter: nothing, since it was read before it was written. One that was changed behind
 * the API matches nothing, so that an endpoint rather misses what its owner sees in a trace than gets what it may not have.
 */
export const filterMistakes = (endpoint: Asking): Mistake[] => {
  const parsed = filterOf(endpoint)
  return parsed === null || parsed.ok ? [] : parsed.mistakes
}

/** Exact types, `custom.*` too; `*` is what isCoveredByStar says. */
const asksFor = ({ eventTypes }: Pick<Asking, "eventTypes">, type: string): boolean =>
  eventTypes.some((asked) => asked === type || (asked === "*" && isCoveredByStar(type)))

/** By the filter as it came with its row: a changed filter comes as another object. */
const parsedFilters = new WeakMap<object, Parsed>()

const filterOf = ({ filter }: Pick<Asking, "filter">): Parsed | null => {
  if (filter === null || filter === undefined) return null
  if (typeof filter !== "object") return parseFilter(filter)
  const known = parsedFilters.get(filter)
  if (known !== undefined) return known
  const parsed = parseFilter(filter)
  parsedFilters.set(filter, parsed)
  return parsed
}
