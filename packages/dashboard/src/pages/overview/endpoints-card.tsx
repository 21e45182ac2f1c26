import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { Link } from "wouter"

import type { Endpoint, Stats } from "../../api/resources.ts"
import { endpointName } from "../../components/names.ts"
import { Card } from "../../components/page.tsx"
import { EndpointStatus } from "../../components/status.tsx"
import { Excerpt } from "../../components/untrusted.tsx"
import { Table } from "../../components/table.tsx"
import { rateText, spanText } from "../../components/time-text.ts"
import { endpointPath } from "../../components/paths.ts"

export const EndpointsCard = ({ endpoints, stats }: { endpoints: Endpoint[]; stats: Stats }) => {
  const figuresOf = ({ id }: Endpoint) => stats.endpoints.find(({ endpointId }) => endpointId === id)
  if (endpoints.length === 0) return null
  return (
    <Card title="Endpoints" actions={<Link href={dashboardPaths.endpoints}>All endpoints</Link>}>
      <Table
        caption="Endpoints, with the figures of the last hour"
        rows={endpoints}
        columns={[
          {
            head: "Endpoint",
            cell: (row) => (
              <Link href={endpointPath(row.id)}>
                <Excerpt text={endpointName(row)} max={80} />
              </Link>
            ),
          },
          { head: "Status", cell: (row) => <EndpointStatus endpoint={row} /> },
          { head: "Success", isNumber: true, cell: (row) => rateText(figuresOf(row)?.successRate ?? null) },
          {
            head: "p95",
            isNumber: true,
            cell: (row) => {
              const p95 = figuresOf(row)?.p95Ms ?? null
              return p95 === null ? "–" : spanText(p95)
            },
          },
          { head: "Held", isNumber: true, cell: (row) => row.heldCount.toLocaleString() },
        ]}
      />
    </Card>
  )
}
