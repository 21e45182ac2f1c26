import type { DisabledReason, EndpointRow } from "../endpoint.ts"
import type { Event } from "../event.ts"
import { derivedId } from "../id.ts"
import { appendToSystemLog, drainSystemLog, type SystemLogDeps } from "../log/system.ts"
import type { DeliveryStore, EndpointStore } from "../ports.ts"
import { iso, type Instant } from "../time.ts"

const CAS_TRIES = 5
/** `heldCount` is exact up to here. */
export const HELD_COUNT_MAX = 10_000

type GateDeps = Pick<SystemLogDeps, "clock" | "logger" | "bus" | "random"> & {
  store: SystemLogDeps["store"] & EndpointStore & Pick<DeliveryStore, "countHeldLagging">
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
  const isDone = await change(
    dialled,
    (row, now) => ({ ...row, status: "disabled", disabledReason: reason, disabledAt: now }),
    deps,
  )
  if (isDone) deps.logger.warn("endpoint.disabled", { endpointId: dialled.id, reason })
  await drainSystemLog(deps)
  return isDone
}

/** Retry-After holds the whole endpoint. */
export const holdUntil = async (dialled: EndpointRow, until: Instant, deps: GateDeps): Promise<void> => {
  await change(dialled, (row) => ((row.notBefore ?? 0) >= until ? null : { ...row, notBefore: until }), deps)
}

const change = async (
  dialled: EndpointRow,
  to: (row: EndpointRow, now: Instant) => EndpointRow | null,
  deps: GateDeps,
): Promise<boolean> => {
  for (let tries = 0; tries < CAS_TRIES; tries++) {
    const row = await deps.store.getEndpoint(dialled.id)
    if (row === null || row.revision !== dialled.revision) return false
    const now = deps.clock.now()
    const changed = to(row, now)
    if (changed === null) return false
    const written = { ...changed, version: row.version + 1, updatedAt: now }
    if (await deps.store.putEndpoint(written, row.version)) return true
  }
  return false
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
