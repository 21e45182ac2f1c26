import { accountList } from "./account-list.ts"
import { conversationColumns, messageColumns, statusColumns } from "./columns.ts"
import { hookTrigger } from "./hook-trigger.ts"

const newMessage = hookTrigger({
  key: "new_message",
  noun: "Message",
  label: "New Message",
  description: "Triggers when someone writes to one of your LinkedIn accounts.",
  eventType: "message.received",
  columns: messageColumns,
})

const messageSent = hookTrigger({
  key: "message_sent",
  noun: "Sent Message",
  label: "Message Sent",
  description: "Triggers when the owner of an account writes a message, from any device.",
  eventType: "message.sent",
  columns: messageColumns,
})

const newConversation = hookTrigger({
  key: "new_conversation",
  noun: "Conversation",
  label: "New Conversation",
  description: "Triggers when a conversation begins.",
  eventType: "conversation.created",
  columns: conversationColumns,
})

const accountStatus = hookTrigger({
  key: "account_status",
  noun: "Account Status",
  label: "Account Status",
  description: "Triggers when Posthorn can no longer read an account, or can again.",
  eventType: "account.status_changed",
  columns: statusColumns,
})

export const hookTriggers = {
  [newMessage.key]: newMessage,
  [messageSent.key]: messageSent,
  [newConversation.key]: newConversation,
  [accountStatus.key]: accountStatus,
}

export const triggers = { ...hookTriggers, [accountList.key]: accountList }
