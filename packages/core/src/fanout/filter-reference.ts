/**
 * For tests only: what a filter means, said as plainly as it can be and without a thought for time. The event becomes a list of
 * values with the list elements they are in; `$or` is multiplied out; all ways to choose a value per field are tried.
 */

type Json = Record<string, unknown>
interface Leaf {
  path: string
  value: unknown
  /** List -> the element of it that the value is in. */
  elements: Map<unknown, number>
}

export const referenceMatches = (filter: Json, event: object): boolean => {
  const leaves = leavesOf(event, [], new Map())
  return multiply(filter, []).some((fields) => {
    const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return holdFrom(sorted, leaves, new Map())
  })
}

const leavesOf = (node: unknown, path: string[], elements: Leaf["elements"]): Leaf[] => {
  if (Array.isArray(node))
    return node.flatMap((element: unknown, index) =>
      leavesOf(
        element,
        path,
        typeof element === "object" && element !== null ? new Map([...elements, [node, index]]) : elements,
      ),
    )
  if (typeof node === "object" && node !== null)
    return Object.entries(node).flatMap(([name, inner]) => leavesOf(inner, [...path, name], elements))
  return [{ path: path.join("."), value: node, elements }]
}

/** Pattern -> the sets of fields of which one must hold. */
const multiply = (pattern: Json, path: string[]): Record<string, unknown[]>[] => {
  let sets: Record<string, unknown[]>[] = [{}]
  for (const [name, inner] of Object.entries(pattern)) {
    const here = [...path, name]
    const choices =
      name === "$or"
        ? (inner as Json[]).flatMap((branch) => multiply(branch, path))
        : Array.isArray(inner)
          ? [{ [here.join(".")]: inner as unknown[] }]
          : multiply(inner as Json, here)
    sets = sets.flatMap((set) => choices.map((choice) => ({ ...set, ...choice })))
  }
  return sets
}

const holdFrom = (fields: [string, unknown[]][], leaves: Leaf[], chosen: Leaf["elements"]): boolean => {
  const [field, ...others] = fields
  if (field === undefined) return true
  const [path, wanted] = field
  const reachable = leaves.filter(
    (leaf) => leaf.path === path && [...leaf.elements].every(([list, index]) => (chosen.get(list) ?? index) === index),
  )
  return wanted.some((one) =>
    isAbsence(one)
      ? reachable.length === 0 && holdFrom(others, leaves, chosen)
      : reachable.some(
          ({ value, elements }) => accepts(one, value) && holdFrom(others, leaves, new Map([...chosen, ...elements])),
        ),
  )
}

const isAbsence = (one: unknown): boolean => JSON.stringify(one) === '{"exists":false}'

const accepts = (one: unknown, value: unknown): boolean => {
  if (typeof one !== "object" || one === null) return JSON.stringify(one) === JSON.stringify(value)
  const [[operator, operand] = ["", null]] = Object.entries(one) as [string, unknown][]
  const isText = typeof value === "string"
  const inner = typeof operand === "object" && operand !== null ? (operand as Json) : null
  switch (operator) {
    case "exists":
      return true
    case "prefix":
    case "suffix": {
      const ignoringCase = inner !== null
      const affix = String(inner === null ? operand : inner["equals-ignore-case"])
      const source = operator === "prefix" ? `^${escape(affix)}` : `${escape(affix)}$`
      return isText && new RegExp(source, ignoringCase ? "is" : "s").test(value)
    }
    case "equals-ignore-case":
      return isText && new RegExp(`^${escape(String(operand))}$`, "is").test(value)
    case "wildcard":
      return isText && new RegExp(`^${String(operand).replaceAll(/\\[*\\]|\*|[^]/g, asRegExp)}$`, "s").test(value)
    case "numeric": {
      const terms = operand as (string | number)[]
      if (typeof value !== "number") return false
      return [0, 2].every((at) => at >= terms.length || compare(value, terms[at] as string, terms[at + 1] as number))
    }
    case "anything-but": {
      if (inner === null || Array.isArray(inner)) return ![operand].flat().includes(value)
      const [[name, listed] = ["", null]] = Object.entries(inner)
      return ![listed].flat().some((text) => accepts({ [name]: text }, value))
    }
    default:
      throw new Error(`no such operator: ${operator}`)
  }
}

const asRegExp = (token: string): string => (token === "*" ? ".*" : escape(token.length === 2 ? token.slice(1) : token))
const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

const compare = (value: number, sign: string, bound: number): boolean =>
  (sign.includes("=") && value === bound) ||
  (sign.startsWith("<") && value < bound) ||
  (sign.startsWith(">") && value > bound)
