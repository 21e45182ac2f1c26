import { z } from "@hono/zod-openapi"
import { endpointFormats, endpointOrderings } from "@posthorn/core/endpoint"
import { eventTypes, isCustomType } from "@posthorn/core/event"
import { nearest } from "@posthorn/core/settings"
import { URL_LENGTH_MAX } from "@posthorn/core/delivery/guard"
import { parseSecret } from "@posthorn/core/delivery/sign"
import { messageOf } from "@posthorn/core/error"

import { headersField } from "./endpoint-headers.ts"
import { filterField } from "./filter-field.ts"
import { pairs, quoted, strict } from "./validate.ts"

/** What a caller may set on an endpoint. `null` sets a field back to its default; only `url` has none. */

export const DESCRIPTION_LENGTH_MAX = 500
export const METADATA_PAIRS_MAX = 20
export const METADATA_NAME_LENGTH_MAX = 64
export const METADATA_VALUE_LENGTH_MAX = 500
const EVENT_TYPES_LISTED_MAX = 100
const RATE_LIMIT_MAX = 1_000
export const OVERLAP_SECONDS_DEFAULT = 86_400
/** resources.md, rotate-secret. */
export const OVERLAP_SECONDS_MAX = 604_800

export const endpointDefaults = {
  description: null,
  eventTypes: ["message.received"],
  filter: null,
  format: "standard",
  ordering: "none",
  rateLimit: null,
  metadata: {},
} as const

/** Half a surrogate pair is no text: stores and receivers would make different things of it. */
const text = (max: number) =>
  z
    .string()
    .max(max, `must be at most ${max} characters long`)
    .refine((value) => value.isWellFormed(), "has half a character in it (a lone surrogate)")

/** The URL parser drops white space, so that a URL with some in it would not be the one that is called. */
const url = text(URL_LENGTH_MAX)
  .regex(/^[^\s\p{Cc}]+$/u, "must be a URL such as https://example.com/hook, without spaces")
  .meta({ type: "string", format: "uri", maxLength: URL_LENGTH_MAX, description: "where events are POSTed to" })

const eventType = z.string().superRefine((type, context) => {
  if (type === "*" || (eventTypes as string[]).includes(type) || isCustomType(type)) return
  const meant = nearest(type, eventTypes)
  const hint =
    meant === null ? `There are "*", ${eventTypes.join(", ")}, and custom.* of your own.` : `Did you mean "${meant}"?`
  context.addIssue({ code: "custom", message: `${quoted(type)} is not an event type. ${hint}` })
})

const types = z
  .array(eventType)
  .min(1, `must name at least one event type; ["*"] is every message, conversation and account type`)
  .max(EVENT_TYPES_LISTED_MAX, `must have at most ${EVENT_TYPES_LISTED_MAX} entries`)
  .transform((listed) => [...new Set(listed)])
  .nullish()
  .describe(
    `left out: ["message.received"]; ["*"]: every message, conversation and account type, now and later. Others must be named.`,
  )

const metadata = pairs
  .superRefine((given, context) => {
    const refuse = (message: string, ...path: string[]) => context.addIssue({ code: "custom", path, message })
    if (Object.keys(given).length > METADATA_PAIRS_MAX) refuse(`must have at most ${METADATA_PAIRS_MAX} pairs`)
    for (const [name, value] of Object.entries(given)) {
      if (name === "" || name.length > METADATA_NAME_LENGTH_MAX || !name.isWellFormed())
        refuse(`a name has 1 to ${METADATA_NAME_LENGTH_MAX} characters`, name)
      else if (value.length > METADATA_VALUE_LENGTH_MAX || !value.isWellFormed())
        refuse(`a value has at most ${METADATA_VALUE_LENGTH_MAX} characters`, name)
    }
  })
  .nullish()
  .meta({
    type: ["object", "null"],
    additionalProperties: { type: "string" },
    description: `your own words about the endpoint, handed back as they are; at most ${METADATA_PAIRS_MAX} pairs`,
  })

const oneOf = <Value extends string>(values: readonly [Value, ...Value[]], description: string) =>
  z
    .enum(values, { error: `must be one of ${values.join(", ")}` })
    .nullish()
    .describe(description)

const rateLimitMessage = `must be a whole number from 1 to ${RATE_LIMIT_MAX}`
const rateLimit = z
  .int({ error: rateLimitMessage })
  .min(1, rateLimitMessage)
  .max(RATE_LIMIT_MAX, rateLimitMessage)
  .nullish()
  .describe("most deliveries per second; what is more waits its turn, and keeps it when this is changed")

const settable = {
  description: text(DESCRIPTION_LENGTH_MAX).nullish(),
  eventTypes: types,
  headers: headersField.nullish(),
  metadata,
  filter: filterField,
  format: oneOf(endpointFormats, "the shape of the body; see docs/formats.md"),
  ordering: oneOf(
    endpointOrderings,
    "conversation: a message waits until those before it in its conversation are finished",
  ),
  rateLimit,
}

const secret = z
  .string()
  .superRefine((value, context) => {
    try {
      parseSecret(value)
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) })
    }
  })
  .nullish()
  .describe("a secret of your own: whsec_ and 24 to 64 bytes in base64; left out: a new one is made")

export const EndpointCreate = strict({ url, ...settable, secret }).meta({ id: "EndpointCreate" })
export type EndpointCreate = z.infer<typeof EndpointCreate>

export const EndpointPatch = strict({ url: url.optional(), ...settable }).meta({
  id: "EndpointPatch",
  description: "Fields left out stay as they are; null sets a field back to its default.",
})
export type EndpointPatch = z.infer<typeof EndpointPatch>

const overlapMessage = `must be a whole number of seconds from 0 to ${OVERLAP_SECONDS_MAX}`
export const EndpointRotate = strict({
  secret,
  overlapSeconds: z
    .int({ error: overlapMessage })
    .min(0, overlapMessage)
    .max(OVERLAP_SECONDS_MAX, overlapMessage)
    .optional()
    .describe(`how long the old secret signs along; ${OVERLAP_SECONDS_DEFAULT} when left out, 0 for one that leaked`),
}).meta({ id: "EndpointRotate" })
export type EndpointRotate = z.infer<typeof EndpointRotate>
