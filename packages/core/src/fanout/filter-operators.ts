/**
 * One alternative of a field: a value as it stands, or an operator. Each does what EventBridge's operator of that name does, as
 * the user guide ("Comparison operators for use in event patterns") and Event Ruler, the matcher that AWS publishes, have it;
 * filter-cases.json holds verdicts of that program. What it refuses is refused here, so that a filter can move to a rule on the bus.
 */
export interface Alternative {
  /** Whether a value that stands in the field will do. */
  holds(value: unknown): boolean
  /** Whether no value at all will do. */
  absent: boolean
}

/** What is wrong, and where under the alternative: JSON pointer, "" for itself. */
export type Refuse = (path: string, message: string) => null

type Holds = (value: unknown) => boolean
type TextOperator = (text: string) => Holds

export const LIST_MAX = 100

/**
 * The texts of `equals-ignore-case` meet in upper case: unlike lower case it does not depend on the letters around. (σ and ς meet
 * too, which Event Ruler keeps apart.)
 */
const fold = (text: string): string => text.toUpperCase()

/** Text operators look at strings only: a number never has a prefix. */
const ofText =
  (holds: (text: string) => boolean): Holds =>
  (value) =>
    typeof value === "string" && holds(value)

const startsWith: TextOperator = (start) => ofText((text) => text.startsWith(start))
const endsWith: TextOperator = (end) => ofText((text) => text.endsWith(end))
const sameIgnoringCase: TextOperator = (other) => {
  const folded = fold(other)
  return ofText((text) => fold(text) === folded)
}
const startsIgnoringCase: TextOperator = (start) => {
  const folded = fold(start)
  return ofText((text) => fold(text).startsWith(folded))
}
const endsIgnoringCase: TextOperator = (end) => {
  const folded = fold(end)
  return ofText((text) => fold(text).endsWith(folded))
}

/** `*` stands for any text, none too. The parts between are looked for from left to right, each once: no way back, no blow-up. */
const wildcard: TextOperator = (pattern) => {
  const [first = "", ...others] = partsOf(pattern)
  const last = others.pop()
  if (last === undefined) return (value) => value === first
  return ofText((text) => {
    const end = text.length - last.length
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const part of others) {
      const found = text.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
    return at <= end
  })
}

/** Cut at each `*`; `\*` and `\\` stand for the characters themselves. */
const partsOf = (pattern: string): string[] => {
  const parts = [""]
  for (const [token] of pattern.matchAll(/\\[*\\]|[^]/g))
    if (token === "*") parts.push("")
    else parts.push(`${parts.pop() ?? ""}${token.length === 2 ? token.slice(1) : token}`)
  return parts
}

const wildcardMistake = (pattern: string): string | null => {
  const plain = pattern.replaceAll(/\\[*\\]/g, "x")
  if (plain.includes("\\")) return String.raw`has a \ before something else than * or \; write \\ for a \ itself`
  return plain.includes("**") ? "has two * side by side; one stands for any text" : null
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value)

/** The one key of an operator and what it holds. */
const only = (value: object): [string, unknown] | null => {
  const [entry, ...others] = Object.entries(value)
  return entry === undefined || others.length > 0 ? null : entry
}

const wellFormed = "has half a character in it (a lone surrogate)"

const textOf = (value: unknown, path: string, refuse: Refuse): string | null => {
  if (typeof value !== "string") return refuse(path, "must be a string")
  return value.isWellFormed() ? value : refuse(path, wellFormed)
}

/** `{ "prefix": "a" }` and `{ "prefix": { "equals-ignore-case": "a" } }`. */
const affix =
  (exact: TextOperator, ignoringCase: TextOperator) =>
  (value: unknown, path: string, refuse: Refuse): Holds | null => {
    if (!isObject(value)) {
      const text = textOf(value, path, refuse)
      return text === null ? null : exact(text)
    }
    const entry = only(value)
    if (entry?.[0] !== "equals-ignore-case")
      return refuse(path, `must be a string or {"equals-ignore-case": "a string"}`)
    const text = textOf(entry[1], `${path}/equals-ignore-case`, refuse)
    return text === null ? null : ignoringCase(text)
  }

const plainText =
  (operator: TextOperator) =>
  (value: unknown, path: string, refuse: Refuse): Holds | null => {
    const text = textOf(value, path, refuse)
    return text === null ? null : operator(text)
  }

const readWildcard = (value: unknown, path: string, refuse: Refuse): Holds | null => {
  const text = textOf(value, path, refuse)
  const mistake = text === null ? null : wildcardMistake(text)
  if (text === null) return null
  return mistake === null ? wildcard(text) : refuse(path, mistake)
}

const numericForm = `must be one comparison like [">", 0] or ["=", 5], or a range like [">=", 0, "<", 10]`

/** One comparison, or a lower bound and then an upper one above it. */
const numeric = (value: unknown, path: string, refuse: Refuse): Holds | null => {
  if (!Array.isArray(value)) return refuse(path, numericForm)
  const [sign, bound, upperSign, upper] = value as unknown[]
  if ((value.length !== 2 && value.length !== 4) || typeof sign !== "string" || !Object.hasOwn(comparisons, sign))
    return refuse(path, numericForm)
  if (!isNumber(bound)) return refuse(`${path}/1`, "must be a number")
  const first = comparisons[sign as Sign](bound)
  if (value.length === 2) return first
  if (!/^>=?$/.test(sign) || (upperSign !== "<" && upperSign !== "<=")) return refuse(path, numericForm)
  if (!isNumber(upper)) return refuse(`${path}/3`, "must be a number")
  if (bound >= upper) return refuse(`${path}/3`, `must be more than ${bound}, or nothing is between`)
  const second = comparisons[upperSign](upper)
  return (found) => first(found) && second(found)
}

type Sign = keyof typeof comparisons
const ofNumber =
  (holds: (found: number) => boolean): Holds =>
  (value) =>
    typeof value === "number" && holds(value)
const comparisons = {
  "=": (bound: number) => ofNumber((found) => found === bound),
  "<": (bound: number) => ofNumber((found) => found < bound),
  "<=": (bound: number) => ofNumber((found) => found <= bound),
  ">": (bound: number) => ofNumber((found) => found > bound),
  ">=": (bound: number) => ofNumber((found) => found >= bound),
}

const excludable: Record<string, TextOperator> = {
  prefix: startsWith,
  suffix: endsWith,
  "equals-ignore-case": sameIgnoringCase,
  wildcard,
}

/**
 * Any value but these, of whatever kind: null and numbers differ from every string. A field that is not there has no value
 * that could differ, and a list will do as soon as one of its elements differs.
 */
const anythingBut = (value: unknown, path: string, refuse: Refuse): Holds | null => {
  if (!isObject(value)) {
    const listed = Array.isArray(value) ? (value as unknown[]) : [value]
    if (!isFilled(listed, path, refuse)) return null
    if (!listed.every((one) => typeof one === "string") && !listed.every(isNumber))
      return refuse(path, "must be a string, a number, or a list of only strings or only numbers")
    if (listed.some((one) => typeof one === "string" && !one.isWellFormed())) return refuse(path, wellFormed)
    const excluded = new Set<unknown>(listed)
    return (found) => !excluded.has(found)
  }
  const [name = "", inner] = only(value) ?? []
  const operator = Object.hasOwn(excludable, name) ? excludable[name] : undefined
  if (operator === undefined)
    return refuse(path, `must be a value, a list of values, or one of ${Object.keys(excludable).join(", ")}`)
  const listed = Array.isArray(inner) ? (inner as unknown[]) : [inner]
  if (!isFilled(listed, `${path}/${name}`, refuse)) return null
  const excluded: Holds[] = []
  for (const [index, one] of listed.entries()) {
    const at = Array.isArray(inner) ? `${path}/${name}/${index}` : `${path}/${name}`
    const text = textOf(one, at, refuse)
    if (text === null) return null
    if (text === "" && /fix$/.test(name))
      return refuse(at, "must not be empty: every text begins and ends with nothing")
    const mistake = name === "wildcard" ? wildcardMistake(text) : null
    if (mistake !== null) return refuse(at, mistake)
    excluded.push(operator(text))
  }
  return (found) => !excluded.some((holds) => holds(found))
}

const isFilled = (listed: unknown[], path: string, refuse: Refuse): boolean => {
  if (listed.length === 0) refuse(path, "must not be empty")
  if (listed.length > LIST_MAX) refuse(path, `must have at most ${LIST_MAX} entries`)
  return listed.length > 0 && listed.length <= LIST_MAX
}

const operators: Record<string, (value: unknown, path: string, refuse: Refuse) => Holds | null> = {
  prefix: affix(startsWith, startsIgnoringCase),
  suffix: affix(endsWith, endsIgnoringCase),
  "equals-ignore-case": plainText(sameIgnoringCase),
  wildcard: readWildcard,
  "anything-but": anythingBut,
  numeric,
  exists: (value, path, refuse) => (typeof value === "boolean" ? () => value : refuse(path, "must be true or false")),
}
export const operatorNames = Object.keys(operators)

/** An entry of a field's list. Null after `refuse` was told why not. */
export const readAlternative = (value: unknown, path: string, refuse: Refuse): Alternative | null => {
  if (Array.isArray(value)) return refuse(path, "must be a value or an operator: lists do not stand inside lists")
  if (isObject(value)) {
    const [name, inner] = only(value) ?? []
    const operator = name !== undefined && Object.hasOwn(operators, name) ? operators[name] : undefined
    if (name === undefined || operator === undefined)
      return refuse(path, `must be a value or one operator: ${operatorNames.join(", ")}`)
    const holds = operator(inner, `${path}/${name}`, refuse)
    return holds === null ? null : { holds, absent: name === "exists" && inner === false }
  }
  if (typeof value === "number" && !isNumber(value)) return refuse(path, "is too large a number")
  if (typeof value === "string" && !value.isWellFormed()) return refuse(path, wellFormed)
  return { holds: (found) => found === value, absent: false }
}
