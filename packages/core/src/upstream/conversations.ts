import * as z from "zod"

import type { Direction, Participant } from "../event.ts"
import type { Question, DialectRules } from "./dialect.ts"
import { directionOf } from "./direction.ts"
import { attachmentsOf, Flag, Items, othersOf, profileUrnOf, reactionsOf, readEach, Text, Time } from "./fields.ts"
import { commonOwner, readListed } from "./listed.ts"
import { encoded, idOf, inOrder, ownerOf } from "./normalize.ts"
import { beforeOldest, olderToken, parseOlder } from "./older.ts"
import type { ThreadMessage, ThreadWindow } from "./thread.ts"

/** The conversations dialect, `/conversations*` (upstream docs, section 4). */
export const conversations: DialectRules = {
  listQuestion: ({ accountId, cursor }) => ({
    method: "GET",
    path: "/conversations",
    query: { accountId, nextCursor: cursor },
    body: null,
  }),

  readList(body, items, date) {
    const { accountId, accounts, nextCursor, hasMore, fromCache } = ListEnvelope.parse(body)
    const { read, unreadable } = readListed(items, null)
    const named = readEach(accounts, ListAccount).read
    return {
      dialect: "conversations",
      // One account was asked for: if upstream names one, that is the one it answers for (trap 22).
      accountId: accountId ?? (named.length === 1 ? (named[0]?.id ?? null) : null),
      profileUrn: commonOwner(read),
      conversations: read,
      unreadable,
      nextCursor: hasMore === false ? null : nextCursor,
      fromCache: fromCache === true,
      date,
    }
  },

  threadQuestion: ({ accountId, conversation, window }) => ({
    method: "GET",
    path: `/conversations/${encoded(conversation.urn)}/messages`,
    query: { accountId, ...part(window), sync: "true" },
    body: null,
  }),

  readThread(body, items, request) {
    const { accountId, hasMore, cursor } = ThreadEnvelope.parse(body)
    const mailbox = ownerOf(request.conversation.urn)
    const owner = mailbox ?? request.profileUrn
    const { read, unreadable } = readEach(items, messageOf(owner))
    const messages = inOrder(read)
    const isEnd = hasMore === false && cursor === null
    return {
      dialect: "conversations",
      accountId,
      profileUrn: mailbox,
      messages,
      unreadable,
      participants: Array.isArray(body.participants) ? othersOf(body.participants, owner) : null,
      hasOlder: hasMore,
      older: isEnd ? null : olderToken({ before: beforeOldest(messages), cursor }),
    }
  },
}

const ListEnvelope = z.object({ accountId: Text, accounts: Items, nextCursor: Text, hasMore: Flag, fromCache: Flag })

/** The accounts that a list says it covers. */
const ListAccount = z.object({ id: z.string().min(1), name: Text })

const Cursor = z.preprocess((value) => (typeof value === "number" ? String(value) : value), Text)
const ThreadEnvelope = z.object({ accountId: Text, hasMore: Flag, cursor: Cursor })

function part(window: ThreadWindow): Question["query"] {
  switch (window.kind) {
    case "newest":
      return {}
    case "newer":
      // `since` is exclusive, "newer than this" (section 4.2).
      return { since: window.from - 1, count: window.count }
    case "older":
      return { cursor: cursorOf(window.than), count: window.count }
  }
}

/** A cursor is the oldest message's time (section 4.2): moved 1 ms up where it is exactly that, or messages of one instant would be cut apart. */
function cursorOf(token: string): string {
  const { before, cursor } = parseOlder(token)
  return cursor === null || cursor === String((before ?? 0) - 1) ? String(before) : cursor
}

/** With the other names under which public clients look for id and text (section 4.2). */
const Message = z.object({
  messageUrn: Text,
  messageId: Text,
  backendMessageUrn: Text,
  id: Text,
  text: z.string().nullish(),
  message: z.string().nullish().catch(null),
  body: z.string().nullish().catch(null),
  content: z.string().nullish().catch(null),
  subject: Text,
  sentAt: Time,
  senderProfileId: Text,
  senderName: Text,
  senderPhoto: Text,
  isSentByOwner: Flag,
  hasAttachment: Flag,
  attachments: Items,
  reactions: z.array(z.unknown()).nullable().catch(null),
})
type Message = z.infer<typeof Message>

const messageOf = (owner: string | null) =>
  Message.transform((raw, context): ThreadMessage => {
    const names = [raw.messageUrn, raw.messageId, raw.backendMessageUrn, raw.id]
    const id = idOf(names)
    if (id === null) {
      context.addIssue({ code: "custom", message: "a message without an id" })
      return z.NEVER
    }
    const sender = senderOf(raw)
    return {
      id,
      urn: names.find((name) => name !== null) ?? id,
      text: raw.text ?? raw.message ?? raw.body ?? raw.content ?? "",
      subject: raw.subject,
      sentAt: raw.sentAt,
      direction: toldDirection(raw.isSentByOwner, sender) ?? directionOf(sender, owner),
      sender,
      attachments: attachmentsOf(raw.attachments, raw.hasAttachment),
      reactions: raw.reactions && reactionsOf(raw.reactions),
    }
  })

/** "Not by the owner" of a message without any sender is a system message, which nobody sent (trap 26). */
function toldDirection(isSentByOwner: boolean | null, sender: Participant | null): Direction | null {
  if (isSentByOwner === null) return null
  if (isSentByOwner) return "outbound"
  return sender === null ? "unknown" : "inbound"
}

function senderOf({ senderProfileId: id, senderName: name, senderPhoto: pictureUrl }: Message): Participant | null {
  if (id === null && name === null) return null
  return { id, name, headline: null, profileUrl: null, pictureUrl, urn: profileUrnOf(id) }
}
