import * as z from "zod"

import { Count, Items, MaybeTime, othersOf, readEach, Text } from "./fields.ts"
import { bareId, idOf, ownerOf } from "./normalize.ts"
import type { ListedConversation } from "./thread.ts"

/** The last message as a list shows it; v1 and v3 give neither its id nor its sender's (upstream docs, sections 2.1 and 4.1). */
const Preview = z
  .object({
    messageUrn: Text,
    backendMessageUrn: Text,
    text: Text,
    sentAt: MaybeTime,
    senderName: Text,
    senderUrn: Text,
    hasAttachment: z.boolean().catch(false),
  })
  .nullable()
  .catch(null)
type Preview = z.infer<typeof Preview>

const Listed = z.object({
  conversationId: Text,
  conversationUrn: Text,
  backendConversationUrn: Text,
  conversationUrl: Text,
  title: Text,
  participants: Items,
  unreadCount: Count,
  lastActivityAt: MaybeTime,
  createdAt: MaybeTime,
  latestMessage: Preview,
})

/** An item of either dialect's list: the newer one only leaves fields out and writes `lastActivityAt` as a date. */
const conversationOf = (profileUrn: string | null) =>
  Listed.transform((raw, context): ListedConversation => {
    const names = [raw.conversationUrn, raw.conversationId, raw.backendConversationUrn]
    const id = idOf([...names, raw.conversationUrl && bareId(raw.conversationUrl)])
    const lastActivityAt = raw.lastActivityAt ?? raw.latestMessage?.sentAt ?? null
    if (id === null || lastActivityAt === null) {
      context.addIssue({ code: "custom", message: "a conversation without an id or a time" })
      return z.NEVER
    }
    const participants = othersOf(raw.participants, profileUrn ?? ownerOf(raw.conversationUrn))
    return {
      id,
      urn: names.find((name) => name !== null) ?? id,
      url: raw.conversationUrl,
      title: raw.title,
      isGroup: participants.length > 1,
      participants,
      unreadCount: raw.unreadCount,
      lastActivityAt,
      createdAt: raw.createdAt,
      preview: previewOf(raw.latestMessage),
      previewSentAt: raw.latestMessage?.sentAt ?? null,
    }
  })

/** Ids in their bare form: the same message must not look changed because it was seen through another mailbox. */
function previewOf(preview: Preview): string {
  if (preview === null) return ""
  const { text, sentAt, senderName, senderUrn, hasAttachment } = preview
  const id = idOf([preview.backendMessageUrn, preview.messageUrn])
  return id === null && text === null && sentAt === null && senderName === null
    ? ""
    : JSON.stringify([id, sentAt, text ?? "", senderUrn ?? senderName, hasAttachment])
}

export const readListed = (items: readonly unknown[], profileUrn: string | null) =>
  readEach(items, conversationOf(profileUrn))

/** The mailbox that all listed conversations are in; null where they do not say, or disagree. */
export function commonOwner(conversations: readonly ListedConversation[]): string | null {
  const owners = new Set(conversations.map(({ urn }) => ownerOf(urn)).filter((owner) => owner !== null))
  return owners.size === 1 ? ([...owners][0] ?? null) : null
}
