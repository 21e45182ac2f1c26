import * as z from "zod"

import type { Question, DialectRules, ThreadRequest } from "./dialect.ts"
import { directionOf } from "./direction.ts"
import { attachmentsOf, Flag, Items, othersOf, Sender, reactionsOf, readEach, Text, Time } from "./fields.ts"
import { commonOwner, readListed } from "./listed.ts"
import { idOf, inOrder, ownerOf } from "./normalize.ts"
import { beforeOldest, olderToken, parseOlder } from "./older.ts"
import type { ThreadMessage, ThreadWindow } from "./thread.ts"
import { UpstreamError } from "./thread.ts"

/** The legacy dialect, `/messaging/*` (upstream docs, section 2). */
export const legacy: DialectRules = {
  listQuestion: ({ accountId, cursor }) => ({
    method: "GET",
    path: "/messaging/recent-messages",
    query: { accountId, nextCursor: cursor },
    body: null,
  }),

  readList(body, items, date) {
    const { accountId, profileUrn, nextCursor } = ListEnvelope.parse(body)
    const { read, unreadable } = readListed(items, profileUrn)
    return {
      dialect: "legacy",
      accountId,
      profileUrn: profileUrn ?? commonOwner(read),
      conversations: read,
      unreadable,
      nextCursor,
      fromCache: false,
      date,
    }
  },

  threadQuestion: (request: ThreadRequest): Question => ({
    method: "GET",
    path: "/messaging/conversation-details",
    query: { accountId: request.accountId, conversationUrn: request.conversation.urn, ...anchors(request.window) },
    body: null,
  }),

  readThread(body, items, request) {
    const envelope = ThreadEnvelope.parse(body)
    const conversationUrn = envelope.conversationUrn ?? request.conversation.urn
    const owner = envelope.profileUrn ?? ownerOf(conversationUrn) ?? request.profileUrn
    const { read, unreadable } = readEach(items, messageOf(owner))
    const messages = inOrder(read)
    return {
      dialect: "legacy",
      accountId: envelope.accountId,
      profileUrn: envelope.profileUrn ?? ownerOf(envelope.conversationUrn),
      messages,
      unreadable,
      participants: Array.isArray(body.participants) ? othersOf(body.participants, owner) : null,
      hasOlder: envelope.pagination.hasMoreBefore ?? envelope.hasPrevPage,
      older: olderToken({ before: beforeOldest(messages), cursor: null }),
    }
  },
}

const ListEnvelope = z.object({ accountId: Text, profileUrn: Text, nextCursor: Text })

const ThreadEnvelope = z.object({
  accountId: Text,
  profileUrn: Text,
  conversationUrn: Text,
  pagination: z.object({ hasMoreBefore: Flag }).catch({ hasMoreBefore: null }),
  hasPrevPage: Flag,
})

/** Anchored 1 ms to the far side, so that the anchor's own instant is inside whether upstream counts it or not (section 2.3). */
function anchors(window: ThreadWindow): Question["query"] {
  switch (window.kind) {
    case "newest":
      return {}
    case "newer":
      return { deliveredAt: window.from - 1, countBefore: 0, countAfter: window.count }
    case "older": {
      const { before } = parseOlder(window.than)
      if (before === null)
        throw new UpstreamError("bad_request", "The walk back through a conversation lost its place.")
      return { deliveredAt: before, countBefore: window.count, countAfter: 0 }
    }
  }
}

const Message = z.object({
  messageId: Text,
  messageUrn: Text,
  backendMessageUrn: Text,
  text: z.string().nullish(),
  subject: Text,
  sentAt: Time,
  sender: Sender,
  attachments: Items,
  reactions: Items,
  hasAttachment: Flag,
})

const messageOf = (owner: string | null) =>
  Message.transform((raw, context): ThreadMessage => {
    const names = [raw.messageId, raw.messageUrn, raw.backendMessageUrn]
    const id = idOf(names)
    if (id === null) {
      context.addIssue({ code: "custom", message: "a message without an id" })
      return z.NEVER
    }
    return {
      id,
      urn: names.find((name) => name !== null) ?? id,
      text: raw.text ?? "",
      subject: raw.subject,
      sentAt: raw.sentAt,
      direction: directionOf(raw.sender, owner),
      sender: raw.sender,
      attachments: attachmentsOf(raw.attachments, raw.hasAttachment),
      reactions: reactionsOf(raw.reactions),
    }
  })
