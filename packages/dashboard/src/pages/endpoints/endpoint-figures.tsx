import { useQuery } from "@tanstack/react-query"

import type { Endpoint } from "../../api/resources.ts"
import { Card, Facts, Loading } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { rateText, spanText } from "../../components/time-text.ts"
import { endpointStatsQuery } from "./queries.ts"

export const EndpointFigures = ({ endpoint }: { endpoint: Endpoint }) => {
  const { data, error } = useQuery(endpointStatsQuery(endpoint.id))
  const figures = data?.endpoints[0]
  return (
    <Card title="The last hour">
      <Problem error={error} />
      {figures === undefined ? (
        error === null && <Loading />
      ) : (
        <Facts
          facts={[
            ["Attempts that succeeded", figures.succeeded.toLocaleString()],
            ["Attempts that failed", figures.failed.toLocaleString()],
            ["Put on hold", figures.held.toLocaleString()],
            ["Held now", endpoint.heldCount.toLocaleString()],
            ["Success rate", rateText(figures.successRate)],
            ["Latency, p50", spanOf(figures.p50Ms)],
            ["Latency, p95", spanOf(figures.p95Ms)],
          ]}
        />
      )}
    </Card>
  )
}

/** A latency; one of nothing is a dash. */
export const spanOf = (ms: number | null): string => (ms === null ? "–" : spanText(ms))
