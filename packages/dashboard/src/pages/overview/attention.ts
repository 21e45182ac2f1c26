import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import type { Tone } from "../../components/badge.tsx"
import { accountName, endpointName } from "../../components/names.ts"
import { accountState, endpointState } from "../../components/states.ts"
import type { Account, Endpoint, Stats } from "../../api/resources.ts"
import { accountPath, endpointPath } from "../../components/paths.ts"

/** Something that somebody should look at, and where. */
export interface Attention {
  id: string
  tone: Tone
  text: string
  href: string
}

/** Below this many attempts a rate says nothing. */
const ATTEMPTS_MIN = 10
const SUCCESS_RATE_MIN = 0.95

/** What needs attention, the worst first. `exhausted`: deliveries that were given up within a day. */
export const attentionOf = (
  accounts: Account[],
  endpoints: Endpoint[],
  stats: Pick<Stats, "endpoints">,
  exhausted: { count: number; isMore: boolean },
): Attention[] => {
  const found = [
    ...accounts.flatMap(ofAccount),
    ...endpoints.flatMap((endpoint) => ofEndpoint(endpoint, stats)),
    ...ofExhausted(exhausted),
  ]
  return found.toSorted((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"))
}

const ofAccount = (account: Account): Attention[] => {
  const { tone, text } = accountState(account)
  if (tone === "good" || tone === "info") return []
  const why = account.lastError?.message ?? account.statusReason
  const failures = account.consecutiveFailures === 0 ? "" : `, ${account.consecutiveFailures} polls in a row`
  return [
    {
      id: account.id,
      tone,
      text: `Account ${accountName(account)}: ${text}${failures}${why === null || account.paused ? "" : ` (${why})`}.`,
      href: accountPath(account.id),
    },
  ]
}

const ofEndpoint = (endpoint: Endpoint, stats: Pick<Stats, "endpoints">): Attention[] => {
  const { tone, text } = endpointState(endpoint)
  const href = endpointPath(endpoint.id)
  const name = endpointName(endpoint)
  const held = endpoint.heldCount === 0 ? "" : ` ${endpoint.heldCount.toLocaleString()} held.`
  if (tone !== "good") return [{ id: endpoint.id, tone, text: `Endpoint ${name} is ${text}.${held}`, href }]
  const figures = stats.endpoints.find(({ endpointId }) => endpointId === endpoint.id)
  if (figures === undefined || figures.successRate === null) return []
  const attempts = figures.succeeded + figures.failed
  if (attempts < ATTEMPTS_MIN || figures.successRate >= SUCCESS_RATE_MIN) return []
  const failed = `${figures.failed.toLocaleString()} of ${attempts.toLocaleString()} attempts`
  return [{ id: endpoint.id, tone: "warn", text: `Endpoint ${name}: ${failed} of the last hour failed.`, href }]
}

const ofExhausted = ({ count, isMore }: { count: number; isMore: boolean }): Attention[] => {
  if (count === 0) return []
  const many = isMore ? `More than ${count}` : String(count)
  const text = `${many} ${count === 1 ? "delivery" : "deliveries"} made within a day ${count === 1 && !isMore ? "was" : "were"} given up. Retry or replay sends them again.`
  return [{ id: "exhausted", tone: "bad", text, href: `${dashboardPaths.deliveries}?status=exhausted` }]
}
