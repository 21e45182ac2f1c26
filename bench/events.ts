import type { Event } from "@posthorn/core/event"
import { messageEventId } from "@posthorn/core/event"
import type { LogRow } from "@posthorn/core/log-row"
import { iso } from "@posthorn/core/time"

/** Events as a poll makes them, about 2 KB of JSON each, the same at every run. */

const CONVERSATIONS = 200
const STARTED_AT = Date.UTC(2026, 10, 1)
const EVENT_BYTES = 2_000

const PICTURE = `https://media.licdn.com/dms/image/v2/EXAMPLE/profile-displayphoto-scale_100_100/0/${"7".repeat(60)}?e=1790000000&v=beta&t=${"x".repeat(43)}`
const TEXT = "Thanks for reaching out! We looked at your proposal, and the team has a few questions before we go on. "

const base64 = (text: string): string => Buffer.from(text).toString("base64")

/** The row at a position, 1 and up, of an account's log. Conversations take turns. */
export const rowAt = (accountId: string, position: number): LogRow => {
  const turn = Math.ceil(position / CONVERSATIONS)
  const number = position % CONVERSATIONS
  const conversationId = `2-${base64(`conversation-${String(number).padStart(6, "0")}-example`)}`
  const messageId = `2-${base64(`${String(STARTED_AT + position)}b${String(position).padStart(5, "0")}-0&example`)}`
  // An hour between two messages of a conversation, so that its checkpoint knows as many as one in use does.
  const sentAt = STARTED_AT + turn * 3_600_000 + number
  const sender = {
    id: `ACoAABcDeFgHiJkLmNoPqRsTuVwXyZ${String(number).padStart(9, "0")}`,
    name: `Person ${number} Example`,
    headline: "Head of Examples at Example Works",
    profileUrl: `https://www.linkedin.com/in/ACoAABcDeFgHiJkLmNoPqRsTuVwXyZ${String(number).padStart(9, "0")}`,
    pictureUrl: PICTURE,
    urn: `urn:li:fsd_profile:ACoAABcDeFgHiJkLmNoPqRsTuVwXyZ${String(number).padStart(9, "0")}`,
  }
  const event: Event<"message.received"> = {
    id: messageEventId(accountId, conversationId, messageId),
    type: "message.received",
    timestamp: iso(sentAt),
    data: {
      account: { id: accountId, name: "Olive Owner", profileUrn: "urn:li:fsd_profile:ACoAAOWNER" },
      conversation: {
        id: conversationId,
        urn: `urn:li:msg_conversation:(urn:li:fsd_profile:ACoAAOWNER,${conversationId})`,
        url: `https://www.linkedin.com/messaging/thread/${conversationId}/`,
        title: null,
        isGroup: false,
        participants: [sender],
      },
      message: {
        id: messageId,
        urn: `urn:li:msg_message:(urn:li:fsd_profile:ACoAAOWNER,${messageId})`,
        text: "",
        subject: null,
        sentAt: iso(sentAt),
        direction: "inbound",
        sender,
        attachments: [],
        reactions: [],
        truncated: false,
      },
      sequence: turn,
      seenAt: iso(sentAt + 1_000),
      backfill: false,
    },
  }
  event.data.message.text = TEXT.repeat(20).slice(0, EVENT_BYTES - Buffer.byteLength(JSON.stringify(event)))
  return {
    log: accountId,
    position,
    event,
    seenAt: Date.now(),
    conversationId,
    sequence: turn,
    previous: position > CONVERSATIONS ? position - CONVERSATIONS : null,
    forgotten: false,
  }
}

export interface Load {
  accountIds: string[]
  eventsPerAccount: number
}

/** All rows of a load. */
export function* rowsOf({ accountIds, eventsPerAccount }: Load): Generator<LogRow> {
  for (let position = 1; position <= eventsPerAccount; position++)
    for (const accountId of accountIds) yield rowAt(accountId, position)
}
