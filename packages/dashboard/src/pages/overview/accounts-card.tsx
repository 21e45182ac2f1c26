import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { Link } from "wouter"

import type { Account } from "../../api/resources.ts"
import { accountName } from "../../components/names.ts"
import { Card, Empty } from "../../components/page.tsx"
import { AccountStatus } from "../../components/status.tsx"
import { Table } from "../../components/table.tsx"
import { spanText } from "../../components/time-text.ts"
import { Time } from "../../components/time.tsx"
import { accountPath } from "../../components/paths.ts"

export const AccountsCard = ({ accounts }: { accounts: Account[] }) => (
  <Card title="Accounts" actions={<Link href={dashboardPaths.accounts}>All accounts</Link>}>
    {accounts.length === 0 ? (
      <Empty title="No account yet">
        <p>Connect a LinkedIn account in ConnectSafely; it is found within 10 minutes.</p>
      </Empty>
    ) : (
      <Table
        caption="Accounts, and how their polls go"
        rows={accounts}
        columns={[
          {
            head: "Account",
            cell: (row) => (
              <Link href={accountPath(row.id)}>
                <bdi>{accountName(row)}</bdi>
              </Link>
            ),
          },
          { head: "Status", cell: (row) => <AccountStatus account={row} /> },
          { head: "Last poll", cell: (row) => <Time at={row.lastPolledAt} as="ago" /> },
          { head: "Lag", isNumber: true, cell: (row) => (row.lagMs === null ? "–" : spanText(Math.max(0, row.lagMs))) },
        ]}
      />
    )}
  </Card>
)
