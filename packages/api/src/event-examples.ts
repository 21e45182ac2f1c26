import type { CustomType, Event, EventData, EventType, Participant } from "@posthorn/core/event"

/** One invented event of each type, as the OpenAPI document, the JSON Schemas and the reference show it. */

export const EVENT_ID = "evt_3q2-7wAB4dK9sLm0PzXy1Q"
export const ENDPOINT_ID = "ep_Zt8Kx0vQ2mR5wYb7JcN4fA"
export const DELIVERY_ID = "dlv_3q2-7wAB4dK9sLm0PzXy1QZt8Kx0vQ2mR5wYb7JcN4fA"
export const ACCOUNT_ID = "60d21b4667d0d8992e610c85"
export const CONVERSATION_ID = "2-MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA=="
/** Sent; a poll saw it 41.2 s later. */
export const SENT_AT = "2026-11-14T23:46:40.000Z"
export const SEEN_AT = "2026-11-14T23:47:21.200Z"
/** Of the endpoint; the signatures in the document are made with it. */
export const EXAMPLE_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
const MESSAGE_ID = "2-MTc5NDcwMDAwMDAwMGIxMDAwMS0xMDAmMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA=="

export const account = {
  id: ACCOUNT_ID,
  name: "Jane Smith",
  profileUrn: "urn:li:fsd_profile:ACoAAOWNER000000000000000000000000000001",
}

const owner: Participant = {
  id: "ACoAAOWNER000000000000000000000000000001",
  name: account.name,
  headline: null,
  profileUrl: "https://www.linkedin.com/in/ACoAAOWNER000000000000000000000000000001",
  pictureUrl: null,
  urn: account.profileUrn,
}

const alice: Participant = {
  id: "ACoAAALICE000000000000000000000000000002",
  name: "Alice Example",
  headline: "Head of Examples",
  profileUrl: "https://www.linkedin.com/in/ACoAAALICE000000000000000000000000000002",
  pictureUrl: null,
  urn: "urn:li:fsd_profile:ACoAAALICE000000000000000000000000000002",
}

const conversation = {
  id: CONVERSATION_ID,
  urn: `urn:li:msg_conversation:(${account.profileUrn},${CONVERSATION_ID})`,
  url: `https://www.linkedin.com/messaging/thread/${CONVERSATION_ID}/`,
  title: null,
  isGroup: false,
  participants: [alice],
}

const received: EventData<"message.received"> = {
  account,
  conversation,
  message: {
    id: MESSAGE_ID,
    urn: `urn:li:msg_message:(${account.profileUrn},${MESSAGE_ID})`,
    text: "Hello Jane, do you have ten minutes this week?",
    subject: null,
    sentAt: SENT_AT,
    direction: "inbound",
    sender: alice,
    attachments: [],
    reactions: [],
    truncated: false,
  },
  sequence: 3,
  seenAt: SEEN_AT,
  backfill: false,
}

const event = <T extends EventType>(type: T, timestamp: string, data: EventData<T>): Event<T> => ({
  id: EVENT_ID,
  type,
  timestamp,
  data,
})

export const eventExamples: { [T in EventType]: Event<T> } = {
  "message.received": event("message.received", SENT_AT, received),
  "message.sent": event("message.sent", SENT_AT, {
    ...received,
    message: { ...received.message, text: "Thursday at ten?", direction: "outbound", sender: owner },
  }),
  "message.unattributed": event("message.unattributed", SENT_AT, {
    ...received,
    message: { ...received.message, text: "Bob joined.", direction: "unknown", sender: null },
  }),
  "message.updated": event("message.updated", SEEN_AT, {
    ...received,
    message: {
      ...received.message,
      text: "Hello Jane, do you have twenty minutes this week?",
      attachments: [{ type: "file", url: "https://www.linkedin.com/dms/prv/2", name: "offer_v2.pdf" }],
      reactions: [{ emoji: "👍", count: 1 }],
    },
    revision: 2,
    changes: ["text", "attachments", "reactions"],
  }),
  "conversation.created": event("conversation.created", SEEN_AT, {
    account,
    conversation,
    seenAt: SEEN_AT,
    backfill: false,
  }),
  "account.status_changed": event("account.status_changed", SEEN_AT, {
    account,
    status: "disconnected",
    previousStatus: "healthy",
    reason: "ConnectSafely answered 403.",
    seenAt: SEEN_AT,
  }),
  "endpoint.disabled": event("endpoint.disabled", SEEN_AT, {
    endpoint: { id: ENDPOINT_ID, description: "CRM", urlHost: "hooks.example.com" },
    reason: "failing",
    heldCount: 12,
  }),
  "delivery.exhausted": event("delivery.exhausted", SEEN_AT, {
    delivery: {
      id: DELIVERY_ID,
      eventId: EVENT_ID,
      eventType: "message.received",
      endpointId: ENDPOINT_ID,
      attemptCount: 10,
      lastError: "The receiver answered 503.",
    },
  }),
  ping: event("ping", SEEN_AT, {
    endpoint: { id: ENDPOINT_ID },
    note: "A test from Posthorn. If you can read this and the signature verifies, the endpoint works.",
  }),
}

/** Of a type of the operator's own. */
export const customExample = {
  id: EVENT_ID,
  type: "custom.deal_won" satisfies CustomType,
  timestamp: SEEN_AT,
  data: { deal: 7, amount: 1200, currency: "EUR" },
}
