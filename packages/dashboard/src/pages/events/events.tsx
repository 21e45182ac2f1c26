import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { useState } from "react"
import { Link } from "wouter"

import { api, read } from "../../api/client.ts"
import { useLiveList } from "../../api/live-list.ts"
import { paging } from "../../api/queries.ts"
import type { Event } from "../../api/resources.ts"
import { useArrivals } from "../../components/arrivals.ts"
import { Button } from "../../components/button.tsx"
import { useFilters } from "../../components/filters.ts"
import { More } from "../../components/more.tsx"
import { Card, Empty, Loading, Page } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { Table } from "../../components/table.tsx"
import { eventColumns } from "./event-columns.tsx"
import { EventFilters, filterNames } from "./event-filters.tsx"
import { conversationOf, holds, isCustom } from "./told.ts"

export const EventsPage = () => {
  const filters = useFilters(filterNames)
  const { query } = filters
  const [text, setText] = useState("")
  const list = useLiveList<Event>(["events", query], (cursor) =>
    read(api.events.$get({ query: { ...query, ...paging(cursor) } })),
  )
  const isNew = useArrivals(JSON.stringify(query), list)
  const rows = list.rows.filter((event) => holds(event, text))
  const known = list.rows
    .map(conversationOf)
    .filter((conversation) => conversation !== null)
    .find(({ id }) => id === query.conversationId)
  return (
    <Page
      title="Events"
      lead="What happened in the accounts' conversations, newest first. New ones appear by themselves."
    >
      <EventFilters
        filters={filters}
        conversation={known}
        text={text}
        onText={setText}
        loaded={list.rows.length}
        customTypes={[...new Set(list.rows.map(({ type }): string => type).filter(isCustom))]}
      />
      <Problem error={list.error} />
      {list.error !== null && list.rows.length === 0 && filters.isFiltered && (
        <Button onClick={filters.clear}>Clear filters</Button>
      )}
      {list.isPending && <Loading />}
      {rows.length > 0 && (
        <Card>
          <Table
            caption="Events, newest first"
            columns={eventColumns((id) => filters.set("conversationId", id))}
            rows={rows}
            isNew={isNew}
          />
        </Card>
      )}
      {rows.length === 0 && !list.isPending && list.error === null && (
        <Nothing
          loaded={list.rows.length}
          hasOlder={list.hasOlder}
          isFiltered={filters.isFiltered}
          onClear={() => {
            setText("")
            filters.clear()
          }}
        />
      )}
      <More list={list} />
    </Page>
  )
}

/** Why there is no row, and what would bring one. */
const Nothing = ({
  loaded,
  hasOlder,
  isFiltered,
  onClear,
}: {
  loaded: number
  hasOlder: boolean
  isFiltered: boolean
  onClear: () => void
}) => {
  if (loaded === 0 && !isFiltered && !hasOlder)
    return (
      <Empty title="No events yet">
        <p>
          When an account is polled for the first time, Posthorn notes how far its conversations go. Up to this{" "}
          <strong>baseline</strong> everything is history and makes no events; what is written after it appears here by
          itself.
        </p>
        <p>
          <Link href={dashboardPaths.accounts}>See how the accounts are polled</Link>, or bring in history with a
          backfill there.
        </p>
      </Empty>
    )
  return (
    <Empty
      title={loaded > 0 ? `None of the ${loaded.toLocaleString()} loaded events has this text` : "Nothing matches"}
    >
      {hasOlder && <p>Older ones, which are not loaded, may match.</p>}
      <Button onClick={onClear}>Clear filters</Button>
    </Empty>
  )
}
