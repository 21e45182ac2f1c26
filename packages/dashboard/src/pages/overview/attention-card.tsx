import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"

import { api, read } from "../../api/client.ts"
import type { Account, Endpoint, Stats } from "../../api/resources.ts"
import { Badge } from "../../components/badge.tsx"
import { Card } from "../../components/page.tsx"
import { attentionOf } from "./attention.ts"

const DAY_MS = 86_400_000
/** Looking through a day's deliveries costs more than what is on the page otherwise. */
const EVERY_MS = 15_000
const COUNTED_MAX = 100

const words = { good: "fine", info: "note", idle: "note", warn: "look", bad: "act" } as const

export const AttentionCard = (props: { accounts: Account[]; endpoints: Endpoint[]; stats: Stats }) => {
  const exhausted = useQuery({
    queryKey: ["deliveries", "exhausted within a day"],
    queryFn: () => {
      const since = new Date(Date.now() - DAY_MS).toISOString()
      return read(api.deliveries.$get({ query: { status: "exhausted", since, limit: String(COUNTED_MAX) } }))
    },
    refetchInterval: EVERY_MS,
  })
  const given = { count: exhausted.data?.data.length ?? 0, isMore: (exhausted.data?.nextCursor ?? null) !== null }
  const found = attentionOf(props.accounts, props.endpoints, props.stats, given)
  if (found.length === 0) {
    // Without one of both nothing can arrive or leave, which the page says in its own place; and what is not counted yet may be bad.
    if (props.accounts.length === 0 || props.endpoints.length === 0 || exhausted.data === undefined) return null
    return (
      <p>
        <Badge tone="good">all is well</Badge> <span className="muted">Nothing needs attention.</span>
      </p>
    )
  }
  return (
    <Card title="Needs attention">
      <ul className="attention">
        {found.map(({ id, tone, text, href }) => (
          <li key={id}>
            <Badge tone={tone}>{words[tone]}</Badge>
            <Link href={href}>
              <bdi className="untrusted">{text}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
