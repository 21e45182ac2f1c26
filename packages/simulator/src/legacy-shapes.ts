import type { Generation } from "./answer.ts"
import { hash } from "./chance.ts"
import {
  backendMessageUrn,
  conversationUrn,
  messageUrn,
  participantUrn,
  profileUrl,
  salesNavUrn,
  threadUrn,
} from "./ids.ts"
import type { Account, Conversation, Message, Person } from "./model.ts"
import { nothing } from "./page.ts"
import { othersFor, visible } from "./thread.ts"

/** The URN of a thread in an account's mailbox. */
export const urnFor = (conversation: Conversation, account: Account) =>
  conversation.salesNav ? salesNavUrn(conversation.id) : conversationUrn(account.profileUrn, conversation.id)

const urlOf = ({ profileId }: Person) => (profileId === null ? null : profileUrl(profileId))

/** One conversation of recent-messages (upstream README 2.1). */
export function legacyConversation(conversation: Conversation, account: Account, generation: Generation): object {
  const mailbox = conversation.mailboxes.get(account.id)
  const unreadCount = mailbox?.unreadCount ?? 0
  const others = othersFor(conversation, account)
  const v1 = {
    conversationId: threadUrn(conversation.id),
    conversationUrn: urnFor(conversation, account),
    participants: others.map(({ profileId, name, headline, picture }) => ({
      ...(profileId === null ? {} : { profileId }),
      name,
      headline,
      profilePicture: picture,
    })),
    unreadCount,
    lastActivityAt: conversation.lastActivityAt,
    ...legacyPreview(conversation, account, generation),
  }
  if (generation === "v1") return v1
  return {
    ...v1,
    conversationId: conversation.id,
    backendConversationUrn: threadUrn(conversation.id),
    conversationUrl: `https://www.linkedin.com/messaging/thread/${conversation.id}/`,
    participants: others.map((other) => ({
      ...v2Person(other),
      distance: other.distance,
      memberBadgeType: other.badge,
      participantUrn: participantUrn(other.urn),
      backendUrn: `urn:li:member:${other.memberNumber}`,
      hostIdentityUrn: other.urn,
    })),
    createdAt: conversation.createdAt,
    lastReadAt: mailbox?.lastReadAt ?? conversation.createdAt,
    isRead: unreadCount === 0,
    state: null,
  }
}

const v2Person = (person: Person) => ({
  ...(person.profileId === null ? {} : { profileId: person.profileId }),
  name: person.name,
  headline: person.headline,
  profileUrl: urlOf(person),
  profilePicture: person.picture,
})

/** The preview: null or missing for an empty thread, since public clients guard for both (upstream README 2.1). */
function legacyPreview(conversation: Conversation, account: Account, generation: Generation): object {
  const message = visible(conversation).at(-1)
  if (message === undefined) return hash(conversation.id) % 2 === 0 ? {} : { latestMessage: null }
  const sender = message.sender
  const v1 = {
    text: message.text,
    sentAt: message.sentAt,
    senderName: sender?.name ?? null,
    hasAttachment: message.hasAttachment,
  }
  if (generation === "v1") return { latestMessage: v1 }
  return {
    latestMessage: {
      messageUrn: messageUrn(account.profileUrn, message.id),
      backendMessageUrn: backendMessageUrn(message.id),
      ...v1,
      senderProfileUrl: sender === null ? null : urlOf(sender),
      senderUrn: sender === null ? null : participantUrn(sender.urn),
    },
  }
}

/** One message of conversation-details (upstream README 2.2), malformed if it was written so. */
export function legacyMessage(message: Message, account: Account): unknown {
  const { id, sender, unreadable } = message
  if (unreadable === "not-an-object") return "[object Object]"
  const ids = { messageId: messageUrn(account.profileUrn, id), backendMessageUrn: backendMessageUrn(id) }
  return {
    ...(unreadable === "no-id" ? {} : ids),
    text: unreadable === "text-object" ? { body: message.text } : message.text,
    ...(message.subject === null && hash(`${id}subject`) % 3 === 0 ? {} : { subject: message.subject }),
    ...(unreadable === "no-sent-at" ? {} : { sentAt: message.sentAt }),
    ...(message.senderMissing ? {} : { sender: sender === null ? null : legacySender(sender) }),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : nothing("attachments", id)),
    ...(message.reactions.length > 0 ? { reactions: message.reactions } : nothing("reactions", id)),
    hasAttachment: message.hasAttachment,
  }
}

const legacySender = (sender: Person) => ({
  ...(sender.profileId === null ? {} : { profileId: sender.profileId }),
  name: sender.name,
  profileUrl: urlOf(sender),
  profilePicture: sender.picture,
  participantUrn: participantUrn(sender.urn),
})

/** One of conversation-details' participants, a v1 field (upstream README 2.2). */
export const legacyParticipant = (person: Person) => ({
  ...v2Person(person),
  participantUrn: participantUrn(person.urn),
  memberBadgeType: person.badge,
})
