import * as z from "zod"

import { derivedId } from "./id.ts"

/**
 * The catalogue of events. One envelope (resources.md, "Event") is the webhook's body, EventBridge's `detail` and the API's
 * answer; every type has a schema here, and JSON Schema, OpenAPI and the docs are generated from these.
 */

const Time = z.iso.datetime({ precision: 3 })
const Nullable = z.string().nullable()

export const Participant = z.object({
  id: Nullable.describe("LinkedIn's profile id; null for an organisation or LinkedIn itself"),
  name: Nullable,
  headline: Nullable,
  profileUrl: Nullable.describe("`/in/ACoAA…`: not the vanity address"),
  pictureUrl: Nullable.describe("expires: fetch it soon or not at all"),
  urn: Nullable,
})
export type Participant = z.infer<typeof Participant>

export const Attachment = z.object({ type: z.string(), url: Nullable, name: Nullable })
export type Attachment = z.infer<typeof Attachment>

export const Reaction = z.object({ emoji: z.string(), count: z.int() })
export type Reaction = z.infer<typeof Reaction>

export const directions = ["inbound", "outbound", "unknown"] as const
export type Direction = (typeof directions)[number]

const EventAccount = z.object({ id: z.string(), name: Nullable, profileUrn: Nullable })

const EventConversation = z.object({
  id: z.string(),
  urn: z.string(),
  url: Nullable,
  title: Nullable,
  isGroup: z.boolean(),
  participants: z.array(Participant).describe("without the account's owner"),
})
export type EventConversation = z.infer<typeof EventConversation>

export const EventMessage = z.object({
  id: z.string(),
  urn: z.string(),
  text: z.string().describe(`"" when there is none; cut at 100,000 characters`),
  subject: Nullable,
  sentAt: Time,
  direction: z.enum(directions),
  sender: Participant.nullable(),
  attachments: z.array(Attachment),
  reactions: z.array(Reaction),
  truncated: z.boolean(),
})
export type EventMessage = z.infer<typeof EventMessage>

const MessageData = z.object({
  account: EventAccount,
  conversation: EventConversation,
  message: EventMessage,
  sequence: z.int().describe("1, 2, 3 … per account, conversation and type, in the order of publication"),
  seenAt: Time,
  backfill: z.boolean(),
})

export const changeable = ["text", "attachments", "reactions"] as const
export type Change = (typeof changeable)[number]

/** Event type -> the schema of its `data`, and what it tells. */
export const catalogue = {
  "message.received": { data: MessageData, summary: "Someone else wrote in a conversation of the account." },
  "message.sent": { data: MessageData, summary: "The account's owner wrote, from any device." },
  "message.unattributed": { data: MessageData, summary: "A message of which upstream does not say who wrote it." },
  "message.updated": {
    data: MessageData.extend({ revision: z.int(), changes: z.array(z.enum(changeable)) }),
    summary: "Text, attachments or reaction counts of a known message changed.",
  },
  "conversation.created": {
    data: z.object({ account: EventAccount, conversation: EventConversation, seenAt: Time, backfill: z.boolean() }),
    summary: "A conversation that began after the account's baseline.",
  },
  "account.status_changed": {
    data: z.object({
      account: EventAccount,
      status: z.string(),
      previousStatus: z.string(),
      reason: Nullable,
      seenAt: Time,
    }),
    summary: "Polling of an account starts to fail, or recovers.",
  },
  "endpoint.disabled": {
    data: z.object({
      endpoint: z.object({ id: z.string(), description: Nullable, urlHost: z.string() }),
      reason: z.enum(["gone", "failing"]),
      heldCount: z.int(),
    }),
    summary: "Posthorn stopped sending to an endpoint.",
  },
  "delivery.exhausted": {
    data: z.object({
      delivery: z.object({
        id: z.string(),
        eventId: z.string(),
        eventType: z.string(),
        endpointId: z.string(),
        attemptCount: z.int(),
        lastError: Nullable,
      }),
    }),
    summary: "A delivery used up its attempts; it stays listed and can be sent again.",
  },
  ping: {
    data: z.object({ endpoint: z.object({ id: z.string() }), note: z.string() }),
    summary: "A test event, on request, for one endpoint alone.",
  },
} as const

export type EventType = keyof typeof catalogue
export const eventTypes = Object.keys(catalogue) as EventType[]
export const isEventType = (type: string): type is EventType => Object.hasOwn(catalogue, type)

/** A type of the operator's own, published through the API. Asked for by its exact name. */
export type CustomType = `custom.${string}`
const CUSTOM_TYPE_LENGTH_MAX = 100
export const isCustomType = (type: string): type is CustomType =>
  type.length <= CUSTOM_TYPE_LENGTH_MAX && /^custom(\.[a-z0-9][a-z0-9_-]*)+$/.test(type)

/** What an endpoint gets that asks for `["*"]`: every message, conversation and account type, now and later. */
export const isCoveredByStar = (type: string): boolean => /^(message|conversation|account)\./.test(type)

/** Events about the relay itself. No such event is ever made about the delivery of one of them. */
export const isOperational = (type: string): boolean => /^(endpoint|delivery)\./.test(type)

export type EventData<T extends EventType = EventType> = z.infer<(typeof catalogue)[T]["data"]>

export interface Event<T extends EventType = EventType> {
  id: string
  type: T
  /** When it happened upstream; for types where upstream gives no time, when we saw it. */
  timestamp: string
  data: EventData<T>
}

/** The log of events that belong to no account: `endpoint.*`, `delivery.*`, `custom.*`. */
export const SYSTEM_LOG = "system"

/** The id of a message's event: the same for the same message, whichever poll, dialect or crash shows it again. */
export const messageEventId = (accountId: string, conversationId: string, messageId: string): string =>
  derivedId("event", "message", accountId, conversationId, messageId)

export const updateEventId = (accountId: string, conversationId: string, messageId: string, revision: number): string =>
  derivedId("event", "message.updated", accountId, conversationId, messageId, String(revision))

export const conversationEventId = (accountId: string, conversationId: string): string =>
  derivedId("event", "conversation.created", accountId, conversationId)
