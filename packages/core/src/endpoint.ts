import type { Instant } from "./time.ts"

export const endpointStatuses = ["enabled", "paused", "disabled"] as const
export type EndpointStatus = (typeof endpointStatuses)[number]
export type DisabledReason = "gone" | "failing"

/** One endpoint: what its owner set, and its gate (what delivery learnt). One row, written only when something changes. */
export interface EndpointRow {
  id: string
  /** Rises with every write of the row. */
  version: number
  /** Rises with every change of what is dialled (url, headers, secrets) or whether: outcomes of older ones do not count. */
  revision: number
  url: string
  description: string | null
  /** Exact types, or `*` (see isCoveredByStar). */
  eventTypes: string[]
  filter: unknown
  format: "standard"
  ordering: "none"
  /** Name (lower case) -> sealed value. */
  headers: Record<string, string>
  rateLimit: number | null
  metadata: Record<string, string>
  /** Sealed; the first signs first. */
  secrets: { sealed: string; expiresAt: Instant | null }[]
  status: EndpointStatus
  disabledReason: DisabledReason | null
  disabledAt: Instant | null
  circuit: { state: "closed" | "open" | "ramping"; openedAt: Instant | null; nextProbeAt: Instant | null }
  /** Retry-After's instant: nothing is dialled before it. */
  notBefore: Instant | null
  /** Hash over the request that made it, to tell a repeated Idempotency-Key from a reused one. */
  requestHash: string | null
  /** A deleted endpoint's row stays, so that its deliveries can be told why they were cancelled. */
  deletedAt: Instant | null
  createdAt: Instant
  updatedAt: Instant
}

/** What the gate says to a delivery that is about to be dialled. */
export type Gate =
  | { kind: "open" }
  | { kind: "hold"; reason: "paused" | "circuit_open" | "retry_after" | "disabled"; until: Instant | null }
  | { kind: "cancel"; reason: "endpoint_deleted" | "endpoint_gone" }

/** Table of design.md, "Delivery": what each state of an endpoint means for its deliveries. */
export const gateOf = (endpoint: EndpointRow | null, now: Instant): Gate => {
  if (endpoint === null || endpoint.deletedAt !== null) return { kind: "cancel", reason: "endpoint_deleted" }
  if (endpoint.status === "disabled" && endpoint.disabledReason === "gone")
    return { kind: "cancel", reason: "endpoint_gone" }
  if (endpoint.status === "disabled") return { kind: "hold", reason: "disabled", until: null }
  if (endpoint.status === "paused") return { kind: "hold", reason: "paused", until: null }
  if (endpoint.notBefore !== null && endpoint.notBefore > now)
    return { kind: "hold", reason: "retry_after", until: endpoint.notBefore }
  return { kind: "open" }
}
