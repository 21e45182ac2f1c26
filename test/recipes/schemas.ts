import { Ajv } from "ajv"
import formats from "ajv-formats"

import { asyncApiDocument } from "../../scripts/asyncapi.ts"

type Json = Record<string, unknown>
interface MessageObject {
  name: string
  headers?: Json
  payload: Json
  examples: { headers?: Record<string, string>; payload: Json }[]
}

const { components, channels } = asyncApiDocument
export const messages = components.messages as unknown as Record<string, MessageObject>

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false })
formats.default(ajv)
ajv.addVocabulary(["components"])
// So that `#/components/…` of a message's schema leads into the document.
ajv.addSchema({ $id: "posthorn:asyncapi", components: { schemas: components.schemas } })

const absolute = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"posthorn:asyncapi#/'))

const validators = new Map<string, ReturnType<typeof ajv.compile>>()
/** What an independent validator finds fault with, in a message's payload or headers; null: nothing. */
export const faultsOf = (name: string, part: "payload" | "headers", value: unknown): string | null => {
  const key = `${name} ${part}`
  const validate = validators.get(key) ?? ajv.compile(absolute(messages[name]?.[part]) as Json)
  validators.set(key, validate)
  return validate(value) ? null : ajv.errorsText(validate.errors)
}

/** Type of the catalogue (`custom` for one's own) -> the name of its message on a channel. */
export const messageOn = (channel: "bus" | "webhook", type: string): string | undefined => {
  const listed = channels[channel].messages as Record<string, { $ref: string }>
  return listed[type]?.$ref.split("/").at(-1)
}
