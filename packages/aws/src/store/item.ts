import { messageOf } from "@posthorn/core/error"
import * as z from "zod"

/** An item as lib-dynamodb gives and takes it. */
export type Item = Record<string, unknown>

/** How one field of a row is kept: under which attribute, in which form. Absent attributes cost nothing, so null is absence. */
export interface Field<T> {
  attribute: string
  /** Undefined: the attribute is left out. */
  encode: (value: T) => unknown
  decode: (stored: unknown) => T
}

/** One entry for each field: a field that is new in core does not compile here until it has its attribute. */
export type Fields<Row> = { readonly [Name in keyof Row]-?: Field<Row[Name]> }

/** A string, number or boolean, as it is. */
export const plain = <T>(attribute: string, schema: z.ZodType<T>): Field<T> => ({
  attribute,
  encode: (value) => value,
  decode: (stored) => schema.parse(stored),
})

export const orNull = <T>(attribute: string, schema: z.ZodType<T>): Field<T | null> => ({
  attribute,
  encode: (value) => value ?? undefined,
  decode: (stored) => (stored === undefined ? null : schema.parse(stored)),
})

/** True is kept, false is absence. */
export const flag = (attribute: string): Field<boolean> => ({
  attribute,
  encode: (value) => (value ? true : undefined),
  decode: (stored) => z.boolean().parse(stored ?? false),
})

/**
 * Anything nested, as JSON text: DynamoDB's own lists and maps refuse numbers beyond 1e126 and more than 32 levels, and what a
 * subscriber writes into a filter or its metadata has neither limit.
 */
export const json = <T>(attribute: string, schema: z.ZodType<T>, empty?: T): Field<T> => {
  // The value that is left out; without one the attribute is always there.
  const emptyText = empty === undefined ? undefined : JSON.stringify(empty)
  return {
    attribute,
    encode: (value) => {
      const text = JSON.stringify(value)
      return text === emptyText ? undefined : text
    },
    decode: (stored) => schema.parse(JSON.parse(z.string().parse(stored ?? emptyText))),
  }
}

/** Closed shapes with many nullable fields: as `json`, with nulls left out. The schema puts them back by a default. */
export const jsonWithoutNulls = <T>(attribute: string, schema: z.ZodType<T>, empty: T): Field<T> => ({
  ...json(attribute, schema, empty),
  encode: (value) => {
    const text = JSON.stringify(value, (_key, nested: unknown) => (nested === null ? undefined : nested))
    return text === JSON.stringify(empty) ? undefined : text
  },
})

export const encodeRow = <Row extends object>(fields: Fields<Row>, row: Row): Item => {
  const item: Item = {}
  for (const name of Object.keys(fields) as (keyof Row)[]) {
    const value = fields[name].encode(row[name])
    if (value !== undefined) item[fields[name].attribute] = value
  }
  return item
}

/** What arrives from the table is checked here and trusted from here on. */
export const decodeRow = <Row extends object>(fields: Fields<Row>, item: Item): Row => {
  const row: Partial<Row> = {}
  for (const name of Object.keys(fields) as (keyof Row)[]) {
    const { attribute, decode } = fields[name]
    try {
      row[name] = decode(item[attribute])
    } catch (cause) {
      const which = `${String(item.pk)} / ${String(item.sk)}`
      throw new Error(`item ${which}: ${attribute} (${String(name)}) cannot be read: ${messageOf(cause)}`, { cause })
    }
  }
  return row as Row
}
