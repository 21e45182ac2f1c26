import { useQuery } from "@tanstack/react-query"

import { api, read } from "../../api/client.ts"
import { LIVE_MS } from "../../api/live-list.ts"
import { Card } from "../../components/page.tsx"
import { Time } from "../../components/time.tsx"
import { Untrusted } from "../../components/untrusted.tsx"
import { accountStatusText } from "../../components/states.ts"

const SHOWN = 10

/** When polling began to fail, and when it recovered: the account's own events tell. */
export const StatusHistory = ({ accountId }: { accountId: string }) => {
  const events = useQuery({
    queryKey: ["events", "status of", accountId],
    queryFn: () =>
      read(api.events.$get({ query: { accountId, type: "account.status_changed", limit: String(SHOWN) } })),
    refetchInterval: LIVE_MS,
  })
  const changes = events.data?.data.flatMap(({ id, data }) => ("previousStatus" in data ? [{ id, ...data }] : [])) ?? []
  if (changes.length === 0) return null
  return (
    <Card title="Changes of status">
      <ol className="plain-list">
        {changes.map(({ id, seenAt, status, previousStatus, reason }) => (
          <li key={id}>
            <Time at={seenAt} as="both" />: {accountStatusText(previousStatus)} →{" "}
            <strong>{accountStatusText(status)}</strong>
            {reason !== null && (
              <>
                {" "}
                <Untrusted text={reason} />
              </>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}
