import type { Event, EventData, EventType, Participant } from "../../event.ts"

/** One invented event of every type, and one of one's own, for the golden bodies in test/fixtures/formats. */

const alice: Participant = {
  id: "ACoAAALICE000000000000000000000000000002",
  name: "Alice Example",
  headline: "Head of Examples",
  profileUrl: "https://www.linkedin.com/in/ACoAAALICE000000000000000000000000000002",
  pictureUrl: null,
  urn: "urn:li:fsd_profile:ACoAAALICE000000000000000000000000000002",
}
const account = {
  id: "60d21b4667d0d8992e610c85",
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
const conversation = {
  id: "2-MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA==",
  urn: `urn:li:msg_conversation:(${account.profileUrn},2-MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA==)`,
  url: "https://www.linkedin.com/messaging/thread/2-MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA==/",
  title: null,
  isGroup: false,
  participants: [alice],
}
const messageId = "2-MTc5NDcwMDAwMDAwMGIxMDAwMS0xMDAmMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA=="
const sentAt = "2026-11-14T23:46:40.000Z"
const seenAt = "2026-11-14T23:47:21.200Z"

const received: EventData<"message.received"> = {
  account,
  conversation,
  message: {
    id: messageId,
    urn: `urn:li:msg_message:(${account.profileUrn},${messageId})`,
    text: "First message",
    subject: null,
    sentAt,
    direction: "inbound",
    sender: alice,
    attachments: [],
    reactions: [],
    truncated: false,
  },
  sequence: 1,
  seenAt,
  backfill: false,
}

const event = <T extends EventType>(type: T, timestamp: string, data: EventData<T>): Event<T> => ({
  id: "evt_AAAAAAAAAAAAAAAAAAAAAA",
  type,
  timestamp,
  data,
})

export const receivedWith = (
  message: Partial<EventData<"message.received">["message"]>,
  over: Partial<EventData<"message.received">> = {},
): Event<"message.received"> =>
  event("message.received", sentAt, { ...received, ...over, message: { ...received.message, ...message } })

export const testEvents: Record<string, Event> = {
  "message.received": receivedWith({}),
  "message.sent": event("message.sent", sentAt, {
    ...received,
    message: { ...received.message, text: "Hello Alice", direction: "outbound", sender: owner },
  }),
  "message.unattributed": event("message.unattributed", sentAt, {
    ...received,
    message: { ...received.message, text: "Bob joined.", direction: "unknown", sender: null },
  }),
  "message.updated": event("message.updated", seenAt, {
    ...received,
    message: {
      ...received.message,
      text: "First message, *better* & longer <see it>",
      subject: "An offer",
      attachments: [
        { type: "image", url: "https://media.licdn.com/dms/image/1", name: null },
        { type: "file", url: "https://www.linkedin.com/dms/prv/2", name: "offer_v2.pdf" },
      ],
      reactions: [{ emoji: "👍", count: 1 }],
    },
    revision: 2,
    changes: ["text", "attachments"],
  }),
  "message.updated, reactions alone": event("message.updated", seenAt, {
    ...received,
    message: { ...received.message, reactions: [{ emoji: "👍", count: 1 }] },
    revision: 3,
    changes: ["reactions"],
  }),
  "conversation.created": event("conversation.created", seenAt, { account, conversation, seenAt, backfill: false }),
  "account.status_changed": event("account.status_changed", seenAt, {
    account,
    status: "disconnected",
    previousStatus: "healthy",
    reason: "ConnectSafely answered 403.",
    seenAt,
  }),
  "endpoint.disabled": event("endpoint.disabled", seenAt, {
    endpoint: { id: "ep_AAAAAAAAAAAAAAAAAAAAAA", description: "CRM", urlHost: "hooks.example.com" },
    reason: "failing",
    heldCount: 12,
  }),
  "delivery.exhausted": event("delivery.exhausted", seenAt, {
    delivery: {
      id: "dlv_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      eventId: "evt_AAAAAAAAAAAAAAAAAAAAAA",
      eventType: "message.received",
      endpointId: "ep_AAAAAAAAAAAAAAAAAAAAAA",
      attemptCount: 10,
      lastError: "The receiver answered 503.",
    },
  }),
  ping: event("ping", seenAt, { endpoint: { id: "ep_AAAAAAAAAAAAAAAAAAAAAA" }, note: "A test from Posthorn." }),
  "custom.deal_won": {
    id: "evt_AAAAAAAAAAAAAAAAAAAAAA",
    type: "custom.deal_won",
    timestamp: seenAt,
    data: { deal: 7, by: "<@U1> & co" },
  } as unknown as Event,
}
