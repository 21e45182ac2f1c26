import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"

import { api, read } from "../../api/client.ts"
import { LIVE_MS } from "../../api/live-list.ts"
import { type Delivery, type Endpoint, type Event, messageData } from "../../api/resources.ts"
import { endpointName } from "../../components/names.ts"
import { Card, Empty } from "../../components/page.tsx"
import { deliveryPath, eventPath } from "../../components/paths.ts"
import { DeliveryStatus } from "../../components/status.tsx"
import { Time } from "../../components/time.tsx"
import { Excerpt } from "../../components/untrusted.tsx"
import { lineOf, personName, titleOf } from "../events/told.ts"

const EVENTS_SHOWN = 6
const DELIVERIES_READ = 60

/** The newest events, and to whom each went: whoever has just started sees a message arrive and leave. */
export const LatestCard = ({ endpoints }: { endpoints: Endpoint[] }) => {
  const events = useQuery({
    queryKey: ["events", "latest"],
    queryFn: () => read(api.events.$get({ query: { limit: String(EVENTS_SHOWN) } })),
    refetchInterval: LIVE_MS,
  })
  const deliveries = useQuery({
    queryKey: ["deliveries", "latest"],
    queryFn: () => read(api.deliveries.$get({ query: { limit: String(DELIVERIES_READ) } })),
    refetchInterval: LIVE_MS,
  })
  if (events.data === undefined) return null
  return (
    <Card title="Just arrived" actions={<Link href={dashboardPaths.events}>All events</Link>}>
      {events.data.data.length === 0 ? (
        <Empty title="No event yet">
          <p>What was written before the first poll is history and makes no event. The next message appears here.</p>
        </Empty>
      ) : (
        <ul className="latest">
          {events.data.data.map((event) => (
            <li key={event.id}>
              <Time at={event.timestamp} />
              <Line event={event} />
              {deliveries.data !== undefined && (
                <Went
                  deliveries={deliveries.data.data.filter(({ eventId }) => eventId === event.id)}
                  endpoints={endpoints}
                  eventId={event.id}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

const Line = ({ event }: { event: Event }) => {
  const data = messageData(event)
  return (
    <Link href={eventPath(event.id)} className="latest-line">
      {data === null ? (
        <>
          {titleOf(event.type)}: <Excerpt text={lineOf(event)} max={90} />
        </>
      ) : (
        <>
          <Excerpt text={data.message.direction === "outbound" ? "You" : personName(data.message.sender)} max={60} />:{" "}
          <Excerpt text={lineOf(event)} max={90} />
        </>
      )}
    </Link>
  )
}

const Went = ({
  deliveries,
  endpoints,
  eventId,
}: {
  deliveries: Delivery[]
  endpoints: Endpoint[]
  eventId: string
}) => {
  // Nobody asked for it, or its deliveries are not made yet, or older than those that were read: the trace knows.
  if (deliveries.length === 0)
    return (
      <Link href={eventPath(eventId)} className="muted">
        who got it?
      </Link>
    )
  return (
    <span className="latest-went">
      {deliveries.map((delivery) => {
        const endpoint = endpoints.find(({ id }) => id === delivery.endpointId)
        return (
          <Link key={delivery.id} href={deliveryPath(delivery.id)} className="plain">
            <DeliveryStatus delivery={delivery} />
            <span className="hidden"> by </span>
            <bdi className="latest-endpoint">
              {endpoint === undefined ? "a deleted endpoint" : endpointName(endpoint)}
            </bdi>
          </Link>
        )
      })}
    </span>
  )
}
