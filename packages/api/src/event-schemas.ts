import { z } from "@hono/zod-openapi"
import { catalogue, eventTypes, type Event, type EventType } from "@posthorn/core/event"

import { listOf } from "./list.ts"

// Here and in all files that name a shape, `z` comes from the library that makes the document: it sees the names only of
// schemas that were made after it was loaded.

/** Envelopes of the catalogue: what the API answers, and what the `webhooks` section says is sent. */

/** `message.received` -> `MessageReceived`. */
const nameOf = (type: EventType): string =>
  type
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")

const envelopeOf = (type: EventType) =>
  z
    .object({
      id: z.string().describe("the same each time this event is sent"),
      type: z.literal(type),
      timestamp: z.iso
        .datetime({ precision: 3 })
        .describe("when it happened; when we saw it, where upstream does not say"),
      data: catalogue[type].data as z.ZodType,
    })
    .meta({ id: `${nameOf(type)}Event`, description: catalogue[type].summary })

export const envelopes = eventTypes.map((type) => ({
  type,
  summary: catalogue[type].summary,
  schema: envelopeOf(type),
}))

const [first, ...others] = envelopes.map(({ schema }) => schema)
if (first === undefined) throw new Error("the catalogue of events is empty")

export const CustomEnvelope = z
  .object({
    id: z.string(),
    type: z.string().regex(/^custom\./),
    timestamp: z.iso.datetime({ precision: 3 }).describe("when it was published"),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "CustomEvent", description: "An event of the operator's own." })

// The catalogue is closed, but a client must take types that it does not know: we only ever add.
export const EventSchema = z.union([z.discriminatedUnion("type", [first, ...others]), CustomEnvelope]).meta({
  id: "Event",
  description: "Something that happened. A type you do not know may be one we added: ignore it.",
}) as unknown as z.ZodType<Event>

export const EventList = listOf(EventSchema, "EventList")
