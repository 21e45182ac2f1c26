import type { EventJson, TriggerType } from "./event.ts"

/** Invented events, the same as in the JSON Schema of each type. Zapier shows them where an account has no events yet. */

const account = { id: "60d21b4667d0d8992e610c85", name: "Jane Smith" }
const owner = "ACoAAOWNER000000000000000000000000000001"
const CONVERSATION_ID = "2-MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA=="
const MESSAGE_ID = "2-MTc5NDcwMDAwMDAwMGIxMDAwMS0xMDAmMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA=="
const id = "evt_3q2-7wAB4dK9sLm0PzXy1Q"
const SENT_AT = "2026-11-14T23:46:40.000Z"
const SEEN_AT = "2026-11-14T23:47:21.200Z"

const alice = {
  id: "ACoAAALICE000000000000000000000000000002",
  name: "Alice Example",
  headline: "Head of Examples",
  profileUrl: "https://www.linkedin.com/in/ACoAAALICE000000000000000000000000000002",
  pictureUrl: null,
}

const jane = {
  id: owner,
  name: account.name,
  headline: null,
  profileUrl: `https://www.linkedin.com/in/${owner}`,
  pictureUrl: null,
}

const conversation = {
  id: CONVERSATION_ID,
  urn: `urn:li:msg_conversation:(urn:li:fsd_profile:${owner},${CONVERSATION_ID})`,
  url: `https://www.linkedin.com/messaging/thread/${CONVERSATION_ID}/`,
  title: null,
  isGroup: false,
  participants: [alice],
}

const received = {
  account,
  conversation,
  message: {
    id: MESSAGE_ID,
    urn: `urn:li:msg_message:(urn:li:fsd_profile:${owner},${MESSAGE_ID})`,
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

export const sampleEvents: Record<TriggerType, EventJson> = {
  "message.received": { id, type: "message.received", timestamp: SENT_AT, data: received },
  "message.sent": {
    id,
    type: "message.sent",
    timestamp: SENT_AT,
    data: {
      ...received,
      message: { ...received.message, text: "Thursday at ten?", direction: "outbound", sender: jane },
    },
  },
  "conversation.created": {
    id,
    type: "conversation.created",
    timestamp: SEEN_AT,
    data: { account, conversation, seenAt: SEEN_AT, backfill: false },
  },
  "account.status_changed": {
    id,
    type: "account.status_changed",
    timestamp: SEEN_AT,
    data: {
      account,
      status: "disconnected",
      previousStatus: "healthy",
      reason: "ConnectSafely answered 403.",
      seenAt: SEEN_AT,
    },
  },
}
