import type { DeliveryRow } from "../delivery.ts"
import { type Circuit, closedCircuit, type EndpointRow, gateOf, type Releaser } from "../endpoint.ts"
import type { Clock, DeliveryStore } from "../ports.ts"
import { MINUTE_MS, SECOND_MS, type Instant } from "../time.ts"
import { rateLimitOf, type CircuitSettings } from "./circuit.ts"
import { QUEUE_DELAY_MAX_MS } from "./turn.ts"

/** Most deliveries that are out at once: their ids stand in the endpoint's row. */
export const OUT_MAX = 500
/** Rows that are read at the same time. */
const READS_MAX = 25
/** Entries of the held index that may be gone when the first one that still stands is looked for. */
const PROBES_SEEN_MAX = 20
/** A circuit that has just opened, and finds nothing to probe with, looks again for so long: its last failures are about to be held. */
const OPEN_LOOKS_MS = MINUTE_MS

/** What one tick of a releaser does: writes the endpoint's row, then lets these deliveries out, spread over the tick. */
export interface Tick {
  endpoint: EndpointRow
  rows: DeliveryRow[]
}

interface Context {
  endpoint: EndpointRow
  releaser: Releaser
  now: Instant
  clock: Pick<Clock, "now">
  settings: CircuitSettings
  store: Pick<DeliveryStore, "getDelivery" | "listHeldLagging">
}

/** Reads only. What it answers is right if the endpoint's row is still the one that was given: written under that condition. */
export const planTick = async (context: Context): Promise<Tick> => {
  const { endpoint, releaser, now } = context
  const gate = gateOf(endpoint, now)
  // Nothing to do until someone resumes it, which starts a releaser again.
  if (gate.kind === "cancel" || (gate.kind === "hold" && (gate.reason === "paused" || gate.reason === "disabled")))
    return { rows: [], endpoint: stopped(endpoint, now) }
  if (gate.kind === "hold" && gate.reason === "retry_after")
    return { rows: [], endpoint: ticked(context, gate.until ?? now, releaser.out) }

  const out = await readRows(releaser.out, context)
  switch (endpoint.circuit.state) {
    case "open":
      return await probeTick(out, context)
    case "ramping":
      return await rampTick(out, context)
    case "closed":
      return await closedTick(out, context)
  }
}

/** One probe at a time: the delivery that was held first, a replay only where no other is held. */
const probeTick = async (out: DeliveryRow[], context: Context): Promise<Tick> => {
  const { endpoint, now } = context
  const { openedAt, nextProbeAt } = endpoint.circuit
  const unfinished = out.filter((row) => isUnfinished(row, now))
  if (unfinished.length > 0) return { rows: [], endpoint: ticked(context, null, idsOf(unfinished)) }
  if (nextProbeAt !== null && nextProbeAt > now) return { rows: [], endpoint: ticked(context, nextProbeAt, []) }
  const { rows } = await heldRows(PROBES_SEEN_MAX, 1, context)
  if (rows.length === 0 && now - (openedAt ?? 0) > OPEN_LOOKS_MS) return { rows: [], endpoint: stopped(endpoint, now) }
  return { endpoint: ticked(context, null, idsOf(rows)), rows }
}

const rampTick = async (out: DeliveryRow[], context: Context): Promise<Tick> => {
  const { endpoint, releaser, now, settings } = context
  const unfinished = out.filter((row) => isUnfinished(row, now))
  // What is still held was never let out: a tick that sent nothing says nothing about the receiver.
  const cameToAnEnd = out.some((row) => row.status !== "held" && !isUnfinished(row, now))
  const rate = nextRate(endpoint, cameToAnEnd || releaser.out.length === 0, settings)
  const room = roomOf(rate, unfinished, settings)
  const { rows, isLast } = await heldRows(room + releaser.out.length, room, context, "live")
  // Nothing stays behind: what comes from now on need not wait for a tick, or a busy endpoint's ramp would never end. Looks once
  // more, closed, before it stops: what met the gate a moment ago may still be on its way into the index.
  const isOver = isLast && rows.length < room
  const ramped: Circuit = { ...endpoint.circuit, rate, failures: 0, failedDeliveries: [], failingSince: null }
  const circuit = isOver ? closedCircuit : ramped
  return {
    endpoint: ticked(context, null, idsOf([...unfinished, ...rows]), circuit),
    rows,
  }
}

/** Replays leave at the endpoint's pace, and with them what was held behind the ramp's last look. */
const closedTick = async (out: DeliveryRow[], context: Context): Promise<Tick> => {
  const { endpoint, releaser, now, settings } = context
  const unfinished = out.filter((row) => isUnfinished(row, now))
  const room = roomOf(rateLimitOf(endpoint, settings), unfinished, settings)
  const { rows, isLast } = await heldRows(room + releaser.out.length, room, context)
  if (rows.length === 0 && isLast && room > 0) return { rows: [], endpoint: stopped(endpoint, now) }
  return {
    endpoint: ticked(context, null, idsOf([...unfinished, ...rows])),
    rows,
  }
}

/** Doubled unless something failed in the last tick, or nothing of it came to an end. */
const nextRate = ({ circuit, rateLimit }: EndpointRow, cameToAnEnd: boolean, settings: CircuitSettings): number => {
  const limit = rateLimitOf({ rateLimit }, settings)
  const { rate, failures } = circuit
  if (rate === null) return Math.min(settings.rateStart, limit)
  return Math.min(failures === 0 && cameToAnEnd ? 2 * rate : rate, limit)
}

/** How many more a tick may let out at this rate. */
const roomOf = (rate: number, unfinished: DeliveryRow[], { tickMs }: CircuitSettings): number =>
  Math.max(0, Math.min(allowanceOf(rate, tickMs), OUT_MAX) - unfinished.length)

/** Deliveries that may be out during one tick. */
export const allowanceOf = (rate: number, tickMs: number): number =>
  Math.max(1, Math.floor((rate * tickMs) / SECOND_MS))

const isUnfinished = ({ claim, released, slot }: DeliveryRow, now: Instant): boolean =>
  released !== null || slot !== null || (claim !== null && claim.until > now)
const idsOf = (rows: DeliveryRow[]): string[] => rows.map(({ eventId }) => eventId)

/** Up to `max` held deliveries among the first `seen` entries. `isLast`: behind those there were none. */
const heldRows = async (
  seen: number,
  max: number,
  context: Context,
  only?: "live",
): Promise<{ rows: DeliveryRow[]; isLast: boolean }> => {
  if (max === 0) return { rows: [], isLast: false }
  const keys = await context.store.listHeldLagging(context.endpoint.id, seen, only)
  const rows: DeliveryRow[] = []
  for (let start = 0; start < keys.length && rows.length < max; start += READS_MAX) {
    const ids = keys.slice(start, start + READS_MAX).map(({ eventId }) => eventId)
    rows.push(...(await readRows(ids, context)).filter(({ status }) => status === "held"))
  }
  return { rows: rows.slice(0, max), isLast: keys.length < seen }
}

const readRows = async (eventIds: string[], { endpoint, store }: Context): Promise<DeliveryRow[]> => {
  const rows: DeliveryRow[] = []
  for (let start = 0; start < eventIds.length; start += READS_MAX) {
    const some = eventIds.slice(start, start + READS_MAX)
    const read = await Promise.all(some.map((eventId) => store.getDelivery(eventId, endpoint.id)))
    rows.push(...read.filter((row) => row !== null))
  }
  return rows
}

/** `at` null: a whole tick from now on, however long it took to look. */
const ticked = (
  { endpoint, releaser, clock, settings }: Context,
  at: Instant | null,
  out: string[],
  circuit: Circuit = endpoint.circuit,
): EndpointRow => {
  const now = clock.now()
  return {
    ...endpoint,
    version: endpoint.version + 1,
    updatedAt: circuit.state === endpoint.circuit.state ? endpoint.updatedAt : now,
    circuit,
    releaser: { tick: releaser.tick + 1, at: Math.min(at ?? now + settings.tickMs, now + QUEUE_DELAY_MAX_MS), out },
  }
}

const stopped = (endpoint: EndpointRow, now: Instant): EndpointRow => ({
  ...endpoint,
  version: endpoint.version + 1,
  updatedAt: now,
  releaser: null,
})
