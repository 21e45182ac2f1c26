import type { Event } from "../api/resources.ts"

export type EventType = Event["type"]

/** What each type of the catalogue tells; a type that the API adds does not compile until it has its words here. */
export const eventTypeTexts: Record<EventType, string> = {
  "message.received": "someone wrote to one of your accounts",
  "message.sent": "one of your accounts wrote, from any device",
  "message.unattributed": "a message of which LinkedIn does not say who wrote it",
  "message.updated": "text, attachments or reactions of a known message changed",
  "conversation.created": "a conversation began",
  "account.status_changed": "polling of an account starts to fail, or recovers",
  "endpoint.disabled": "Posthorn stopped sending to an endpoint",
  "delivery.exhausted": "a delivery used up its attempts",
  ping: "a test, sent to one endpoint alone",
}

/** In the catalogue's order. */
export const eventTypes = Object.keys(eventTypeTexts) as EventType[]

/** What an endpoint gets that asks for `*`: messages, conversations and accounts, now and later. */
export const isCoveredByStar = (type: string): boolean => /^(message|conversation|account)\./.test(type)

/** Events about Posthorn itself, which must be asked for by name. */
export const isOperational = (type: string): boolean => /^(endpoint|delivery)\./.test(type)
