import { useQuery } from "@tanstack/react-query"
import { useState } from "react"

import { keysQuery, meQuery } from "../../api/queries.ts"
import type { Key } from "../../api/resources.ts"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { Card, Empty, Loading, Page } from "../../components/page.tsx"
import { Problem } from "../../components/problem.tsx"
import { Table } from "../../components/table.tsx"
import { Time } from "../../components/time.tsx"
import { NewKeyDialog } from "./new-key-dialog.tsx"
import { RevokeDialog } from "./revoke-dialog.tsx"
import { May } from "../../components/may.tsx"

export const KeysPage = () => {
  const keys = useQuery(keysQuery)
  const me = useQuery(meQuery)
  const [isMaking, setMaking] = useState(false)
  const [revoked, setRevoked] = useState<Key | null>(null)
  return (
    <Page
      title="Keys"
      lead="One for each program that talks to the API. The admin key of the settings is none of them, and cannot be revoked here."
      actions={
        <May scope="admin">
          <Button kind="primary" onClick={() => setMaking(true)}>
            Make a key
          </Button>
        </May>
      }
    >
      <Problem error={keys.error} />
      {keys.isPending && <Loading />}
      {keys.data?.length === 0 && (
        <Empty title="No key yet">
          <p>Zapier, n8n and programs of yours each want a key of their own, with no more scopes than they need.</p>
        </Empty>
      )}
      {keys.data !== undefined && keys.data.length > 0 && (
        <Card>
          <Table
            caption="Keys"
            rows={keys.data}
            columns={[
              {
                head: "Name",
                cell: (key) => (
                  <>
                    <bdi>{key.name}</bdi> {me.data?.key.id === key.id && <Badge tone="info">yours now</Badge>}
                  </>
                ),
              },
              { head: "Begins with", cell: (key) => <code>{key.prefix}…</code> },
              { head: "Scopes", cell: (key) => key.scopes.join(", ") },
              { head: "Last used", cell: (key) => <Time at={key.lastUsedAt} as="ago" /> },
              { head: "Made", cell: (key) => <Time at={key.createdAt} /> },
              {
                head: "Expires",
                cell: (key) => (key.expiresAt === null ? "never" : <Time at={key.expiresAt} as="both" />),
              },
              {
                head: "",
                cell: (key) => (
                  <May scope="admin">
                    <Button kind="danger" onClick={() => setRevoked(key)}>
                      Revoke<span className="hidden"> {key.name}</span>
                    </Button>
                  </May>
                ),
              },
            ]}
          />
        </Card>
      )}
      {isMaking && <NewKeyDialog onClose={() => setMaking(false)} />}
      {revoked !== null && <RevokeDialog keyToRevoke={revoked} onClose={() => setRevoked(null)} />}
    </Page>
  )
}
