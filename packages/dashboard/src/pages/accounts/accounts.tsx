import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"

import { accountsQuery } from "../../api/queries.ts"
import { accountName } from "../../components/names.ts"
import { Card, Empty, Loading, Page } from "../../components/page.tsx"
import { Picture } from "../../components/picture.tsx"
import { Problem } from "../../components/problem.tsx"
import { AccountStatus } from "../../components/status.tsx"
import { Table } from "../../components/table.tsx"
import { spanText } from "../../components/time-text.ts"
import { Time } from "../../components/time.tsx"
import { accountPath } from "../../components/paths.ts"

export const AccountsPage = () => {
  const accounts = useQuery(accountsQuery)
  return (
    <Page title="Accounts" lead="The LinkedIn accounts that ConnectSafely has connected, and how their polls go.">
      <Problem error={accounts.error} />
      {accounts.isPending && <Loading />}
      {accounts.data?.length === 0 && (
        <Empty title="No account yet">
          <p>
            Connect a LinkedIn account in ConnectSafely. It is found within 10 minutes; its first poll only draws the
            baseline.
          </p>
        </Empty>
      )}
      {accounts.data !== undefined && accounts.data.length > 0 && (
        <Card>
          <Table
            caption="Accounts"
            rows={accounts.data}
            columns={[
              {
                head: "Account",
                cell: (row) => (
                  <span className="who">
                    <Picture url={row.pictureUrl} name={row.name} />
                    <Link href={accountPath(row.id)}>
                      <bdi>{accountName(row)}</bdi>
                    </Link>
                  </span>
                ),
              },
              { head: "Status", cell: (row) => <AccountStatus account={row} /> },
              { head: "Last poll", cell: (row) => <Time at={row.lastPolledAt} as="ago" /> },
              { head: "Next poll", cell: (row) => (row.paused ? "–" : <Time at={row.nextPollAt} as="ago" />) },
              { head: "Newest message", cell: (row) => <Time at={row.lastMessageAt} as="ago" /> },
              {
                head: "Lag",
                isNumber: true,
                cell: (row) => (row.lagMs === null ? "–" : spanText(Math.max(0, row.lagMs))),
              },
              { head: "Conversations", isNumber: true, cell: (row) => row.conversations.tracked.toLocaleString() },
            ]}
          />
        </Card>
      )}
    </Page>
  )
}
