import { Link } from "wouter"

import { type Event, messageData } from "../../api/resources.ts"
import { Badge } from "../../components/badge.tsx"
import { AccountName } from "../../components/named.tsx"
import { eventPath } from "../../components/paths.ts"
import type { Column } from "../../components/table.tsx"
import { Time } from "../../components/time.tsx"
import { Excerpt } from "../../components/untrusted.tsx"
import { ConversationName } from "./conversation-name.tsx"
import { Sender } from "./person.tsx"
import { accountOf, conversationOf, directionWords, lineOf, toneOf } from "./told.ts"

const None = () => <span className="muted">–</span>

/** A row of the list of events. `onConversation` asks for one conversation's events alone. */
export const eventColumns = (onConversation: (id: string) => void): Column<Event>[] => [
  { head: "Time", cell: (event) => <Time at={event.timestamp} /> },
  {
    head: "Type",
    cell: (event) => (
      <Badge tone={toneOf(event.type)}>
        <bdi>{event.type}</bdi>
      </Badge>
    ),
  },
  {
    head: "Sender",
    cell: (event) => {
      const message = messageData(event)?.message
      return message === undefined ? (
        <None />
      ) : (
        <Sender person={message.sender} how={directionWords[message.direction]} />
      )
    },
  },
  {
    head: "What",
    cell: (event) => (
      <Link href={eventPath(event.id)}>
        <Excerpt text={lineOf(event)} />
      </Link>
    ),
  },
  {
    head: "Conversation",
    cell: (event) => {
      const conversation = conversationOf(event)
      if (conversation === null) return <None />
      return (
        <button type="button" className="button button-quiet" onClick={() => onConversation(conversation.id)}>
          <span className="hidden">Only the conversation </span>
          <ConversationName conversation={conversation} />
        </button>
      )
    },
  },
  {
    head: "Account",
    cell: (event) => {
      const account = accountOf(event)
      return account === null ? <None /> : <AccountName id={account.id} known={account.name} />
    },
  },
]
