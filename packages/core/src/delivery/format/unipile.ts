import type { Attachment, Event, EventData, Participant } from "../../event.ts"
import { isMessage, isType } from "./is-type.ts"
import { httpsUrl } from "./url.ts"

const WEBHOOK_NAME = "Posthorn"

/**
 * The body of Unipile's v1 webhooks: flat for messages, `AccountStatus` for accounts. What has no counterpart there comes under
 * an `event` of its own that tools built for Unipile skip, with our `data`: never under the name of something it is not.
 */
export const unipileBody = (event: Event): unknown => {
  if (isMessage(event)) return messageBody(event, event.data)
  if (isType(event, "account.status_changed")) return accountStatus(event.data)
  return {
    account_id: "account" in event.data ? event.data.account.id : null,
    account_type: "LINKEDIN",
    event: event.type.replaceAll(".", "_"),
    timestamp: event.timestamp,
    webhook_name: WEBHOOK_NAME,
    data: event.data,
  }
}

const messageBody = (event: Event, data: EventData<"message.received">): Record<string, unknown> => {
  const { account, conversation, message } = data
  const owner = ownerOf(account)
  const sender = message.sender ?? (message.direction === "outbound" ? owner : nobody)
  return {
    account_id: account.id,
    account_type: "LINKEDIN",
    account_info: { type: "LINKEDIN", feature: "classic", user_id: owner.id },
    event: nameOf(event),
    chat_id: conversation.id,
    provider_chat_id: conversation.id,
    timestamp: event.timestamp,
    webhook_name: WEBHOOK_NAME,
    message_id: message.id,
    provider_message_id: message.id,
    message: message.text,
    subject: message.subject,
    sender: attendee(sender),
    // The owner last: who looks for the other side of a sent message takes the first.
    attendees: [...conversation.participants, owner].map(attendee),
    attachments: message.attachments.map(attachment),
    is_sender: message.direction === "unknown" ? null : message.direction === "outbound",
    is_group: conversation.isGroup,
    ...(isType(event, "message.updated") && {
      revision: event.data.revision,
      changes: event.data.changes,
      reactions: message.reactions,
    }),
  }
}

/**
 * Unipile calls a sent message `message_received` too, and tells it by `is_sender`. Its `message_reaction` says who reacted, which
 * upstream does not: a change of reactions alone goes by our own name.
 */
const nameOf = (event: Event): string => {
  if (isType(event, "message.received", "message.sent")) return "message_received"
  if (isType(event, "message.updated") && event.data.changes.some((change) => change !== "reactions"))
    return "message_edited"
  return event.type.replaceAll(".", "_")
}

type Person = Pick<Participant, "id" | "name" | "profileUrl">

const nobody: Person = { id: null, name: null, profileUrl: null }

const ownerOf = ({ name, profileUrn }: EventData<"message.received">["account"]): Person => {
  const id = profileUrn?.split(":").at(-1) ?? null
  return { id, name, profileUrl: id === null ? null : `https://www.linkedin.com/in/${id}` }
}

const attendee = ({ id, name, profileUrl }: Person) => ({
  attendee_id: id,
  attendee_name: name,
  attendee_provider_id: id,
  attendee_profile_url: httpsUrl(profileUrl),
})

/** Both spellings: the published example has `type` and `url`, live bodies `attachment_type` and `attachment_url`. */
const attachment = ({ type, url, name }: Attachment) => {
  const kind = attachmentTypes[type.toLowerCase()] ?? "file"
  const safe = httpsUrl(url)
  return { type: kind, url: safe, attachment_type: kind, attachment_url: safe, attachment_name: name }
}
const attachmentTypes: Partial<Record<string, string>> = { image: "img", img: "img", video: "video", audio: "audio" }

/** Unipile's account status webhook. `CREDENTIALS` asks the user to connect again, which only `disconnected` calls for. */
const accountStatus = ({ account, status }: EventData<"account.status_changed">) => ({
  AccountStatus: {
    account_id: account.id,
    account_type: "LINKEDIN",
    message: accountMessages[status] ?? "ERROR",
  },
})
const accountMessages: Partial<Record<string, string>> = {
  healthy: "OK",
  baselining: "CONNECTING",
  disconnected: "CREDENTIALS",
}
