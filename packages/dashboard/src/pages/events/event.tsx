import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "wouter"

import { api, read } from "../../api/client.ts"
import { LIVE_MS, useLiveList } from "../../api/live-list.ts"
import { isAbsent } from "../../api/problem.ts"
import { paging } from "../../api/queries.ts"
import type { Delivery, Event } from "../../api/resources.ts"
import { Badge } from "../../components/badge.tsx"
import { Json } from "../../components/code.tsx"
import { More } from "../../components/more.tsx"
import { Card, Empty, Loading, Page } from "../../components/page.tsx"
import { eventsPath } from "../../components/paths.ts"
import { Problem } from "../../components/problem.tsx"
import { Table } from "../../components/table.tsx"
import { Time } from "../../components/time.tsx"
import { deliveryColumns } from "../deliveries/delivery-columns.tsx"
import { Absent } from "../not-found.tsx"
import { Thread } from "./thread.tsx"
import { accountOf, conversationOf, titleOf, toneOf } from "./told.ts"
import { ToldCard } from "./told-card.tsx"
import { TraceCard } from "./trace-card.tsx"

export const EventPage = () => {
  const { id } = useParams<{ id: string }>()
  // An event never changes; one that has just been made may be listed a moment before it is found.
  const { data: event, error } = useQuery({
    queryKey: ["event", id],
    queryFn: () => read(api.events[":id"].$get({ param: { id: encodeURIComponent(id) }, query: {} })),
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data === undefined ? LIVE_MS : false),
  })
  if (isAbsent(error)) return <Absent what="event" />
  if (event === undefined)
    return (
      <Page title="Event">
        <Problem error={error} />
        {error === null && <Loading />}
      </Page>
    )
  return <Shown key={event.id} event={event} />
}

const Shown = ({ event }: { event: Event }) => {
  const list = useLiveList<Delivery>(["deliveries", { eventId: event.id }], (cursor) =>
    read(api.deliveries.$get({ query: { eventId: event.id, ...paging(cursor) } })),
  )
  return (
    <Page
      title={titleOf(event.type)}
      lead={
        <>
          <Badge tone={toneOf(event.type)}>
            <bdi>{event.type}</bdi>
          </Badge>{" "}
          <Time at={event.timestamp} as="both" /> · <code>{event.id}</code>
        </>
      }
    >
      <div className="columns">
        <ToldCard event={event} />
        <Card title="JSON">
          <Json value={event} what="the event as JSON" />
        </Card>
      </div>
      <Card title="Deliveries">
        <Problem error={list.error} />
        {list.isPending && <Loading />}
        {list.rows.length > 0 && (
          <Table caption="Deliveries of this event" columns={deliveryColumns} rows={list.rows} />
        )}
        {list.rows.length === 0 && !list.isPending && list.error === null && (
          <Empty title="No deliveries">
            <p>No endpoint was sent this event, or none yet. The trace says why.</p>
          </Empty>
        )}
        <More list={list} />
      </Card>
      <TraceCard eventId={event.id} deliveries={list.rows} />
      <ConversationCard event={event} />
    </Page>
  )
}

const ConversationCard = ({ event }: { event: Event }) => {
  const account = accountOf(event)
  const conversation = conversationOf(event)
  if (account === null || conversation === null) return null
  const path = eventsPath({ accountId: account.id, conversationId: conversation.id })
  return (
    <Card title="Conversation">
      <p>
        <Link href={path}>Earlier and later in this conversation</Link>
      </p>
      <Thread accountId={account.id} conversationId={conversation.id} />
    </Card>
  )
}
