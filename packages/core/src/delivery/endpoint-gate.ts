import type { Attempt, DeliveryMessage } from "../delivery.ts"
import type { DisabledReason, EndpointRow } from "../endpoint.ts"
import type { Event } from "../event.ts"
import { derivedId } from "../id.ts"
import { appendToSystemLog, drainSystemLog, type SystemLogDeps } from "../log/system.ts"
import type { DeliveryStore, EndpointStore, Queue } from "../ports.ts"
import { iso, type Instant } from "../time.ts"
import {
  afterFailure,
  afterSuccess,
  type CircuitSettings,
  DEFAULT_CIRCUIT,
  isHopeless,
  isOverload,
  ramping,
} from "./circuit.ts"
import { nextReleaser, sendTick } from "./releaser.ts"

/** The row that all of an endpoint's failures write: each try reads it afresh. Whoever loses them all leaves counting to the others. */
const CAS_TRIES = 12
/** `heldCount` is exact up to here. */
export const HELD_COUNT_MAX = 10_000

type GateDeps = Pick<SystemLogDeps, "clock" | "logger" | "bus" | "random"> & {
  store: SystemLogDeps["store"] & EndpointStore & Pick<DeliveryStore, "countHeldLagging">
  queue: Queue<DeliveryMessage>
  settings?: { circuit?: CircuitSettings }
}

/**
 * Nothing more is sent to this endpoint, unless it was changed since it was dialled: an old URL's answer must not end the new one.
 * Answers whether the endpoint is disabled for that reason.
 */
export const disable = async (dialled: EndpointRow, reason: DisabledReason, deps: GateDeps): Promise<boolean> => {
  const current = await deps.store.getEndpoint(dialled.id)
  if (current === null || current.revision !== dialled.revision) return false
  if (current.status === "disabled") return current.disabledReason === reason
  // Told before it is done: a crash in between tells it again, with the same id, at the next 410; the other way round it would be lost.
  await appendToSystemLog(await disabledEvent(current, reason, deps), deps)
  const done = await change(
    dialled,
    (row, now) => ({ ...row, status: "disabled", disabledReason: reason, disabledAt: now }),
    deps,
  )
  if (done !== null) deps.logger.warn("endpoint.disabled", { endpointId: dialled.id, reason })
  await drainSystemLog(deps)
  return done !== null
}

/** What an attempt says about its endpoint. */
export type Outcome = Pick<Attempt, "outcome" | "responseStatus" | "errorKind" | "trigger" | "startedAt"> & {
  eventId: string
  /** Retry-After's instant, where the receiver asked for one. */
  holdUntil: Instant | null
}

/**
 * Counts an attempt for its endpoint's circuit, if the endpoint was not changed since it was dialled. Of a healthy endpoint's
 * successes nothing is read or written.
 */
export const noteOutcome = async (dialled: EndpointRow, outcome: Outcome, deps: GateDeps): Promise<void> => {
  if (outcome.outcome === "succeeded" && afterSuccess(dialled.circuit) === null) return
  const settings = deps.settings?.circuit ?? DEFAULT_CIRCUIT
  const written = await change(dialled, (row, now) => judged(row, outcome, now, settings), deps)
  if (written === null) return
  const { before, after } = written
  if (after.circuit.state !== before.circuit.state) {
    const fields = { endpointId: after.id, state: after.circuit.state, failures: after.circuit.failures }
    if (after.circuit.state === "open") deps.logger.warn("endpoint.circuit", fields)
    else deps.logger.info("endpoint.circuit", fields)
  }
  if (after.releaser !== null && after.releaser.tick !== before.releaser?.tick)
    await sendTick(after, after.releaser, deps)
  if (isHopeless(after.circuit, after.updatedAt, settings)) await disable(dialled, "failing", deps)
}

const judged = (row: EndpointRow, outcome: Outcome, now: Instant, settings: CircuitSettings): EndpointRow | null => {
  // Disabled, with others still on their way.
  if (row.status !== "enabled") return null
  const circuit =
    outcome.outcome === "succeeded"
      ? afterSuccess(row.circuit)
      : afterFailure(row.circuit, { ...outcome, isOverload: isOverload(outcome) }, now, settings)
  const holdUntil = outcome.holdUntil !== null && outcome.holdUntil > (row.notBefore ?? 0) ? outcome.holdUntil : null
  if (circuit === null && holdUntil === null) return null
  const counted = { ...row, circuit: circuit ?? row.circuit, notBefore: holdUntil ?? row.notBefore }
  return withReleaser(holdUntil === null ? counted : throttled(counted, now), row, now)
}

/** What Retry-After holds leaves through the ramp, as after any other hold. */
const throttled = (row: EndpointRow, now: Instant): EndpointRow =>
  row.circuit.state === "closed" ? { ...row, circuit: ramping(now) } : row

/** With someone who lets out what the circuit holds from now on. */
const withReleaser = (row: EndpointRow, before: EndpointRow, now: Instant): EndpointRow => {
  const { state, openedAt, nextProbeAt } = row.circuit
  if (state === "closed") return row
  const isOpened = state === "open" && openedAt !== before.circuit.openedAt
  // What the ramp had let out and is not dialled yet is held again.
  const releaser = row.releaser !== null && isOpened ? { ...row.releaser, out: [] } : row.releaser
  const at = Math.max(now, nextProbeAt ?? now, row.notBefore ?? now)
  return { ...row, releaser: releaser ?? nextReleaser(row, at) }
}

const change = async (
  dialled: EndpointRow,
  to: (row: EndpointRow, now: Instant) => EndpointRow | null,
  deps: Pick<GateDeps, "store" | "clock">,
): Promise<{ before: EndpointRow; after: EndpointRow } | null> => {
  for (let tries = 0; tries < CAS_TRIES; tries++) {
    const before = await deps.store.getEndpoint(dialled.id)
    if (before === null || before.revision !== dialled.revision) return null
    const now = deps.clock.now()
    const changed = to(before, now)
    if (changed === null) return null
    const after = { ...changed, version: before.version + 1, updatedAt: now }
    if (await deps.store.putEndpoint(after, before.version)) return { before, after }
  }
  return null
}

const disabledEvent = async (
  endpoint: EndpointRow,
  reason: DisabledReason,
  deps: GateDeps,
): Promise<Event<"endpoint.disabled">> => ({
  id: derivedId("event", "endpoint.disabled", endpoint.id, String(endpoint.revision)),
  type: "endpoint.disabled",
  timestamp: iso(deps.clock.now()),
  data: {
    endpoint: { id: endpoint.id, description: endpoint.description, urlHost: new URL(endpoint.url).host },
    reason,
    heldCount: await deps.store.countHeldLagging(endpoint.id, HELD_COUNT_MAX),
  },
})
