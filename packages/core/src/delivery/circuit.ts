import type { Trigger } from "../delivery.ts"
import { type Circuit, closedCircuit, type EndpointRow } from "../endpoint.ts"
import { shortHash } from "../id.ts"
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "../time.ts"

/** Every number of an endpoint's circuit and its releaser. Handed in, so that tests can turn time faster. */
export interface CircuitSettings {
  /** Opens when the last so many attempts, over at least so many deliveries, all failed. */
  failures: number
  deliveries: number
  /** Wait before the first probe; it doubles with each probe that fails, up to the longest. */
  probeMs: number
  probeMsMax: number
  /** The releaser works in ticks of this length. */
  tickMs: number
  /** Deliveries per second at which a ramp begins; it doubles with every tick without a failure. */
  rateStart: number
  /** Where the ramp ends, for an endpoint without a `rateLimit`. */
  rateDefault: number
  /** Where any ramp ends: on AWS one endpoint's row bears no more than that. */
  rateMax: number
  /** Disabled when nothing but failures was seen for so long, and at least so many of them. */
  disableAfterMs: number
  disableFailures: number
  /** A tick that is overdue for so long has lost its message. Longer than its worker may take (30 s on Lambda). */
  graceMs: number
}

/** design.md, "Delivery", the circuit. */
export const DEFAULT_CIRCUIT: CircuitSettings = {
  failures: 10,
  deliveries: 3,
  probeMs: 5 * SECOND_MS,
  probeMsMax: 10 * MINUTE_MS,
  tickMs: 5 * SECOND_MS,
  rateStart: 1,
  rateDefault: 50,
  rateMax: 100,
  disableAfterMs: 120 * HOUR_MS,
  disableFailures: 20,
  graceMs: 35 * SECOND_MS,
}

/** An attempt that failed, as far as the circuit cares. All triggers count: the receiver's health does not depend on who asked. */
export interface Failure {
  eventId: string
  trigger: Trigger
  startedAt: Instant
  /** 429, 502, 503, 504 or a timeout: too much, rather than broken. */
  isOverload: boolean
}

const overloads: ReadonlySet<number | null> = new Set([429, 502, 503, 504])

export const isOverload = (outcome: { responseStatus: number | null; errorKind: string | null }): boolean =>
  outcome.errorKind === "timeout" || overloads.has(outcome.responseStatus)

/** The circuit after a failed attempt, or null where that changes nothing. */
export const afterFailure = (
  circuit: Circuit,
  failure: Failure,
  now: Instant,
  settings: CircuitSettings,
): Circuit | null => {
  const counted = count(circuit, failure, now, settings)
  switch (circuit.state) {
    case "closed": {
      const isSustained =
        counted.failures >= settings.failures && counted.failedDeliveries.length >= settings.deliveries
      return isSustained ? open(counted, now, settings) : counted
    }
    case "open":
      // What was dialling when it opened says nothing new: so an opening costs a row at most threshold + concurrency writes.
      if (failure.trigger !== "probe") return null
      return {
        ...counted,
        failedProbes: circuit.failedProbes + 1,
        nextProbeAt: now + probeWait(circuit.failedProbes + 1, settings),
      }
    case "ramping":
      if (failure.startedAt < (circuit.openedAt ?? 0)) return null
      return inRamp(circuit, counted, failure, now, settings)
  }
}

/**
 * At the start of a ramp any failure opens the circuit again. Further on a failure keeps the rate from doubling, and half a tick of
 * them opens it: a receiver that refuses one event in twenty for good would never see the end of its backlog otherwise.
 */
const inRamp = (
  circuit: Circuit,
  counted: Circuit,
  { isOverload }: Failure,
  now: Instant,
  settings: CircuitSettings,
): Circuit | null => {
  const rate = circuit.rate ?? settings.rateStart
  if (rate <= settings.rateStart) return open(counted, now, settings)
  if (counted.failures >= (rate * settings.tickMs) / SECOND_MS / 2) return open(counted, now, settings)
  if (!isOverload) return counted
  // Once a tick: what one tick let out is often refused together, and says one thing.
  return circuit.failures > 0 ? counted : { ...counted, rate: Math.max(rate / 2, settings.rateStart) }
}

/** The circuit after an attempt that succeeded, or null where that changes nothing: a healthy endpoint's row is never written. */
export const afterSuccess = (circuit: Circuit): Circuit | null => {
  if (circuit.state === "open") return ramping(circuit.openedAt)
  return circuit.state === "closed" && circuit.failures > 0 ? closedCircuit : null
}

/** At the start of a ramp; its first tick sets the rate. */
export const ramping = (openedAt: Instant | null): Circuit => ({ ...closedCircuit, state: "ramping", openedAt })

/** Whether an endpoint has failed for so long that it is disabled. */
export const isHopeless = (circuit: Circuit, now: Instant, settings: CircuitSettings): boolean =>
  circuit.failingSince !== null &&
  now - circuit.failingSince >= settings.disableAfterMs &&
  circuit.failures >= settings.disableFailures

/** Deliveries per second, at the end of the ramp. */
export const rateLimitOf = ({ rateLimit }: Pick<EndpointRow, "rateLimit">, settings: CircuitSettings): number =>
  Math.min(rateLimit ?? settings.rateDefault, settings.rateMax)

const open = (circuit: Circuit, now: Instant, settings: CircuitSettings): Circuit => ({
  ...circuit,
  state: "open",
  openedAt: now,
  nextProbeAt: now + settings.probeMs,
  failedProbes: 0,
  rate: null,
})

const count = (circuit: Circuit, { eventId }: Failure, now: Instant, { deliveries }: CircuitSettings): Circuit => {
  const { failedDeliveries } = circuit
  const hash = shortHash(eventId)
  const isNew = failedDeliveries.length < deliveries && !failedDeliveries.includes(hash)
  return {
    ...circuit,
    failures: circuit.failures + 1,
    failedDeliveries: isNew ? [...failedDeliveries, hash] : failedDeliveries,
    failingSince: circuit.failingSince ?? now,
  }
}

const probeWait = (failedProbes: number, { probeMs, probeMsMax }: CircuitSettings): number =>
  // Beyond 2^30 nothing doubles any more.
  Math.min(probeMs * 2 ** Math.min(failedProbes, 30), probeMsMax)
