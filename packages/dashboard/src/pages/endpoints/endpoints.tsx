import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"

import { endpointsQuery, statsQuery } from "../../api/queries.ts"
import type { Endpoint, Stats } from "../../api/resources.ts"
import { endpointName, urlHost } from "../../components/names.ts"
import { Card, Empty, Loading, Page } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { EndpointStatus } from "../../components/status.tsx"
import { type Column, Table } from "../../components/table.tsx"
import { rateText } from "../../components/time-text.ts"
import { Excerpt } from "../../components/untrusted.tsx"
import { spanOf } from "./endpoint-figures.tsx"
import { endpointPath } from "../../components/paths.ts"
import { May } from "../../components/may.tsx"

export const EndpointsPage = () => {
  const endpoints = useQuery(endpointsQuery)
  const stats = useQuery(statsQuery)
  return (
    <Page
      title="Endpoints"
      lead="URLs that get your messages. The figures are those of the last hour."
      actions={
        <May scope="endpoints">
          <Link className="button button-primary" href={dashboardPaths.newEndpoint}>
            Register an endpoint
          </Link>
        </May>
      }
    >
      <Problem error={endpoints.error ?? stats.error} />
      {endpoints.data === undefined ? (
        endpoints.isPending && <Loading />
      ) : endpoints.data.length === 0 ? (
        <NoEndpoint />
      ) : (
        <Card>
          <Table caption="Endpoints" columns={columnsOf(stats.data)} rows={endpoints.data} />
        </Card>
      )}
    </Page>
  )
}

const NoEndpoint = () => (
  <Empty title="There is no endpoint yet">
    <p>
      An endpoint is a URL that gets each new message as a signed POST, seconds after it was seen: your own code, or a
      hook that Zapier, n8n, Make, Slack or Discord gave you.
    </p>
    <p>
      Register one, send it a test, and its deliveries appear here. What it misses while it is down is held, and comes
      when it is back.
    </p>
  </Empty>
)

const columnsOf = (stats: Stats | undefined): Column<Endpoint>[] => {
  const figures = new Map(stats?.endpoints.map((of) => [of.endpointId, of]))
  return [
    {
      head: "Endpoint",
      cell: (endpoint) => (
        <div>
          <Link href={endpointPath(endpoint.id)}>
            <Excerpt text={endpointName(endpoint)} max={60} />
          </Link>
          {endpoint.description !== null && <p className="muted below">{urlHost(endpoint.url)}</p>}
        </div>
      ),
    },
    { head: "Event types", cell: ({ eventTypes }) => <Types types={eventTypes} /> },
    { head: "Status", cell: (endpoint) => <EndpointStatus endpoint={endpoint} /> },
    { head: "Held", cell: ({ heldCount }) => heldCount.toLocaleString(), isNumber: true },
    { head: "Success rate", cell: ({ id }) => rateText(figures.get(id)?.successRate ?? null), isNumber: true },
    { head: "p95 latency", cell: ({ id }) => spanOf(figures.get(id)?.p95Ms ?? null), isNumber: true },
  ]
}

const TYPES_SHOWN = 3

const Types = ({ types }: { types: string[] }) => (
  <ul className="types">
    {types.slice(0, TYPES_SHOWN).map((type) => (
      <li key={type}>
        <code>{type}</code>
      </li>
    ))}
    {types.length > TYPES_SHOWN && <li className="muted">and {types.length - TYPES_SHOWN} more</li>}
  </ul>
)
