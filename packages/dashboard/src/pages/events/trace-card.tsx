import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Link } from "wouter"

import { api, read } from "../../api/client.ts"
import { LIVE_MS } from "../../api/live-list.ts"
import type { Delivery, Trace } from "../../api/resources.ts"
import { Badge } from "../../components/badge.tsx"
import { jsonText } from "../../components/json-text.ts"
import { AccountName, EndpointName } from "../../components/named.tsx"
import { Card, Empty, Loading } from "../../components/page.tsx"
import { NewEndpointLink } from "../../components/new-endpoint-link.tsx"
import { deliveryPath } from "../../components/paths.ts"
import { Problem } from "../../components/problem.tsx"
import { DeliveryStatus } from "../../components/status.tsx"
import { Time } from "../../components/time.tsx"
import { Excerpt } from "../../components/untrusted.tsx"

/** A trace reads every endpoint there is: by itself it is asked for seldom, and at once when a delivery of the event has changed. */
const TRACE_MS = 10 * LIVE_MS

/** Who got an event, who did not, and why. */
export const TraceCard = ({ eventId, deliveries }: { eventId: string; deliveries: Delivery[] }) => {
  const changes = deliveries.map(({ id, updatedAt }) => `${id} ${updatedAt}`).join()
  const { data, error } = useQuery({
    queryKey: ["trace", eventId, changes],
    queryFn: () => read(api.events[":id"].trace.$get({ param: { id: eventId }, query: {} })),
    placeholderData: keepPreviousData,
    refetchInterval: TRACE_MS,
  })
  return (
    <Card title="Trace: who got it, who did not, and why">
      <Problem error={error} />
      {data === undefined && error === null && <Loading />}
      {data !== undefined && <Traced trace={data} />}
    </Card>
  )
}

const Traced = ({ trace }: { trace: Trace }) => (
  <>
    <p>
      Seen <Time at={trace.seenAt} as="both" /> and stored as number {trace.position.toLocaleString()} in the log{" "}
      {trace.log === "system" ? "of the relay itself" : <LogName id={trace.log} />};{" "}
      {trace.published
        ? "handed to the bus, from where endpoints get it."
        : "not handed to the bus yet: until then no endpoint can have it."}
    </p>
    {trace.endpoints.length === 0 && (
      <Empty title="There is no endpoint">
        <p>
          <NewEndpointLink>Register one</NewEndpointLink>, and a replay sends it what was kept, this too.
        </p>
      </Empty>
    )}
    <ul className="trace">
      {trace.endpoints.map((endpoint) => (
        <li key={endpoint.endpointId}>
          <TracedEndpoint traced={endpoint} />
        </li>
      ))}
    </ul>
    {trace.omitted > 0 && (
      <p className="muted">
        {trace.omitted.toLocaleString()} more endpoints do not fit in here; those that got it are among the deliveries.
      </p>
    )}
  </>
)

const LogName = ({ id }: { id: string }) => (
  <>
    of <AccountName id={id} />
  </>
)

type TracedEndpointData = Trace["endpoints"][number]

const TracedEndpoint = ({ traced }: { traced: TracedEndpointData }) => {
  const { endpointId, wanted, refusal, delivery, explanation } = traced
  return (
    <>
      <p className="trace-head">
        <EndpointName id={endpointId} />{" "}
        {delivery === null ? (
          <Badge tone={wanted ? "info" : "idle"}>{wanted ? "wanted, not sent" : "not wanted"}</Badge>
        ) : (
          <Link href={deliveryPath(delivery.id)}>
            <DeliveryStatus delivery={delivery} />
          </Link>
        )}
      </p>
      <p>
        <Excerpt text={explanation} max={400} />
      </p>
      {refusal !== null && <Refused refusal={refusal} />}
    </>
  )
}

const clauses = {
  eventTypes: "It asks for other types",
  filter: "A clause of its filter says no",
  unreadable_filter: "Its stored filter cannot be read, so that nothing matches it: write it anew",
} as const

const Refused = ({ refusal }: { refusal: NonNullable<TracedEndpointData["refusal"]> }) => {
  const { clause, path, wanted, found } = refusal
  if (clause === "unreadable_filter") return <p>{clauses[clause]}.</p>
  return (
    <dl className="refusal">
      <div>
        <dt>{clauses[clause]}</dt>
        <dd>
          <code>{path}</code>
        </dd>
      </div>
      <div>
        <dt>Wanted</dt>
        <dd>
          <Values values={wanted} none="nothing" />
        </dd>
      </div>
      <div>
        <dt>Found</dt>
        <dd>
          <Values values={found} none="no such field" />
        </dd>
      </div>
    </dl>
  )
}

const VALUES_SHOWN = 20

const Values = ({ values, none }: { values: unknown[]; none: string }) => {
  if (values.length === 0) return <span className="muted">{none}</span>
  return (
    <>
      {values.slice(0, VALUES_SHOWN).map((value, index) => (
        <span key={index}>
          {index > 0 && " or "}
          <code>
            <bdi>{jsonText(value, 0)}</bdi>
          </code>
        </span>
      ))}
      {values.length > VALUES_SHOWN && ` and ${values.length - VALUES_SHOWN} more`}
    </>
  )
}
