import { z } from "@hono/zod-openapi"
import { eventTypes, type EventType } from "@posthorn/core/event"
import { nearest } from "@posthorn/core/settings"

import { customExample, eventExamples } from "./event-examples.ts"
import { CustomEnvelope, envelopes } from "./event-schemas.ts"

/** `/schemas/<type>.json`: the JSON Schema of each event type, for those who want no more of us than that. */

/** All types of the operator's own have one schema: their `data` is free. */
const CUSTOM = "custom"
export const schemaNames: readonly (EventType | typeof CUSTOM)[] = [...eventTypes, CUSTOM]

export const schemaPath = (name: string): string => `/schemas/${name}.json`

/** Files of static/, by their path in it. Made by scripts/docs.ts, so that a change of a shape is seen in review. */
export const eventSchemaFiles = (): [path: string, schema: object][] => [
  ...envelopes.map(({ type, summary, schema }) => fileOf(type, schema, summary, eventExamples[type])),
  fileOf(CUSTOM, CustomEnvelope, "An event of the operator's own: `data` is any object.", customExample),
]

const fileOf = (
  name: (typeof schemaNames)[number],
  { shape }: z.ZodObject,
  description: string,
  example: object,
): [path: string, schema: object] => {
  // Of the bare shape: under its name in the OpenAPI document it would be a reference to itself.
  const { $schema, ...schema } = z.toJSONSchema(z.object(shape), {
    target: "draft-2020-12",
    // A receiver must take fields that are added later.
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  })
  // Relative: it is resolved against the address that the schema was fetched from, the deployment's own.
  const $id = schemaPath(name)
  const title = name === CUSTOM ? "custom.*" : name
  return [`schemas/${name}.json`, { $schema, $id, title, description, ...schema, examples: [example] }]
}

/** What to say where there is no such schema. */
export const noSchema = (file: string): string => {
  const name = file.replace(/\.json$/, "")
  const meant = name.startsWith(`${CUSTOM}.`) ? CUSTOM : nearest(name, schemaNames)
  return meant === null
    ? `There is no schema with this name. There are ${schemaNames.map((known) => `${known}.json`).join(", ")}.`
    : `There is no schema with this name. Did you mean ${schemaPath(meant)}?`
}
