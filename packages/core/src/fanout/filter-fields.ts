import * as z from "zod"

import { catalogue, eventTypes, isCoveredByStar, isEventType } from "../event.ts"
import { nearest } from "../settings.ts"
import { escapeName, type Filter, type Mistake } from "./filter.ts"
import { isObject } from "./filter-operators.ts"

type Schema = z.ZodType

/**
 * Fields of a filter that no event of the asked types has, and values that none of them can have there: each would quietly
 * match nothing. What is there is read from the catalogue. The `data` of other types (`custom.*`) is free, so that with one of
 * those among the types anything goes under `/data`.
 */
export const unknownFields = (filter: Filter, askedTypes: readonly string[]): Mistake[] =>
  look(filter.json, envelopesOf(askedTypes), "", askedTypes)

const envelopesOf = (askedTypes: readonly string[]): Schema[] => {
  const known = eventTypes.filter(
    (type) => askedTypes.includes(type) || (askedTypes.includes("*") && isCoveredByStar(type)),
  )
  const others = askedTypes.filter((type) => type !== "*" && !isEventType(type))
  const envelopeOf = (type: string, data: Schema): Schema =>
    z.object({ id: z.string(), type: z.literal(type), timestamp: z.iso.datetime({ precision: 3 }), data })
  return [
    ...known.map((type) => envelopeOf(type, catalogue[type].data)),
    ...others.map((type) => envelopeOf(type, z.unknown())),
  ]
}

const look = (
  pattern: Record<string, unknown>,
  schemas: Schema[],
  path: string,
  askedTypes: readonly string[],
): Mistake[] =>
  Object.entries(pattern).flatMap(([name, inner]) => {
    const at = `${path}/${escapeName(name)}`
    if (name === "$or")
      return (inner as Record<string, unknown>[]).flatMap((branch, index) =>
        look(branch, schemas, `${at}/${index}`, askedTypes),
      )
    const below = schemas.flatMap((schema) => (isFree(schema) ? [schema] : fieldOf(schema, name)))
    if (below.length === 0) return [{ path: at, message: unknownName(name, schemas, askedTypes) }]
    if (isObject(inner)) {
      if (below.some((schema) => isFree(schema) || namesOf(schema).length > 0))
        return look(inner, below, at, askedTypes)
      return [{ path: at, message: "has no fields of its own; give it a list of what it may be" }]
    }
    return valuesOf(inner as unknown[], below, at)
  })

/** Literals only: whether a prefix can be met is not for the schema to say. */
const valuesOf = (wanted: unknown[], schemas: Schema[], at: string): Mistake[] => {
  if (schemas.some(isFree)) return []
  const leaves = schemas.flatMap(leavesOf)
  if (leaves.length === 0) {
    const names = [...new Set(schemas.flatMap(namesOf))]
    return [{ path: at, message: `is an object; name one of its fields: ${names.join(", ")}` }]
  }
  const choices = leaves.flatMap(choicesOf)
  return wanted.flatMap((value, index) => {
    if (isObject(value) || leaves.some((leaf) => leaf.safeParse(value).success)) return []
    const meant = typeof value === "string" ? nearest(value, choices) : null
    const hint =
      meant === null ? (choices.length > 0 ? ` There are ${choices.join(", ")}.` : "") : ` Did you mean "${meant}"?`
    return [{ path: `${at}/${index}`, message: `is never the value of this field.${hint}` }]
  })
}

const unknownName = (name: string, schemas: Schema[], askedTypes: readonly string[]): string => {
  const known = [...new Set(schemas.flatMap(namesOf))]
  const meant = nearest(name, known)
  const [type = "", ...others] = askedTypes
  const events = others.length === 0 && type !== "*" ? `no "${type}" event` : "no event of the types asked for"
  return `is a field that ${events} has. ${meant === null ? `There are ${known.join(", ")}.` : `Did you mean "${meant}"?`}`
}

const isFree = (schema: Schema): boolean => schema instanceof z.ZodUnknown || schema instanceof z.ZodAny

/** A schema's possibilities: a filter looks into lists, and past null. */
const partsOf = (schema: Schema): Schema[] => {
  if (schema instanceof z.ZodNullable) return [z.null(), ...partsOf(schema.unwrap() as Schema)]
  if (schema instanceof z.ZodOptional) return partsOf(schema.unwrap() as Schema)
  if (schema instanceof z.ZodArray) return partsOf(schema.element as Schema)
  return [schema]
}

const objectsOf = (schema: Schema) => partsOf(schema).filter((part) => part instanceof z.ZodObject)
const leavesOf = (schema: Schema): Schema[] => partsOf(schema).filter((part) => !(part instanceof z.ZodObject))
const namesOf = (schema: Schema): string[] => objectsOf(schema).flatMap((object) => Object.keys(object.shape))
const fieldOf = (schema: Schema, name: string): Schema[] =>
  objectsOf(schema).flatMap((object) => (Object.hasOwn(object.shape, name) ? [object.shape[name] as Schema] : []))
const choicesOf = (schema: Schema): string[] =>
  schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral
    ? [...(schema instanceof z.ZodEnum ? schema.options : schema.values)].map(String)
    : []
