import type { PosthornEvent } from "@posthorn/sdk"

import { plain } from "./text.ts"

const TEXT_LENGTH_MAX = 60

/** What an event is about, in a few words, without anything that a terminal would obey. */
export const aboutEvent = (event: PosthornEvent): string => {
  switch (event.type) {
    case "message.received":
    case "message.sent":
    case "message.unattributed":
    case "message.updated": {
      const { message } = event.data
      return `${plain(message.sender?.name ?? "?", 40)} "${plain(message.text, TEXT_LENGTH_MAX)}"`
    }
    case "conversation.created":
      return plain(event.data.conversation.participants.map(({ name }) => name ?? "?").join(", "), TEXT_LENGTH_MAX)
    case "account.status_changed":
      return `${plain(event.data.account.name ?? event.data.account.id, 40)} is ${plain(event.data.status)}`
    case "endpoint.disabled":
      return `${plain(event.data.endpoint.id)} (${plain(event.data.reason)})`
    case "delivery.exhausted":
      return plain(event.data.delivery.id)
    case "ping":
      return plain(event.data.endpoint.id)
    default:
      return ""
  }
}

const TYPE_WIDTH = 22

/** When, what, which, about whom. */
export const eventLine = (event: PosthornEvent): string =>
  `${plain(event.timestamp)}  ${plain(event.type, 100).padEnd(TYPE_WIDTH)}  ${plain(event.id)}  ${aboutEvent(event)}`.trimEnd()
