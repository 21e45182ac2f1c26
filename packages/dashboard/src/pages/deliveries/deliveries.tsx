import { api, read } from "../../api/client.ts"
import { useLiveList } from "../../api/live-list.ts"
import { paging } from "../../api/queries.ts"
import type { Delivery } from "../../api/resources.ts"
import { useArrivals } from "../../components/arrivals.ts"
import { Button } from "../../components/button.tsx"
import { useFilters } from "../../components/filters.ts"
import { More } from "../../components/more.tsx"
import { NewEndpointLink } from "../../components/new-endpoint-link.tsx"
import { Card, Empty, Loading, Page } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { Table } from "../../components/table.tsx"
import { deliveryColumns } from "./delivery-columns.tsx"
import { DeliveryFilters, filterNames } from "./delivery-filters.tsx"

export const DeliveriesPage = () => {
  const filters = useFilters(filterNames)
  const { query, isFiltered, clear } = filters
  const list = useLiveList<Delivery>(["deliveries", query], (cursor) =>
    read(api.deliveries.$get({ query: { ...query, ...paging(cursor) } })),
  )
  const isNew = useArrivals(JSON.stringify(query), list)
  return (
    <Page
      title="Deliveries"
      lead="One event for one endpoint each, newest first. What becomes of them shows by itself."
    >
      <DeliveryFilters filters={filters} />
      <Problem error={list.error} />
      {list.error !== null && list.rows.length === 0 && isFiltered && <Button onClick={clear}>Clear filters</Button>}
      {list.isPending && <Loading />}
      {list.rows.length > 0 && (
        <Card>
          <Table caption="Deliveries, newest first" columns={deliveryColumns} rows={list.rows} isNew={isNew} />
        </Card>
      )}
      {list.rows.length === 0 && !list.isPending && list.error === null && (
        <Nothing isFiltered={isFiltered} hasOlder={list.hasOlder} onClear={clear} />
      )}
      <More list={list} />
    </Page>
  )
}

const Nothing = ({ isFiltered, hasOlder, onClear }: { isFiltered: boolean; hasOlder: boolean; onClear: () => void }) =>
  isFiltered || hasOlder ? (
    <Empty title={hasOlder ? "None of the newest deliveries matches" : "Nothing matches"}>
      {hasOlder && <p>Older ones, which are not loaded, may match.</p>}
      <Button onClick={onClear}>Clear filters</Button>
    </Empty>
  ) : (
    <Empty title="No deliveries yet">
      <p>
        A delivery is made for each endpoint that asks for an event.{" "}
        <NewEndpointLink>Register an endpoint</NewEndpointLink>, and test it there without waiting for a message.
      </p>
    </Empty>
  )
