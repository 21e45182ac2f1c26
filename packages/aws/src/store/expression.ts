import type { Item } from "./item.ts"

export interface Condition {
  expression?: string
  values?: Item
}

export const absent: Condition = { expression: "attribute_not_exists(pk)" }
export const present: Condition = { expression: "attribute_exists(pk)" }
/** The stored attribute is the expected value; null: there is no item. `attribute` must not be one of DynamoDB's words. */
export const unchanged = (attribute: string, expected: number | null): Condition =>
  expected === null ? absent : { expression: `${attribute} = :expected`, values: { ":expected": expected } }

/** What an update does to an item; both may be empty: then only the condition is asked. */
export interface Change {
  set?: Item
  remove?: string[]
  /** Numbers to add; an attribute that is not there counts as 0. */
  add?: Record<string, number>
}

/** All names go by aliases (many short words are DynamoDB's own); an empty clause or map would be refused, so it is left out. */
export const updateExpression = ({ set = {}, remove = [], add = {} }: Change, conditionValues: Item = {}) => {
  const names = [...Object.keys(set), ...remove, ...Object.keys(add)]
  const alias = (name: string) => String(names.indexOf(name))
  const sets = Object.keys(set).map((name) => `#${alias(name)} = :${alias(name)}`)
  const removes = remove.map((name) => `#${alias(name)}`)
  const adds = Object.keys(add).map((name) => `#${alias(name)} :${alias(name)}`)
  const clauses = [
    ...(sets.length > 0 ? [`SET ${sets.join(", ")}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(", ")}`] : []),
    ...(adds.length > 0 ? [`ADD ${adds.join(", ")}`] : []),
  ]
  const values = Object.fromEntries(
    Object.entries({ ...set, ...add }).map(([name, value]) => [`:${alias(name)}`, value]),
  )
  return {
    UpdateExpression: clauses.length > 0 ? clauses.join(" ") : undefined,
    ExpressionAttributeNames: nonEmpty(Object.fromEntries(names.map((name) => [`#${alias(name)}`, name]))),
    ExpressionAttributeValues: nonEmpty({ ...values, ...conditionValues }),
  }
}

const nonEmpty = <Value>(map: Record<string, Value>): Record<string, Value> | undefined =>
  Object.keys(map).length > 0 ? map : undefined
