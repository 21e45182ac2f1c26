import type { Event, EventData, Participant } from "../../event.ts"
import { isMessage, isType } from "./is-type.ts"
import { line, plain, visible } from "./plain.ts"
import { linkedInUrl } from "./url.ts"

const NAME_LENGTH_MAX = 60
const DETAIL_LENGTH_MAX = 200
const NAMES_MAX = 3
const LISTED_MAX = 10

/** What a chat message says about an event, for Slack and Discord to lay out: plain words, not escaped for either. */
export interface Notice {
  /** One line: who did what. */
  headline: string
  /** What was written; "" for nothing. */
  text: string
  details: readonly { name: string; value: string }[]
  /** The conversation on LinkedIn. */
  url: string | null
}

export const noticeOf = (event: Event): Notice => {
  const { headline, text, details, url } = draftOf(event)
  return {
    headline: line(headline, DETAIL_LENGTH_MAX),
    text: visible(plain(text)) ?? "",
    details: Object.entries(details)
      .map(([name, value]) => ({ name, value: line(value ?? "", DETAIL_LENGTH_MAX) }))
      .filter(({ value }) => visible(value) !== null),
    url: linkedInUrl(url ?? null),
  }
}

interface Draft {
  headline: string
  text: string
  details: Record<string, string | null>
  url?: string | null
}

const draftOf = (event: Event): Draft => {
  if (isMessage(event)) return messageDraft(event, event.data)
  if (isType(event, "conversation.created")) {
    const { account, conversation } = event.data
    return {
      headline: `${nameOf(account.name)} has a new conversation with ${namesOf(conversation.participants)}`,
      text: "",
      details: { Conversation: conversation.title, Backfill: event.data.backfill ? "yes" : null },
      url: conversation.url,
    }
  }
  if (isType(event, "account.status_changed")) {
    const { account, status, previousStatus, reason } = event.data
    return {
      headline: `The account of ${nameOf(account.name)} is ${status}, was ${previousStatus}`,
      text: reason ?? "",
      details: { Account: account.id },
    }
  }
  if (isType(event, "endpoint.disabled")) {
    const { endpoint, reason, heldCount } = event.data
    return {
      headline: `Posthorn stopped sending to ${nameOf(endpoint.urlHost)}`,
      text: reason === "gone" ? "It answered 410: gone for good." : "It failed for days without one success.",
      details: { Endpoint: endpoint.id, Description: endpoint.description, Held: String(heldCount) },
    }
  }
  if (isType(event, "delivery.exhausted")) {
    const { delivery } = event.data
    return {
      headline: `A delivery used up its ${String(delivery.attemptCount)} attempts`,
      text: delivery.lastError ?? "",
      details: { Delivery: delivery.id, Endpoint: delivery.endpointId, Event: delivery.eventType },
    }
  }
  if (isType(event, "ping"))
    return { headline: "A test from Posthorn", text: event.data.note, details: { Endpoint: event.data.endpoint.id } }
  // Of one's own (`custom.*`), or of a later version.
  const { type, data } = event as { type: string; data: unknown }
  return { headline: type, text: JSON.stringify(data, null, 2), details: {} }
}

const messageDraft = (
  event: Event,
  { account, conversation, message, backfill }: EventData<"message.received">,
): Draft => {
  const owner = nameOf(account.name)
  const others = namesOf(conversation.participants)
  const sender = nameOf(message.sender?.name ?? null)
  const headlines: Partial<Record<string, string>> = {
    "message.received": `${sender} wrote to ${owner}`,
    "message.sent": `${owner} wrote to ${others}`,
    "message.unattributed": `New in the conversation of ${owner} with ${others}`,
  }
  const changes = isType(event, "message.updated") ? event.data.changes.join(", ") : ""
  return {
    headline: headlines[event.type] ?? `A message in the conversation of ${owner} with ${others} changed: ${changes}`,
    text: message.text,
    details: {
      About: message.direction === "inbound" ? (message.sender?.headline ?? null) : null,
      Conversation: conversation.title,
      Subject: message.subject,
      Attachments: listed(message.attachments.map(({ type, name }) => (name === null ? type : `${type} (${name})`))),
      Reactions: listed(message.reactions.map(({ emoji, count }) => `${emoji} ${String(count)}`)),
      Backfill: backfill ? "yes" : null,
    },
    url: conversation.url,
  }
}

const nameOf = (name: string | null): string => visible(line(name ?? "", NAME_LENGTH_MAX)) ?? "someone"

const namesOf = (people: readonly Participant[]): string => {
  if (people.length === 0) return "someone"
  const shown = people.slice(0, NAMES_MAX).map(({ name }) => nameOf(name))
  return people.length > NAMES_MAX ? `${shown.join(", ")} and others` : shown.join(", ")
}

const listed = (values: readonly string[]): string => values.slice(0, LISTED_MAX).join(", ")
