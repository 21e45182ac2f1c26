import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"

import { accountsQuery, endpointsQuery, statsQuery } from "../../api/queries.ts"
import { Card, Empty, Loading, Page } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { AccountsCard } from "./accounts-card.tsx"
import { AttentionCard } from "./attention-card.tsx"
import { EndpointsCard } from "./endpoints-card.tsx"
import { LatestCard } from "./latest-card.tsx"
import { TimelineCard } from "./timeline-card.tsx"
import { May } from "../../components/may.tsx"

export const OverviewPage = () => {
  const accounts = useQuery(accountsQuery)
  const endpoints = useQuery(endpointsQuery)
  const stats = useQuery(statsQuery)
  const error = accounts.error ?? endpoints.error ?? stats.error
  if (accounts.data === undefined || endpoints.data === undefined || stats.data === undefined)
    return <Page title="Overview">{error === null ? <Loading /> : <Problem error={error} />}</Page>
  return (
    <Page title="Overview">
      {accounts.data.length === 0 && <FirstAccount />}
      {endpoints.data.length === 0 && <FirstEndpoint />}
      <AttentionCard accounts={accounts.data} endpoints={endpoints.data} stats={stats.data} />
      <TimelineCard stats={stats.data} />
      <LatestCard endpoints={endpoints.data} />
      <div className="columns">
        <EndpointsCard endpoints={endpoints.data} stats={stats.data} />
        <AccountsCard accounts={accounts.data} />
      </div>
    </Page>
  )
}

const FirstAccount = () => (
  <Card>
    <Empty title="No account yet: there are no messages to look for">
      <p>
        Connect a LinkedIn account in ConnectSafely. It is found within 10 minutes, and its new messages show up here.
        What was there before is no news: its first poll only draws the baseline.
      </p>
    </Empty>
  </Card>
)

const FirstEndpoint = () => (
  <Card>
    <Empty title="No endpoint yet: nobody is told of new messages">
      <p>
        An endpoint is an address that gets each new message as a signed POST: a service of yours, Zapier, n8n, Make,
        Slack or Discord. Messages that arrive until then are kept, and can be sent to it by a replay.
      </p>
      <May scope="endpoints">
        <p>
          <Link className="button button-primary" href={dashboardPaths.newEndpoint}>
            Register an endpoint
          </Link>
        </p>
      </May>
    </Empty>
  </Card>
)
