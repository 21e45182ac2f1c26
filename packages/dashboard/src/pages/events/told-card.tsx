import type { ReactNode } from "react"
import { Link } from "wouter"

import type { Event } from "../../api/resources.ts"
import { Badge } from "../../components/badge.tsx"
import { AccountName, EndpointName } from "../../components/named.tsx"
import { OutsideLink } from "../../components/outside-link.tsx"
import { Card } from "../../components/page.tsx"
import { deliveryPath, eventPath } from "../../components/paths.ts"
import { Excerpt, Untrusted } from "../../components/untrusted.tsx"
import { ConversationName } from "./conversation-name.tsx"
import { MessageCard } from "./message-card.tsx"
import { Person } from "./person.tsx"
import { isCustom, type Told, toldBy } from "./told.ts"

/** What an event tells, in words. */
export const ToldCard = ({ event }: { event: Event }) => {
  const told = toldBy(event)
  if (told.kind === "message") return <MessageCard data={told.data} />
  return <Card title="What happened">{wordsOf(told, event)}</Card>
}

const wordsOf = (told: Exclude<Told, { kind: "message" }>, event: Event): ReactNode => {
  switch (told.kind) {
    case "conversation": {
      const { account, conversation, backfill } = told.data
      return (
        <>
          <p>
            A conversation of <AccountName id={account.id} known={account.name} /> began:{" "}
            <ConversationName conversation={conversation} />
            {conversation.isGroup && (
              <>
                {" "}
                <Badge tone="idle">group</Badge>
              </>
            )}
            {backfill && " (a backfill brought it)"}
          </p>
          {conversation.participants.map((person, index) => (
            <Person key={person.urn ?? index} person={person} />
          ))}
          {conversation.url !== null && (
            <p>
              <OutsideLink href={conversation.url}>Open the conversation on LinkedIn</OutsideLink>
            </p>
          )}
        </>
      )
    }
    case "account": {
      const { account, status, previousStatus, reason } = told.data
      return (
        <>
          <p>
            Polling of <AccountName id={account.id} known={account.name} /> was{" "}
            <Excerpt text={previousStatus} max={60} /> and is <Excerpt text={status} max={60} /> now.
          </p>
          {reason !== null && (
            <p>
              The reason: <Untrusted text={reason} />
            </p>
          )}
        </>
      )
    }
    case "endpoint": {
      const { endpoint, reason, heldCount } = told.data
      return (
        <>
          <p>
            Posthorn stopped sending to <EndpointName id={endpoint.id} /> ({endpoint.urlHost}), which{" "}
            {{ gone: "answered 410: it is gone.", failing: "has failed for days without one success." }[reason]}
          </p>
          <p>Deliveries that were held then: {heldCount.toLocaleString()}. Resume the endpoint to send again.</p>
        </>
      )
    }
    case "delivery": {
      const { delivery } = told.data
      return (
        <>
          <p>
            <Link href={deliveryPath(delivery.id)}>A delivery</Link> of <bdi>{delivery.eventType}</bdi> to{" "}
            <EndpointName id={delivery.endpointId} /> used up its {delivery.attemptCount.toLocaleString()} attempts. It
            is kept, and a retry or a replay sends it again.
          </p>
          <p>
            <Link href={eventPath(delivery.eventId)}>The event that it is of</Link>
          </p>
          {delivery.lastError !== null && (
            <p>
              The last error: <Untrusted text={delivery.lastError} />
            </p>
          )}
        </>
      )
    }
    case "ping":
      return (
        <>
          <p>
            A test, sent on request to <EndpointName id={told.data.endpoint.id} /> alone.
          </p>
          <p>
            <Untrusted text={told.data.note} />
          </p>
        </>
      )
    case "other":
      return (
        <p>
          {isCustom(event.type)
            ? "An event of your own, published through the API."
            : "This page does not know its type."}{" "}
          Its data stands beside this as JSON.
        </p>
      )
  }
}
