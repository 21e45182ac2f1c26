import type { Account, Delivery, Endpoint, Job } from "../api/resources.ts"
import { Badge, type Tone } from "./badge.tsx"

/** Statuses as badges: one tone and one wording for each, wherever they are shown. */

const deliveryTones: Record<Delivery["status"], Tone> = {
  pending: "info",
  retrying: "warn",
  held: "warn",
  succeeded: "good",
  exhausted: "bad",
  cancelled: "idle",
}

const reasons: Record<NonNullable<Delivery["statusReason"]>, string> = {
  paused: "endpoint paused",
  circuit_open: "circuit open",
  retry_after: "asked to wait",
  disabled: "endpoint disabled",
  ordering: "waits its turn",
  endpoint_deleted: "endpoint deleted",
  endpoint_gone: "endpoint gone",
  expired: "too old",
}

export const DeliveryStatus = ({ delivery }: { delivery: Pick<Delivery, "status" | "statusReason"> }) => (
  <Badge tone={deliveryTones[delivery.status]}>
    {delivery.status}
    {delivery.statusReason !== null && `: ${reasons[delivery.statusReason]}`}
  </Badge>
)

/** How an endpoint is: what holds deliveries back comes before what is set. */
export const endpointState = (endpoint: Endpoint): { tone: Tone; text: string } => {
  if (endpoint.status === "disabled")
    return { tone: "bad", text: endpoint.disabledReason === "gone" ? "disabled: gone (410)" : "disabled: failing" }
  if (endpoint.status === "paused") return { tone: "warn", text: "paused" }
  if (endpoint.circuit.state === "open") return { tone: "bad", text: "failing: circuit open" }
  if (endpoint.notBefore !== null && Date.parse(endpoint.notBefore) > Date.now())
    return { tone: "warn", text: "asked to wait" }
  if (endpoint.circuit.state === "ramping") return { tone: "warn", text: "recovering" }
  return { tone: "good", text: "enabled" }
}

export const EndpointStatus = ({ endpoint }: { endpoint: Endpoint }) => {
  const { tone, text } = endpointState(endpoint)
  return <Badge tone={tone}>{text}</Badge>
}

const accountStates: Record<Account["status"], { tone: Tone; text: string }> = {
  baselining: { tone: "info", text: "first poll under way" },
  healthy: { tone: "good", text: "healthy" },
  stale: { tone: "warn", text: "stale" },
  failing: { tone: "bad", text: "failing" },
  auth_failed: { tone: "bad", text: "key refused" },
  disconnected: { tone: "bad", text: "disconnected" },
}

export const accountState = (account: Account): { tone: Tone; text: string } =>
  account.paused ? { tone: "warn", text: "paused" } : accountStates[account.status]

export const AccountStatus = ({ account }: { account: Account }) => {
  const { tone, text } = accountState(account)
  return <Badge tone={tone}>{text}</Badge>
}

const jobTones: Record<Job["status"], Tone> = {
  queued: "info",
  running: "info",
  succeeded: "good",
  failed: "bad",
  cancelled: "idle",
}

export const JobStatus = ({ job }: { job: Job }) => <Badge tone={jobTones[job.status]}>{job.status}</Badge>
