import { type Bundle, defineInputFields, defineSearch, type ZObject } from "zapier-platform-core"

import { anyColumns, type Item, itemOf, outputFieldsOf } from "./columns.ts"
import type { EventJson } from "./event.ts"
import { request } from "./request.ts"
import { sampleEvents } from "./samples.ts"

interface Input extends Record<string, unknown> {
  event_id?: string | undefined
  type?: string | undefined
  account?: string | undefined
  conversation_id?: string | undefined
}

const inputFields = defineInputFields([
  {
    key: "event_id",
    label: "Event ID",
    type: "string",
    required: false,
    helpText: "Finds exactly this event; the other fields do not count then.",
  },
  {
    key: "conversation_id",
    label: "Conversation ID",
    type: "string",
    required: false,
    helpText: "Finds the newest event of this conversation.",
  },
  {
    key: "account",
    label: "Account",
    type: "string",
    required: false,
    dynamic: "account_list.id.name",
    helpText: "Finds the newest event of this LinkedIn account.",
  },
  {
    key: "type",
    label: "Event Type",
    type: "string",
    required: false,
    choices: {
      "message.received": "Message received",
      "message.sent": "Message sent",
      "message.updated": "Message updated",
      "conversation.created": "Conversation created",
      "account.status_changed": "Account status changed",
    },
    helpText: "Finds the newest event of this type.",
  },
])

/** An empty list where there is no such event: Zapier's users choose what happens then. */
const perform = async (z: ZObject, bundle: Bundle<Input>): Promise<Item[]> => {
  const { event_id: id, type, account, conversation_id: conversationId } = filled(bundle.inputData)
  if (id !== undefined) {
    const path = `/v1/events/${encodeURIComponent(id)}`
    const response = await request<EventJson>(z, bundle, { path, expected: [404] })
    return response.status === 404 ? [] : [itemOf(response.data, anyColumns)]
  }
  const filters = {
    ...(type === undefined ? {} : { type }),
    ...(account === undefined ? {} : { accountId: account }),
    ...(conversationId === undefined ? {} : { conversationId }),
  }
  if (Object.keys(filters).length === 0)
    throw new z.errors.Error("Fill in an event ID, a conversation ID, an account or an event type.", "NothingToFind")
  const { data } = await request<{ data: EventJson[] }>(z, bundle, {
    path: "/v1/events",
    params: { ...filters, limit: "1" },
  })
  return data.data.map((event) => itemOf(event, anyColumns))
}

const filled = (input: Input): Input =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      const text = typeof value === "string" ? value.trim() : ""
      return text === "" ? [] : [[name, text]]
    }),
  )

export const findEvent = defineSearch({
  key: "find_event",
  noun: "Event",
  display: {
    label: "Find Event",
    description: "Finds an event by its ID, or the newest one of a conversation, an account or a type.",
  },
  operation: {
    inputFields,
    perform,
    sample: itemOf(sampleEvents["message.received"], anyColumns),
    outputFields: outputFieldsOf(anyColumns),
  },
})
