import type { Account } from "../account.ts"
import type { Event, EventConversation, EventData, EventMessage, Participant } from "../event.ts"
import { EVENT_BYTES_MAX, type LogRow } from "../log-row.ts"
import { iso, type Instant } from "../time.ts"
import type { ListedConversation, ThreadMessage } from "../upstream/thread.ts"
import type { Draft } from "./diff.ts"

/** resources.md: text is whole up to here, then cut with `truncated: true`. In UTF-16 units, never inside a pair. */
export const TEXT_LENGTH_MAX = 100_000
const PARTICIPANTS_MAX = 100
const ATTACHMENTS_MAX = 100
const REACTIONS_MAX = 100

export interface Place {
  account: Pick<Account, "id" | "name" | "profileUrn">
  listed: ListedConversation
  /** From the thread, where the list shows none. */
  participants: Participant[] | null
  position: number
  sequence: number
  previous: number | null
  seenAt: Instant
  backfill: boolean
  /** As in the log row. */
  only?: string[]
}

/** The log row of a draft: the event as everyone will see it, at most EVENT_BYTES_MAX. */
export const rowOf = (draft: Draft, place: Place): LogRow => {
  const conversation = conversationOf(place)
  const account = { id: place.account.id, name: place.account.name, profileUrn: place.account.profileUrn }
  const seenAt = iso(place.seenAt)
  const common = {
    log: account.id,
    position: place.position,
    seenAt: place.seenAt,
    conversationId: place.listed.id,
    ...(place.only === undefined ? {} : { only: place.only }),
  }
  if (draft.message === null) {
    const data: EventData<"conversation.created"> = { account, conversation, seenAt, backfill: place.backfill }
    const event: Event = { id: draft.id, type: draft.type, timestamp: seenAt, data }
    return {
      ...common,
      event: fitted(event, conversation, null),
      sequence: null,
      previous: place.previous,
      forgotten: false,
    }
  }
  const message = messageOf(draft.message, conversation.participants)
  const data: EventData<"message.received"> = {
    account,
    conversation,
    message,
    sequence: place.sequence,
    seenAt,
    backfill: place.backfill,
    ...draft.update,
  }
  const timestamp = draft.update === null ? message.sentAt : seenAt
  const event: Event = { id: draft.id, type: draft.type, timestamp, data }
  return {
    ...common,
    event: fitted(event, conversation, message),
    sequence: place.sequence,
    previous: place.previous,
    forgotten: false,
  }
}

const conversationOf = ({ listed, participants }: Place): EventConversation => {
  const people = listed.participants.length > 0 ? listed.participants : (participants ?? [])
  return {
    id: listed.id,
    urn: listed.urn,
    url: listed.url,
    title: listed.title,
    isGroup: listed.isGroup || people.length > 1,
    participants: people.slice(0, PARTICIPANTS_MAX),
  }
}

/** A message as events and the API show it. */
export const messageOf = (message: ThreadMessage, participants: Participant[]): EventMessage => ({
  id: message.id,
  urn: message.urn,
  text: cut(message.text, TEXT_LENGTH_MAX),
  subject: message.subject,
  sentAt: iso(message.sentAt),
  direction: message.direction,
  sender: fullSender(message.sender, participants),
  attachments: message.attachments.slice(0, ATTACHMENTS_MAX),
  reactions: (message.reactions ?? []).slice(0, REACTIONS_MAX),
  truncated: message.text.length > TEXT_LENGTH_MAX,
})

/** A thread shows less of its senders than of its participants: what is missing is taken from there. By id, never by name. */
const fullSender = (sender: Participant | null, participants: Participant[]): Participant | null => {
  const known = participants.find((participant) => participant.id !== null && participant.id === sender?.id)
  if (sender === null || known === undefined) return sender
  return {
    ...sender,
    name: sender.name ?? known.name,
    headline: sender.headline ?? known.headline,
    pictureUrl: sender.pictureUrl ?? known.pictureUrl,
    profileUrl: sender.profileUrl ?? known.profileUrl,
  }
}

const cut = (text: string, length: number): string => {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

const bytesOf = (event: Event): number => Buffer.byteLength(JSON.stringify(event))

/** Characters are up to six bytes in JSON, and lists of people may be long: gives up what is least needed until it fits. */
const fitted = (event: Event, conversation: EventConversation, message: EventMessage | null): Event => {
  while (bytesOf(event) > EVENT_BYTES_MAX) {
    if (conversation.participants.length > 1)
      conversation.participants = conversation.participants.slice(0, Math.floor(conversation.participants.length / 2))
    else if (message !== null && message.attachments.length > 1)
      message.attachments = message.attachments.slice(0, Math.floor(message.attachments.length / 2))
    else if (message !== null && message.text.length > 0) {
      message.text = cut(message.text, Math.floor(message.text.length / 2))
      message.truncated = true
    } else throw new Error(`event ${event.id} does not fit into ${EVENT_BYTES_MAX} bytes without its text`)
  }
  return event
}
