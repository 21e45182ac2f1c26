import type { Account, Delivery, Endpoint, Job } from "../api/resources.ts"
import { Badge, type Tone } from "./badge.tsx"
import { accountState, endpointState } from "./states.ts"

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

export const EndpointStatus = ({ endpoint }: { endpoint: Endpoint }) => {
  const { tone, text } = endpointState(endpoint)
  return <Badge tone={tone}>{text}</Badge>
}

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
