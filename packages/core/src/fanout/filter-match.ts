import { combinationsOf, escapeName, type FieldClause, type Filter, type Pattern } from "./filter.ts"

/** What said no to an event. */
export interface Clause {
  /** JSON pointer into the event, `/data/message/text`; for an `$or` the pointer to where it would stand. */
  path: string
  /** The alternatives, or the patterns under `$or`, as the filter has them. */
  wanted: unknown[]
  /** What stands there instead: nothing, one value, or those of a list; FOUND_CHARS_MAX characters at most, then "…". */
  found: unknown[]
}

export const FOUND_CHARS_MAX = 200

/** Whether an event is what a filter asks for. */
export const matches = (filter: Filter, event: object): boolean =>
  filter.combinations.some((fields) => reach(fields, event) === fields.length)

/**
 * Null where the filter matches; else the first clause that said no: of the fields outside of every `$or`, by the order of
 * their names, then of the `$or`s likewise.
 */
export const explain = (filter: Filter, event: object): Clause | null => {
  if (matches(filter, event)) return null
  const { fields, ors } = filter
  const refusing = refusingField({ fields, ors: [] }, event)
  if (refusing !== null) return clauseOf(refusing, event)
  const refusingOr = ors.find((or) => refusingField({ fields, ors: [or] }, event) !== null) ?? ors.at(-1)
  // Only a filter without a `$or` is decided by its fields alone, and that one has been explained.
  if (refusingOr === undefined) return null
  const values = refusingOr.branches.flatMap((branch) => {
    const field = refusingField(branch, event) ?? branch.fields[0]
    return field === undefined ? [] : valuesAt(field.names, event)
  })
  return { path: pointerOf([...refusingOr.names, "$or"]), wanted: refusingOr.wanted, found: short(values) }
}

const refusingField = (pattern: Pattern, event: object): FieldClause | null => {
  let refusing: FieldClause | null = null
  for (const fields of combinationsOf(pattern)) {
    const reached = fields[reach(fields, event)]
    if (reached === undefined) return null
    refusing ??= reached
  }
  return refusing
}

const clauseOf = ({ names, wanted }: FieldClause, event: object): Clause => ({
  path: pointerOf(names),
  wanted,
  found: short(valuesAt(names, event)),
})

const pointerOf = (names: string[]): string => names.map((name) => `/${escapeName(name)}`).join("")

/** An element that was chosen of a list on the way to a field: `depth` names stand before the list. */
interface Pin {
  depth: number
  index: number
}

/**
 * How many of the fields, from the first on, hold together; all of them: they match. A list in the event is looked into, and
 * fields in the objects of one list must hold in the same element (Event Ruler's readme, "JSON Array Matching"). A field may be
 * absent when the elements chosen so far do not have it.
 *
 * Sorted fields leave a list for good, so that a choice is remembered only while it counts, and each is tried once.
 */
const reach = (fields: FieldClause[], event: object): number => {
  const tried = new Set<string>()
  let furthest = 0
  const from = (at: number, pins: Pin[]): boolean => {
    furthest = Math.max(furthest, at)
    const field = fields[at]
    if (field === undefined) return true
    const key = `${at}:${pins.map(({ index }) => index).join()}`
    if (tried.has(key)) return false
    tried.add(key)
    const shared = sharedNames(field.names, fields[at + 1]?.names ?? [])
    const seen = { any: false }
    const goOn = (value: unknown, chosen: Pin[]): boolean => {
      seen.any = true
      return (
        field.holds(value) &&
        from(
          at + 1,
          chosen.filter(({ depth }) => depth <= shared),
        )
      )
    }
    if (walk(event, field.names, pins, goOn)) return true
    return (
      !seen.any &&
      field.absent &&
      from(
        at + 1,
        pins.filter(({ depth }) => depth <= shared),
      )
    )
  }
  from(0, [])
  return furthest
}

const sharedNames = (a: string[], b: string[]): number => {
  const at = a.findIndex((name, index) => name !== b[index])
  return at === -1 ? a.length : at
}

/** Every value at the end of the names, with the elements it is in, until one is taken. Objects are no values. */
const walk = (event: object, names: string[], pins: Pin[], take: (value: unknown, pins: Pin[]) => boolean): boolean => {
  const visit = (node: unknown, depth: number, chosen: Pin[], given: number): boolean => {
    if (Array.isArray(node)) {
      const pinned = pins[given]
      // At the end of the names its plain elements count too, whichever element was chosen.
      if (pinned !== undefined && depth < names.length) return visit(node[pinned.index], depth, chosen, given + 1)
      return (node as unknown[]).some((element, index) => {
        if (typeof element !== "object" || element === null) return visit(element, depth, chosen, given)
        if (pinned === undefined) return visit(element, depth, [...chosen, { depth, index }], given)
        return pinned.index === index && visit(element, depth, chosen, given + 1)
      })
    }
    const name = names[depth]
    if (typeof node !== "object" || node === null) return name === undefined && take(node, chosen)
    if (name === undefined || !Object.hasOwn(node, name)) return false
    return visit((node as Record<string, unknown>)[name], depth + 1, chosen, given)
  }
  return visit(event, 0, pins, 0)
}

const FOUND_MAX = 20

const valuesAt = (names: string[], event: object): unknown[] => {
  const values: unknown[] = []
  walk(event, names, [], (value) => values.push(value) >= FOUND_MAX)
  return values
}

/** As many of the values as have room; the last string may be cut. */
const short = (values: unknown[]): unknown[] => {
  const found: unknown[] = []
  let left = FOUND_CHARS_MAX
  for (const value of values) {
    if (left <= 0) break
    const isLong = typeof value === "string" && value.length > left
    found.push(isLong ? `${value.slice(0, left).replace(/[\uD800-\uDBFF]$/, "")}…` : value)
    left -= String(value).length
  }
  return found
}
