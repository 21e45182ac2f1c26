import type { DeliveryRow, WorkKey } from "@posthorn/core/delivery"
import { type CircuitSettings, rateLimitOf } from "@posthorn/core/delivery/circuit"
import { LATE_MAX } from "@posthorn/core/delivery/releaser"
import { allowanceOf } from "@posthorn/core/delivery/tick"
import type { EndpointRow } from "@posthorn/core/endpoint"
import type { Process, World } from "./world.ts"

/**
 * What releasers may do, checked at each of their writes. Together with one dial for each time that a delivery was let out, and none
 * that is not on the endpoint's list, this is the bound: no more are dialled in one tick than its ramp allows.
 */
export class ReleaserHistory {
  readonly #world: World
  readonly #settings: CircuitSettings
  /** When each tick began, and the last one of each endpoint that let something out. */
  readonly #tickAt = new Map<string, number>()
  readonly #letOut = new Map<string, { tick: number; at: number }>()
  /** Deliveries that were let out and not dialled since. */
  readonly #grants = new Set<string>()
  /** When each delivery's row was last written. */
  readonly #writtenAt = new Map<string, number>()

  constructor(world: World, settings: CircuitSettings) {
    this.#world = world
    this.#settings = settings
  }

  noteDelivery(row: DeliveryRow): string[] {
    this.#writtenAt.set(nameOf(row), this.#world.now)
    if (row.released === null) return []
    this.#grants.add(nameOf(row))
    const at = this.#tickAt.get(`${row.endpointId} ${row.released}`) ?? Infinity
    const last = this.#letOut.get(row.endpointId)
    if (last !== undefined && last.tick >= row.released) return []
    this.#letOut.set(row.endpointId, { tick: row.released, at })
    const since = at - (last?.at ?? -Infinity)
    if (since >= (1 - LATE_MAX) * this.#settings.tickMs) return []
    return [`${row.endpointId}: tick ${row.released} lets out ${since} ms after tick ${last?.tick ?? 0}`]
  }

  /** False where it was not let out since it was last dialled. */
  useGrant(key: WorkKey): boolean {
    return this.#grants.delete(nameOf(key))
  }

  noteEndpoint(before: EndpointRow, after: EndpointRow, by: Process, rows: ReadonlyMap<string, DeliveryRow>): string[] {
    const { now } = this.#world
    const settings = this.#settings
    // A person's word begins a new ramp.
    if (/^resume/.test(by.name)) this.#letOut.delete(after.id)
    if (!/^release/.test(by.name) || after.releaser === null) return []
    const known = new Set(before.releaser?.out)
    const isNew = after.releaser.out.filter((eventId) => !known.has(eventId))
    const complaints: string[] = []
    const complain = (what: string): void => void complaints.push(`${after.id}: ${what} (${by.name})`)

    const { state, rate } = after.circuit
    const rateMax = state === "closed" ? rateLimitOf(after, settings) : (rate ?? settings.rateStart)
    const max = state === "open" ? 1 : allowanceOf(rateMax, settings.tickMs)
    if (isNew.length > 0 && after.releaser.out.length > max)
      complain(`${after.releaser.out.length} are out while ${state} at ${String(rate)}, where ${max} may be`)
    if (state === "ramping" && rate !== before.circuit.rate) {
      const most = before.circuit.rate === null ? settings.rateStart : 2 * before.circuit.rate
      if ((rate ?? 0) > Math.min(most, rateLimitOf(after, settings)))
        complain(`ramps at ${String(rate)} after ${String(before.circuit.rate)}`)
      if (before.circuit.failures > 0 && (rate ?? 0) > (before.circuit.rate ?? 0) && before.circuit.rate !== null)
        complain(`ramps up to ${String(rate)} after a tick with a failure`)
    }
    this.#tickAt.set(`${after.id} ${after.releaser.tick}`, this.#world.now)
    // What changed while this tick was looking may be on the list or not.
    const began = by.startedAt
    for (const eventId of known) {
      const name = nameOf({ eventId, endpointId: after.id })
      const row = rows.get(name)
      if (row === undefined || (this.#writtenAt.get(name) ?? 0) >= began || after.releaser.out.includes(eventId))
        continue
      const isOut = row.released !== null || (row.claim !== null && row.claim.until > now)
      if (isOut && after.circuit.state === before.circuit.state) complain(`forgets ${eventId}, which is out`)
    }
    return complaints
  }
}

const nameOf = ({ eventId, endpointId }: WorkKey): string => `${eventId} ${endpointId}`
