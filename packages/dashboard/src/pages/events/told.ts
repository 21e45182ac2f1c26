import { type Conversation, type Event, type MessageData, messageData, type Participant } from "../../api/resources.ts"
import type { Tone } from "../../components/badge.tsx"
import { jsonText, withoutDirections } from "../../components/json-text.ts"

/** What an event tells, by its type. The type decides, never a field: `custom.*` data may hold anything. */

type DataWith<Field extends string> = Extract<Event["data"], Record<Field, unknown>>

export type Told =
  | { kind: "message"; data: MessageData }
  | { kind: "conversation"; data: { account: MessageData["account"]; conversation: Conversation; backfill: boolean } }
  | { kind: "account"; data: DataWith<"previousStatus"> }
  | { kind: "endpoint"; data: DataWith<"heldCount"> }
  | { kind: "delivery"; data: DataWith<"delivery"> }
  | { kind: "ping"; data: DataWith<"note"> }
  | { kind: "other"; data: unknown }

type Data<Kind extends Told["kind"]> = Extract<Told, { kind: Kind }>["data"]

export const toldBy = (event: Event): Told => {
  const message = messageData(event)
  if (message !== null) return { kind: "message", data: message }
  const { data } = event
  // A newer API may send types that this page does not know.
  switch (event.type as string) {
    case "conversation.created":
      return { kind: "conversation", data: data as Data<"conversation"> }
    case "account.status_changed":
      return { kind: "account", data: data as Data<"account"> }
    case "endpoint.disabled":
      return { kind: "endpoint", data: data as Data<"endpoint"> }
    case "delivery.exhausted":
      return { kind: "delivery", data: data as Data<"delivery"> }
    case "ping":
      return { kind: "ping", data: data as Data<"ping"> }
    default:
      return { kind: "other", data }
  }
}

const tones: Record<Event["type"], Tone> = {
  "message.received": "info",
  "message.sent": "idle",
  "message.unattributed": "warn",
  "message.updated": "idle",
  "conversation.created": "info",
  "account.status_changed": "warn",
  "endpoint.disabled": "bad",
  "delivery.exhausted": "bad",
  ping: "idle",
}

export const toneOf = (type: string): Tone => (Object.hasOwn(tones, type) ? tones[type as Event["type"]] : "idle")

const titles: Record<Event["type"], string> = {
  "message.received": "Message received",
  "message.sent": "Message sent",
  "message.unattributed": "Message of unknown origin",
  "message.updated": "Message changed",
  "conversation.created": "Conversation began",
  "account.status_changed": "Account status changed",
  "endpoint.disabled": "Endpoint disabled",
  "delivery.exhausted": "Delivery given up",
  ping: "Test event",
}

export const isCustom = (type: string): boolean => type.startsWith("custom.")

/** Of the event's page, in our own words alone: it stands in the browser's title too. */
export const titleOf = (type: string): string =>
  Object.hasOwn(titles, type) ? titles[type as Event["type"]] : isCustom(type) ? "Event of your own" : "Event"

export const directionWords = { inbound: "inbound", outbound: "outbound", unknown: "direction unknown" } as const

/** How somebody is named whom upstream does not name. */
export const NAMELESS = "somebody without a name"

export const personName = (person: Participant | null): string => person?.name ?? NAMELESS

const count = (number: number, one: string, several = `${one}s`): string => `${number} ${number === 1 ? one : several}`

/** Most people whom a line names. */
const NAMED_MAX = 3

const peopleLine = (people: Participant[]): string => {
  const names = people.slice(0, NAMED_MAX).map((person) => withoutDirections(personName(person)))
  const others = people.length - names.length
  return names.length === 0 ? "nobody else" : `${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}`
}

const messageLine = ({ message }: MessageData): string => {
  if (message.text.trim() !== "") return message.text
  if (message.subject !== null && message.subject.trim() !== "") return message.subject
  return message.attachments.length === 0 ? "(no text)" : `(${count(message.attachments.length, "attachment")})`
}

/** What an event tells, as one line of text. */
export const lineOf = (event: Event): string => {
  const told = toldBy(event)
  switch (told.kind) {
    case "message":
      return messageLine(told.data)
    case "conversation":
      return `A conversation with ${peopleLine(told.data.conversation.participants)} began`
    case "account": {
      const { previousStatus, status, reason } = told.data
      return `${previousStatus} → ${status}${reason === null ? "" : `: ${reason}`}`
    }
    case "endpoint": {
      const { endpoint, reason, heldCount } = told.data
      return `${endpoint.urlHost} is disabled (${reason}); ${count(heldCount, "delivery", "deliveries")} held`
    }
    case "delivery": {
      const { eventType, attemptCount, lastError } = told.data.delivery
      return `${eventType} given up after ${count(attemptCount, "attempt")}${lastError === null ? "" : `: ${lastError}`}`
    }
    case "ping":
      return told.data.note
    case "other":
      return jsonText(told.data, 0)
  }
}

export const accountOf = (event: Event): MessageData["account"] | null => {
  const told = toldBy(event)
  return told.kind === "message" || told.kind === "conversation" || told.kind === "account" ? told.data.account : null
}

export const conversationOf = (event: Event): Conversation | null => {
  const told = toldBy(event)
  return told.kind === "message" || told.kind === "conversation" ? told.data.conversation : null
}

/** All that a person may look for, in small letters. */
const searchable = (event: Event): string => {
  const conversation = conversationOf(event)
  const message = messageData(event)?.message
  return [
    event.type,
    lineOf(event),
    message?.subject,
    message?.sender?.name,
    message?.sender?.headline,
    accountOf(event)?.name,
    conversation?.title,
    ...(conversation?.participants.map(({ name }) => name) ?? []),
  ]
    .join("\n")
    .toLocaleLowerCase()
}

/** Whether every word of `text` is somewhere in the event, in any case. */
export const holds = (event: Event, text: string): boolean => {
  const all = searchable(event)
  return text
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
