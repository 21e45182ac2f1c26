import type { CancelReason, DeliveryRow, WorkKey } from "../delivery.ts"
import { type EndpointRow, type Gate, gateOf } from "../endpoint.ts"
import { MINUTE_MS, type Instant } from "../time.ts"
import { DEFAULT_CIRCUIT } from "./circuit.ts"
import type { DeliverDeps } from "./deps.ts"
import { cancelled } from "./plan.ts"
import { startReleaser } from "./releaser.ts"
import type { Guard } from "./sweep-guard.ts"

/** How often an endpoint's held deliveries are looked for: while something may have been missed, and always. */
const LOOK_SOON_MS = MINUTE_MS
const LOOK_MS = 10 * MINUTE_MS
/** Held deliveries that are read from the index at once. */
const HELD_MAX = 200
/** And that one sweep ends for one endpoint: the others wait for their turn. */
const PAGES_MAX = 3

/**
 * Starts an endpoint's releaser again where its message was lost, and where something is held that nobody lets out: a delivery may have
 * met the gate a moment before it opened. Ends what waits for an endpoint that is gone, or longer than events are kept. Answers how many
 * ended.
 */
export const sweepHeld = async (endpoint: EndpointRow, guard: Guard, deps: DeliverDeps): Promise<number> => {
  const now = deps.clock.now()
  const { graceMs } = deps.settings.circuit ?? DEFAULT_CIRCUIT
  const gate = gateOf(endpoint, now)
  const isLost = endpoint.releaser !== null && endpoint.releaser.at + graceMs <= now
  if (isLost && gate.kind !== "cancel") await startReleaser(endpoint.id, deps)
  if (!isTimeToLook(endpoint, gate, now, deps)) return 0
  const live = await endHeld(endpoint, "live", gate, guard, deps)
  const replays = await endHeld(endpoint, "replay", gate, guard, deps)
  const isLeft = live.isLeft || replays.isLeft
  if (isLeft && endpoint.releaser === null && gate.kind !== "cancel") await startReleaser(endpoint.id, deps)
  return live.ended + replays.ended
}

/**
 * By the clock alone, so that nobody has to remember the last look: a sweep looks if the endpoint's moment lies within its period and a
 * half, which forgives a late sweep. Soon: a circuit or Retry-After holds and nobody lets out, or the row changed a while ago.
 */
const isTimeToLook = (endpoint: EndpointRow, gate: Gate, now: Instant, { settings }: DeliverDeps): boolean => {
  const isUnattended = gate.kind === "hold" && gate.reason !== "paused" && gate.reason !== "disabled"
  const isSoon = (isUnattended && endpoint.releaser === null) || now - endpoint.updatedAt < LOOK_MS + LOOK_SOON_MS
  const every = isSoon ? LOOK_SOON_MS : LOOK_MS
  return (now + offsetOf(endpoint.id)) % every < 1.5 * (settings.sweepMs ?? MINUTE_MS)
}

/** Endpoints are not all looked at by the same sweep. */
const offsetOf = (id: string): number => Buffer.from(id).reduce((sum, byte) => (sum * 31 + byte) % LOOK_MS, 7)

/** `isLeft`: something of this class is still held. */
const endHeld = async (
  endpoint: EndpointRow,
  only: "live" | "replay",
  gate: Gate,
  guard: Guard,
  deps: DeliverDeps,
): Promise<{ ended: number; isLeft: boolean }> => {
  let ended = 0
  for (let page = 0; page < PAGES_MAX; page++) {
    const keys = (await guard(() => deps.store.listHeldLagging(endpoint.id, HELD_MAX, only))) ?? []
    let endedHere = 0
    for (const key of keys) {
      const end = await guard(() => endOne(key, gate, deps))
      if (end === "left") return { ended: ended + endedHere, isLeft: true }
      if (end === "ended") endedHere++
    }
    ended += endedHere
    if (keys.length < HELD_MAX || endedHere === 0) break
  }
  return { ended, isLeft: false }
}

/** The oldest come first: where one is left, those behind it are. */
const endOne = async (key: WorkKey, gate: Gate, deps: DeliverDeps): Promise<"ended" | "left" | "other"> => {
  const row = await deps.store.getDelivery(key.eventId, key.endpointId)
  if (row?.status !== "held") return "other"
  const now = deps.clock.now()
  const { retentionMs } = deps.settings
  const reason = reasonToEnd(row, gate, now, retentionMs)
  if (reason === null) return "left"
  const isEnded = await deps.store.putDelivery(cancelled(row, reason, { now, retentionMs }), row.version)
  return isEnded ? "ended" : "other"
}

const reasonToEnd = (row: DeliveryRow, gate: Gate, now: Instant, retentionMs: number): CancelReason | null => {
  if (now - row.createdAt > retentionMs) return "expired"
  return gate.kind === "cancel" ? gate.reason : null
}
