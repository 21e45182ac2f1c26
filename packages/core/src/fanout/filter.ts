import { isObject, operatorNames, readAlternative, LIST_MAX, type Refuse } from "./filter-operators.ts"

/**
 * The content filter of an endpoint: an EventBridge event pattern over the event's envelope. Objects nest as in the event; a
 * field has a list of alternatives, of which one must hold; all fields must hold; of the patterns under `$or` one must.
 *
 * Own code, since the one program that is proven for this (Event Ruler, Apache 2.0, by AWS) is written in Java.
 * Two things are narrower than there, so that no filter means less than it says: a field is named once in each combination of
 * `$or`s (there the last one silently counts), and a name with a dot is that name, not a path.
 */

export const FILTER_BYTES_MAX = 4_096
/** Field names and `$or`s from the top down to a list of alternatives. */
export const FILTER_DEPTH_MAX = 6
export const ALTERNATIVES_MAX = LIST_MAX
export const OR_BRANCHES_MAX = 20
/** Ways in which the branches of all `$or`s go together. (EventBridge takes 1,000.) */
export const COMBINATIONS_MAX = 100

/** One field, and what it may be. */
export interface FieldClause {
  /** From the envelope down. */
  names: string[]
  /** The alternatives as they were given. */
  wanted: unknown[]
  holds(value: unknown): boolean
  /** Whether the field may be missing. */
  absent: boolean
  /** Where the list stands in the filter. */
  at: string
}

export interface OrClause {
  /** The object that the `$or` stands in. */
  names: string[]
  wanted: unknown[]
  branches: Pattern[]
}

export interface Pattern {
  fields: FieldClause[]
  ors: OrClause[]
}

export interface Filter extends Pattern {
  /** As it was given. */
  json: Record<string, unknown>
  /** Without `$or`: the filter matches where one of these does. Each is in the order in which it is to be looked at. */
  combinations: FieldClause[][]
}

/** `path`: JSON pointer into the filter, `/data/message/text/0/prefix`; "" is the filter itself. */
export interface Mistake {
  path: string
  message: string
}

export type Parsed = { ok: true; filter: Filter } | { ok: false; mistakes: Mistake[] }

/** Reads a filter of unknown origin; never throws. The mistakes are all there are, unless it is too large or deep to be read. */
export const parseFilter = (value: unknown): Parsed => {
  if (!isObject(value)) return failed("", "must be a JSON object with the fields of an event")
  if (isDeeperThan(JSON_DEPTH_MAX, value)) return failed("", tooDeep)
  if (new TextEncoder().encode(JSON.stringify(value)).length > FILTER_BYTES_MAX)
    return failed("", `must be at most ${FILTER_BYTES_MAX} bytes as JSON`)

  const mistakes: Mistake[] = []
  const refuse: Refuse = (path, message) => {
    mistakes.push({ path, message })
    return null
  }
  const pattern = readPattern(value, { names: [], at: "", depth: 0, inOr: false, refuse })
  if (mistakes.length > 0) return { ok: false, mistakes }
  if (countOf(pattern) > COMBINATIONS_MAX)
    return failed("", `its $or go together in more than ${COMBINATIONS_MAX} ways; take some branches out`)
  const combinations = combinationsOf(pattern)
  const twice = combinations.map(namedTwice).find((clause) => clause !== null)
  if (twice) return failed(twice.at, "is a field that stands outside of this $or too; give it one list with everything")
  return { ok: true, filter: { ...pattern, json: value, combinations } }
}

/** What a bounded filter may have around its names: each `$or` a list, each leaf a list, an operator and what is in it. */
const JSON_DEPTH_MAX = 2 * FILTER_DEPTH_MAX + 5
const tooDeep = `must nest at most ${FILTER_DEPTH_MAX} names`

const failed = (path: string, message: string): Parsed => ({ ok: false, mistakes: [{ path, message }] })

const isDeeperThan = (depth: number, value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeperThan(depth - 1, inner)))

interface Place {
  names: string[]
  at: string
  depth: number
  inOr: boolean
  refuse: Refuse
}

const readPattern = (value: Record<string, unknown>, place: Place): Pattern => {
  const { names, at, depth, inOr, refuse } = place
  const pattern: Pattern = { fields: [], ors: [] }
  const entries = Object.entries(value)
  if (entries.length === 0) refuse(at, "must name a field")
  for (const [name, inner] of entries) {
    const below: Place = { ...place, names: [...names, name], at: `${at}/${escapeName(name)}`, depth: depth + 1 }
    if (below.depth > FILTER_DEPTH_MAX) refuse(below.at, tooDeep)
    else if (name === "$or") addOr(pattern, inner, { ...below, names })
    else if (!name.isWellFormed() || name === "__proto__") refuse(below.at, "cannot be a name")
    else if (inOr && operatorNames.includes(name))
      refuse(below.at, "is an operator, and those stand in a field's list; under $or stand patterns")
    else if (isObject(inner)) {
      const nested = readPattern(inner, below)
      pattern.fields.push(...nested.fields)
      pattern.ors.push(...nested.ors)
    } else if (Array.isArray(inner)) addField(pattern, inner, below)
    else refuse(below.at, `must be a list of what the field may be, like [${JSON.stringify(inner)}], or an object`)
  }
  pattern.ors.sort((a, b) => compareNames(a.names, b.names))
  return pattern
}

const addField = (pattern: Pattern, wanted: unknown[], { names, at, refuse }: Place): void => {
  if (wanted.length === 0) refuse(at, "must have at least one alternative")
  if (wanted.length > ALTERNATIVES_MAX) return void refuse(at, `must have at most ${ALTERNATIVES_MAX} alternatives`)
  const read = wanted.map((one, index) => readAlternative(one, `${at}/${index}`, refuse))
  const alternatives = read.filter((one) => one !== null)
  pattern.fields.push({
    names,
    wanted,
    at,
    holds: (value) => alternatives.some((one) => one.holds(value)),
    absent: alternatives.some((one) => one.absent),
  })
}

const addOr = (pattern: Pattern, wanted: unknown, place: Place): void => {
  const { names, at, refuse } = place
  if (!Array.isArray(wanted) || wanted.length < 2 || wanted.length > OR_BRANCHES_MAX)
    return void refuse(at, `must be a list of 2 to ${OR_BRANCHES_MAX} patterns`)
  const branches = (wanted as unknown[]).map((branch, index) => {
    const below = { ...place, at: `${at}/${index}`, inOr: true }
    if (isObject(branch)) return readPattern(branch, below)
    refuse(below.at, "must be a pattern: an object with the fields of an event")
    return { fields: [], ors: [] }
  })
  pattern.ors.push({ names, wanted, branches })
}

/** RFC 6901. */
export const escapeName = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1")

const countOf = ({ ors }: Pattern): number =>
  ors.reduce((product, or) => product * or.branches.reduce((sum, branch) => sum + countOf(branch), 0), 1)

/** Sorted by name, level by level, so that what is looked at first depends on no store's order of keys. */
export const combinationsOf = (pattern: Pattern): FieldClause[][] =>
  mixesOf(pattern).map((fields) => fields.toSorted((a, b) => compareNames(a.names, b.names)))

const mixesOf = ({ fields, ors }: Pattern): FieldClause[][] =>
  ors.reduce<FieldClause[][]>(
    (mixes, or) => {
      const choices = or.branches.flatMap(mixesOf)
      return mixes.flatMap((mix) => choices.map((choice) => [...mix, ...choice]))
    },
    [fields],
  )

const compareNames = (a: string[], b: string[]): number => {
  const at = a.findIndex((name, index) => name !== b[index])
  if (at === -1) return a.length - b.length
  const [one, other] = [a[at] ?? "", b[at]]
  return other === undefined || one > other ? 1 : -1
}

/** Sorted, so that the same field twice stands side by side. */
const namedTwice = (fields: FieldClause[]): FieldClause | null =>
  fields.find((field, index) => index > 0 && compareNames(field.names, fields[index - 1]?.names ?? []) === 0) ?? null
