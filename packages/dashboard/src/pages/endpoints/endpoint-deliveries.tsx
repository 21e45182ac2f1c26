import { useState } from "react"

import { api, read } from "../../api/client.ts"
import { useLiveList } from "../../api/live-list.ts"
import type { Delivery } from "../../api/resources.ts"
import { Button } from "../../components/button.tsx"
import { Field } from "../../components/field.tsx"
import { May } from "../../components/may.tsx"
import { More } from "../../components/more.tsx"
import { Card, Empty, Loading } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { type Column, Table } from "../../components/table.tsx"
import { ownDeliveryColumns } from "../deliveries/delivery-columns.tsx"
import { deliveryStatuses } from "../deliveries/delivery-words.ts"
import { useRetry } from "../deliveries/use-retry.ts"

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
  ...ownDeliveryColumns,
  { head: "Action", cell: (delivery) => <Retry delivery={delivery} /> },
]

const Retry = ({ delivery: { id, status } }: { delivery: Delivery }) => {
  const retry = useRetry(id)
  if (status !== "exhausted" && status !== "cancelled") return null
  return (
    <May scope="endpoints">
      <Button busy={retry.isBusy} onClick={() => retry.run()}>
        Retry
      </Button>
      <Problem error={retry.error} />
    </May>
  )
}
