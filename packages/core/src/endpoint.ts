import type { Instant } from "./time.ts"

export const endpointFormats = ["standard", "unipile", "slack", "discord", "connectsafely"] as const
export type EndpointFormat = (typeof endpointFormats)[number]

export const endpointOrderings = ["none", "conversation"] as const
export type EndpointOrdering = (typeof endpointOrderings)[number]

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
  format: EndpointFormat
  ordering: EndpointOrdering
  /** Name (lower case) -> sealed value. */
  headers: Record<string, string>
  rateLimit: number | null
  metadata: Record<string, string>
  /** Sealed; the first signs first. */
  secrets: { sealed: string; expiresAt: Instant | null }[]
  /** When the first secret was replaced by another: a repeated create does not show that one. */
  rotatedAt: Instant | null
  status: EndpointStatus
  disabledReason: DisabledReason | null
  disabledAt: Instant | null
  circuit: Circuit
  /** Lets held deliveries out while the circuit is not closed; null while there is nothing for it to do. */
  releaser: Releaser | null
  /** Retry-After's instant: nothing is dialled before it. */
  notBefore: Instant | null
  /** Hash over the request that made it, to tell a repeated Idempotency-Key from a reused one. */
  requestHash: string | null
  /** When it was made or last resumed: what was published before holds nobody's turn (`ordering`). */
  enabledAt: Instant
  /** A deleted endpoint's row stays, so that its deliveries can be told why they were cancelled. */
  deletedAt: Instant | null
  createdAt: Instant
  updatedAt: Instant
}

export const circuitStates = ["closed", "open", "ramping"] as const

/** What an endpoint's failures have come to. Written when something fails, and by the first success after it; never else. */
export interface Circuit {
  /** `ramping`: the releaser lets deliveries out, more with every tick; also after a pause and after Retry-After. */
  state: (typeof circuitStates)[number]
  /** Since when it is not closed, or open again: outcomes of attempts that began before do not slow a ramp. */
  openedAt: Instant | null
  /** When the oldest held delivery goes out as a probe; null unless open. */
  nextProbeAt: Instant | null
  /** Failed attempts since the last success; while ramping: since the last tick. */
  failures: number
  /** Short hashes of the deliveries among them, as many as the circuit asks for. */
  failedDeliveries: string[]
  /** When the first of those failures was; null while there is none. */
  failingSince: Instant | null
  /** Failed probes in a row: each doubles the wait for the next. */
  failedProbes: number
  /** Deliveries per second while ramping; null otherwise, and until the ramp's first tick. */
  rate: number | null
}

export const closedCircuit: Circuit = {
  state: "closed",
  openedAt: null,
  nextProbeAt: null,
  failures: 0,
  failedDeliveries: [],
  failingSince: null,
  failedProbes: 0,
  rate: null,
}

/**
 * One message to itself per endpoint and tick. Only the message with this number acts, so that there is one releaser however
 * often a message is repeated; the sweep starts it again where its message was lost.
 */
export interface Releaser {
  tick: number
  /** When that tick is due. */
  at: Instant
  /** Events whose deliveries may be dialled: let out, and not seen finished. Emptied when the circuit opens. */
  out: string[]
}

/** What the gate says to a delivery that is about to be dialled. */
export type Gate =
  | { kind: "open" }
  /** The one delivery that may try whether the endpoint is back. */
  | { kind: "probe" }
  | { kind: "hold"; reason: "paused" | "circuit_open" | "retry_after" | "disabled"; until: Instant | null }
  | { kind: "cancel"; reason: "endpoint_deleted" | "endpoint_gone" }

/** What the gate asks about a delivery: whether the releaser let it out. */
export interface LetOut {
  eventId: string
  released: number | null
}

/**
 * Table of design.md, "Delivery": what each state of an endpoint means for its deliveries. Without a delivery: for one that nobody
 * let out.
 */
export const gateOf = (endpoint: EndpointRow | null, now: Instant, delivery: LetOut | null = null): Gate => {
  if (endpoint === null || endpoint.deletedAt !== null) return { kind: "cancel", reason: "endpoint_deleted" }
  if (endpoint.status === "disabled" && endpoint.disabledReason === "gone")
    return { kind: "cancel", reason: "endpoint_gone" }
  if (endpoint.status === "disabled") return { kind: "hold", reason: "disabled", until: null }
  if (endpoint.status === "paused") return { kind: "hold", reason: "paused", until: null }
  if (endpoint.notBefore !== null && endpoint.notBefore > now)
    return { kind: "hold", reason: "retry_after", until: endpoint.notBefore }
  const { state, nextProbeAt } = endpoint.circuit
  if (state === "closed") return { kind: "open" }
  if (!isLetOut(endpoint, delivery)) return { kind: "hold", reason: "circuit_open", until: nextProbeAt }
  return { kind: state === "open" ? "probe" : "open" }
}

/**
 * The releaser's own list decides, not the delivery's mark alone: what a tick let out after the next one had begun (its worker
 * was slow) is not on it any more, and is held again instead of going out beyond what that one counted.
 */
const isLetOut = ({ releaser }: EndpointRow, delivery: LetOut | null): boolean =>
  delivery !== null && delivery.released !== null && releaser !== null && releaser.out.includes(delivery.eventId)
