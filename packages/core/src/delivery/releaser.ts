import type { DeliveryMessage, DeliveryRow, ReleaseMessage } from "../delivery.ts"
import { type EndpointRow, gateOf, type Releaser } from "../endpoint.ts"
import { BATCH_MAX, type Clock, type DeliveryStore, type EndpointStore, type Queue, type Verdict } from "../ports.ts"
import { SECOND_MS, type Instant } from "../time.ts"
import { type CircuitSettings, DEFAULT_CIRCUIT } from "./circuit.ts"
import { DUE_GRACE_MS, next } from "./plan.ts"
import { planTick, type Tick } from "./tick.ts"
import { tickMessage, wakeUp } from "./wake-up.ts"

/** The endpoint's row is written by failures too: each try reads it afresh. */
const CAS_TRIES = 10

export interface StartReleaserDeps {
  store: Pick<EndpointStore, "getEndpoint" | "putEndpoint">
  queue: Queue<DeliveryMessage>
  clock: Clock
  settings?: { circuit?: CircuitSettings }
}

export interface ReleaseDeps extends StartReleaserDeps {
  store: StartReleaserDeps["store"] & Pick<DeliveryStore, "getDelivery" | "putDelivery" | "listHeldLagging">
}

/**
 * One tick of an endpoint's releaser, the only one that sends while the circuit is not closed. Only the message with the row's tick
 * acts: the row is written first, with the next tick and with all that may be out during it, under the condition that nobody wrote it
 * since. Then the next tick's message goes out, then the deliveries. A crash in between loses nothing: what is on the list but was
 * not let out is still held and off the list at the next tick; what was let out has a due entry; a tick whose message was lost is
 * started again by the sweep.
 */
export const release = async (message: ReleaseMessage, deps: ReleaseDeps): Promise<Verdict> => {
  const { store, clock } = deps
  const settings = deps.settings?.circuit ?? DEFAULT_CIRCUIT
  for (let tries = 0; tries < CAS_TRIES; tries++) {
    const endpoint = await store.getEndpoint(message.release)
    const releaser = endpoint?.releaser ?? null
    if (endpoint === null || releaser === null || releaser.tick !== message.tick) return { kind: "delete" }
    const now = clock.now()
    if (releaser.at > now) return { kind: "again", at: releaser.at }
    const tick = await planTick({ endpoint, releaser, now, clock, settings, store })
    if (!(await store.putEndpoint(tick.endpoint, endpoint.version))) continue
    if (tick.endpoint.releaser !== null) {
      await sendTick(tick.endpoint, tick.endpoint.releaser, deps)
      await letOut(tick, tick.endpoint.releaser, settings, deps)
    }
    return { kind: "delete" }
  }
  return { kind: "again", at: clock.now() + SECOND_MS }
}

/**
 * Spread over the tick. What it has no time for stays held, and is off the list when the next tick begins; a tick whose write took
 * long lets nothing out, or two ticks' deliveries would go out in little more than the time of one.
 */
const letOut = async (
  { rows }: Tick,
  releaser: Releaser,
  { tickMs }: CircuitSettings,
  deps: ReleaseDeps,
): Promise<void> => {
  const from = deps.clock.now()
  if (releaser.at - from < (1 - LATE_MAX) * tickMs) return
  const wait = (releaser.at - from) / Math.max(rows.length, 1)
  for (let start = 0; start < rows.length; start += BATCH_MAX) {
    const now = deps.clock.now()
    if (now >= releaser.at) return
    const some = rows
      .slice(start, start + BATCH_MAX)
      .map((row, index) => released(row, releaser, now, Math.max(now, Math.floor(from + wait * (start + index)))))
    const put = await Promise.all(some.map((row) => deps.store.putDelivery(row, row.version - 1)))
    const out = some.filter((_, index) => put[index] === true)
    // Refused ones, and those that a crash keeps from being sent, are found by their due entry.
    if (out.length > 0) await deps.queue.send(out.map((row) => wakeUp(row, row.nextAttemptAt ?? now)))
  }
}

const released = (row: DeliveryRow, { tick }: Releaser, now: Instant, at: Instant): DeliveryRow => ({
  ...next(row, now),
  status: "retrying",
  statusReason: null,
  released: tick,
  nextAttemptAt: at,
  work: { kind: "due", at: at + DUE_GRACE_MS },
})

/**
 * Has an endpoint's held deliveries looked for soon. For everyone who made some, after they were written; where the endpoint is
 * paused or disabled nothing happens until it is resumed.
 */
export const startReleaser = async (endpointId: string, deps: StartReleaserDeps): Promise<void> => {
  const { store, clock } = deps
  const settings = deps.settings?.circuit ?? DEFAULT_CIRCUIT
  for (let tries = 0; tries < CAS_TRIES; tries++) {
    const endpoint = await store.getEndpoint(endpointId)
    if (endpoint === null) return
    const now = clock.now()
    const gate = gateOf(endpoint, now)
    if (gate.kind === "cancel" || (gate.kind === "hold" && ["paused", "disabled"].includes(gate.reason))) return
    const isAtWork = endpoint.releaser !== null && now < endpoint.releaser.at + settings.graceMs
    const started: EndpointRow = {
      ...endpoint,
      version: endpoint.version + 1,
      updatedAt: now,
      // One that is at work may have looked before the caller's rows were there, and be about to stop: this write makes it look again.
      releaser: isAtWork ? endpoint.releaser : nextReleaser(endpoint, now + settings.tickMs / INDEX_TRAIL),
    }
    if (!(await store.putEndpoint(started, endpoint.version))) continue
    if (!isAtWork && started.releaser !== null) await sendTick(started, started.releaser, deps)
    return
  }
}

/** Share of a tick that writing the endpoint's row may take. */
export const LATE_MAX = 0.2

/** A first tick comes a fifth of a tick late: the held index may trail what was just written. */
const INDEX_TRAIL = 5

/** A releaser for an endpoint that has none, or whose message was lost. Numbers are never used again: the version only rises. */
export const nextReleaser = ({ releaser, version }: EndpointRow, at: Instant): Releaser => ({
  tick: (releaser?.tick ?? version) + 1,
  at,
  out: releaser?.out ?? [],
})

/** Refused or lost: the sweep starts it again. */
export const sendTick = async (
  endpoint: Pick<EndpointRow, "id">,
  releaser: Releaser,
  { queue }: Pick<StartReleaserDeps, "queue">,
): Promise<void> => {
  await queue.send([tickMessage(endpoint, releaser)])
}
