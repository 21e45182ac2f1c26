import { useState } from "react"
import { Link } from "wouter"

import { api, read } from "../../api/client.ts"
import { useLiveList } from "../../api/live-list.ts"
import type { Delivery } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Field } from "../../components/field.tsx"
import { More } from "../../components/more.tsx"
import { useNotice } from "../../components/notice.tsx"
import { Card, Empty, Loading } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { DeliveryStatus } from "../../components/status.tsx"
import { type Column, Table } from "../../components/table.tsx"
import { Time } from "../../components/time.tsx"
import { deliveryStatuses, lastAnswer } from "../deliveries/delivery-words.ts"

/** Its deliveries, newest first, as they come. */
export const EndpointDeliveries = ({ endpointId }: { endpointId: string }) => {
  const [status, setStatus] = useState("")
  const list = useLiveList<Delivery>(["endpoint deliveries", endpointId, status], (cursor) =>
    read(
      api.deliveries.$get({
        query: { endpointId, ...(status !== "" && { status }), ...(cursor !== undefined && { cursor }) },
      }),
    ),
  )
  return (
    <Card title="Deliveries">
      <div className="filters">
        <Field label="Status">
          {(props) => (
            <select {...props} value={status} onChange={(event) => setStatus(event.target.value)}>
              <option value="">all</option>
              {deliveryStatuses.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <Problem error={list.error} />
      {list.isPending ? (
        <Loading />
      ) : list.rows.length === 0 ? (
        list.error === null && <NoDelivery isFiltered={status !== ""} />
      ) : (
        <>
          <Table caption="Deliveries to this endpoint" columns={columns} rows={list.rows} />
          <More list={list} />
        </>
      )}
    </Card>
  )
}

const NoDelivery = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <Empty title="None with this status">
      <p>Choose another, or all.</p>
    </Empty>
  ) : (
    <Empty title="No delivery yet">
      <p>Each event that the endpoint asks for makes one. Send a test to see one now.</p>
    </Empty>
  )

const columns: Column<Delivery>[] = [
  {
    head: "Made",
    cell: ({ id, createdAt }) => (
      <Link href={`/deliveries/${id}`}>
        <span className="hidden">Delivery of </span>
        <Time at={createdAt} />
      </Link>
    ),
  },
  { head: "Event", cell: ({ eventId, eventType }) => <Link href={`/events/${eventId}`}>{eventType}</Link> },
  { head: "Status", cell: (delivery) => <DeliveryStatus delivery={delivery} /> },
  { head: "Attempts", cell: ({ attemptCount }) => attemptCount.toLocaleString() },
  { head: "Last answer", cell: ({ lastAttempt }) => lastAnswer(lastAttempt) },
  {
    head: "Next attempt",
    cell: ({ nextAttemptAt }) => (nextAttemptAt === null ? "" : <Time at={nextAttemptAt} as="ago" />),
  },
  { head: "Action", cell: (delivery) => <Retry delivery={delivery} /> },
]

const Retry = ({ delivery: { id, status } }: { delivery: Delivery }) => {
  const notice = useNotice()
  const retry = useAction({
    act: () => read(api.deliveries[":id"].retry.$post({ param: { id }, query: {} })),
    after: ({ status: now }) =>
      notice(now === "held" ? "The delivery is open again, and held." : "Another attempt is on its way."),
  })
  if (status !== "exhausted" && status !== "cancelled") return null
  return (
    <div>
      <Button busy={retry.isBusy} onClick={() => retry.run()}>
        Retry
      </Button>
      <Problem error={retry.error} />
    </div>
  )
}
