import { type Bundle, defineCreate, defineInputFields, type ZObject } from "zapier-platform-core"

import { request } from "./request.ts"

interface Input extends Record<string, unknown> {
  account: string
  conversation_id: string
}

const inputFields = defineInputFields([
  {
    key: "account",
    label: "Account",
    type: "string",
    required: true,
    dynamic: "account_list.id.name",
    helpText: "The account that seems to be typing. Map the Account ID of the trigger.",
  },
  {
    key: "conversation_id",
    label: "Conversation ID",
    type: "string",
    required: true,
    helpText: "Map the Conversation ID of the trigger.",
  },
])

const perform = async (z: ZObject, bundle: Bundle<Input>) => {
  const { account, conversation_id: conversationId } = bundle.inputData
  const { data } = await request<{ accountId: string; conversationId: string }>(z, bundle, {
    method: "POST",
    path: `/v1/accounts/${encodeURIComponent(account.trim())}/typing`,
    body: { conversationId: conversationId.trim() },
  })
  return { id: data.conversationId, account_id: data.accountId, conversation_id: data.conversationId }
}

const CONVERSATION_ID = "2-MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA=="

export const sendTypingIndicator = defineCreate({
  key: "send_typing_indicator",
  noun: "Typing Indicator",
  display: {
    label: "Send Typing Indicator",
    description: "Shows for a few seconds in a conversation that the account's owner is typing.",
  },
  operation: {
    inputFields,
    perform,
    sample: { id: CONVERSATION_ID, account_id: "60d21b4667d0d8992e610c85", conversation_id: CONVERSATION_ID },
    outputFields: [
      { key: "id", label: "ID", type: "string" },
      { key: "account_id", label: "Account ID", type: "string" },
      { key: "conversation_id", label: "Conversation ID", type: "string" },
    ],
  },
})
