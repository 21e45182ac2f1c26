import type { EventJson, PersonJson } from "./event.ts"

/**
 * What Zapier's users see of an event, column by column. Items, samples and labelled output fields are all made from these, so
 * that their keys cannot differ.
 */

type Cell = string | number | boolean | null
/** One row of a list: Zapier calls them line items. */
type Line = Record<string, Cell>

export interface Column {
  key: string
  label: string
  type: "string" | "integer" | "boolean" | "datetime"
  /** Of a list: the columns of its rows. */
  children?: { key: string; label: string; type: "string" | "integer" }[]
  of: (event: EventJson) => Cell | Line[]
}

export type Item = { id: string } & Record<string, Cell | Line[]>

type Of = Column["of"]
const text = (key: string, label: string, of: Of): Column => ({ key, label, type: "string", of })
const time = (key: string, label: string, of: Of): Column => ({ key, label, type: "datetime", of })
const flag = (key: string, label: string, of: Of): Column => ({ key, label, type: "boolean", of })

const head: Column[] = [
  text("id", "Event ID", ({ id }) => id),
  text("type", "Event Type", ({ type }) => type),
  time("timestamp", "Happened At", ({ timestamp }) => timestamp),
]

const tail: Column[] = [
  text("account_id", "Account ID", ({ data }) => data.account?.id ?? null),
  text("account_name", "Account Name", ({ data }) => data.account?.name ?? null),
  time("seen_at", "Seen by Posthorn At", ({ data }) => data.seenAt ?? null),
]

const message: Column[] = [
  text("text", "Message Text", ({ data }) => data.message?.text ?? null),
  text("subject", "Message Subject", ({ data }) => data.message?.subject ?? null),
  time("sent_at", "Sent At", ({ data }) => data.message?.sentAt ?? null),
  text("direction", "Direction", ({ data }) => data.message?.direction ?? null),
  text("sender_name", "Sender Name", ({ data }) => data.message?.sender?.name ?? null),
  text("sender_headline", "Sender Headline", ({ data }) => data.message?.sender?.headline ?? null),
  text("sender_profile_url", "Sender Profile URL", ({ data }) => data.message?.sender?.profileUrl ?? null),
  text("sender_picture_url", "Sender Picture URL", ({ data }) => data.message?.sender?.pictureUrl ?? null),
  text("sender_id", "Sender ID", ({ data }) => data.message?.sender?.id ?? null),
  text("message_id", "Message ID", ({ data }) => data.message?.id ?? null),
  text("message_urn", "Message URN", ({ data }) => data.message?.urn ?? null),
  flag("truncated", "Text Was Cut", ({ data }) => data.message?.truncated ?? null),
  {
    key: "attachments",
    label: "Attachments",
    type: "string",
    children: [
      { key: "type", label: "Attachment Type", type: "string" },
      { key: "url", label: "Attachment URL", type: "string" },
      { key: "name", label: "Attachment Name", type: "string" },
    ],
    of: ({ data }) => (data.message?.attachments ?? []).map(({ type, url, name }) => ({ type, url, name })),
  },
  {
    key: "reactions",
    label: "Reactions",
    type: "string",
    children: [
      { key: "emoji", label: "Reaction Emoji", type: "string" },
      { key: "count", label: "Reaction Count", type: "integer" },
    ],
    of: ({ data }) => (data.message?.reactions ?? []).map(({ emoji, count }) => ({ emoji, count })),
  },
  { key: "sequence", label: "Sequence Number", type: "integer", of: ({ data }) => data.sequence ?? null },
]

const lineOf = ({ id, name, headline, profileUrl, pictureUrl }: PersonJson): Line => ({
  name,
  headline,
  profile_url: profileUrl,
  picture_url: pictureUrl,
  id,
})
const nameOf = ({ name }: PersonJson): string[] => (name === null ? [] : [name])

const conversation: Column[] = [
  text("conversation_id", "Conversation ID", ({ data }) => data.conversation?.id ?? null),
  text("conversation_urn", "Conversation URN", ({ data }) => data.conversation?.urn ?? null),
  text("conversation_url", "Conversation URL", ({ data }) => data.conversation?.url ?? null),
  text("conversation_title", "Conversation Title", ({ data }) => data.conversation?.title ?? null),
  flag("is_group", "Is a Group", ({ data }) => data.conversation?.isGroup ?? null),
  text("participant_names", "Participant Names", ({ data }) =>
    data.conversation === undefined ? null : data.conversation.participants.flatMap(nameOf).join(", "),
  ),
  {
    key: "participants",
    label: "Participants",
    type: "string",
    children: [
      { key: "name", label: "Participant Name", type: "string" },
      { key: "headline", label: "Participant Headline", type: "string" },
      { key: "profile_url", label: "Participant Profile URL", type: "string" },
      { key: "picture_url", label: "Participant Picture URL", type: "string" },
      { key: "id", label: "Participant ID", type: "string" },
    ],
    of: ({ data }) => (data.conversation?.participants ?? []).map(lineOf),
  },
  flag("backfill", "From a Backfill", ({ data }) => data.backfill ?? null),
]

const status: Column[] = [
  text("status", "Status", ({ data }) => data.status ?? null),
  text("previous_status", "Previous Status", ({ data }) => data.previousStatus ?? null),
  text("reason", "Reason", ({ data }) => data.reason ?? null),
]

export const messageColumns = [...head, ...message, ...conversation, ...tail]
export const conversationColumns = [...head, ...conversation, ...tail]
export const statusColumns = [...head, ...status, ...tail]
/** Of events of any type: what one lacks is null, and nothing is lost, since its data are there as JSON too. */
export const anyColumns = [
  ...head,
  ...message,
  ...conversation,
  ...status,
  ...tail,
  text("data_json", "Event Data as JSON", ({ data }) => JSON.stringify(data)),
]

/** An event as one flat item. */
export const itemOf = (event: EventJson, columns: readonly Column[]): Item => ({
  id: event.id,
  ...Object.fromEntries(columns.map(({ key, of }) => [key, of(event)])),
})

/** Every column with its label. A list has its rows' columns instead of a type: Zapier allows one of the two. */
export const outputFieldsOf = (columns: readonly Column[]) =>
  columns.map(({ key, label, type, children }) =>
    children === undefined ? { key, label, type } : { key, label, children },
  )
