import type { DeliverMessage, DeliveryRow } from "@posthorn/core/delivery"
import { isFinished } from "@posthorn/core/delivery"
import type { CircuitSettings } from "@posthorn/core/delivery/circuit"
import type { EndpointRow } from "@posthorn/core/endpoint"
import { ReleaserHistory } from "./observe-releaser.ts"
import type { Store } from "@posthorn/core/ports"
import type { QueueModel } from "./queue-model.ts"
import type { Process, World } from "./world.ts"

/** A request that starts later than this after a change was written must not use the settings of before. */
const SETTINGS_AGE_MAX_MS = 2_000

/** What has happened to deliveries and endpoints, with every rule checked at the moment it happens. */
export class DeliveryHistory {
  readonly rows = new Map<string, DeliveryRow>()
  readonly endpoints = new Map<string, { at: number; row: EndpointRow }[]>()
  /** Rows that were exhausted at some time: `<event> <endpoint> <attempts>`. */
  readonly exhausted = new Map<string, DeliveryRow>()
  /** Deliveries that were held at some time. */
  readonly held = new Set<string>()
  readonly violations: string[] = []
  dials = 0
  openings = 0
  probes = 0
  replays = 0
  /** Dials that the releaser had let out. */
  ramped = 0
  readonly #world: World
  readonly #queue: QueueModel
  readonly #attemptsMax: number
  readonly #releaser: ReleaserHistory

  constructor(
    world: World,
    queue: QueueModel,
    { attemptsMax, circuit }: { attemptsMax: number; circuit: CircuitSettings },
  ) {
    this.#world = world
    this.#queue = queue
    this.#attemptsMax = attemptsMax
    this.#releaser = new ReleaserHistory(world, circuit)
  }

  observed(store: Store, by: Process): Store {
    const watched: Partial<Store> = {
      putDelivery: async (row, expectedVersion) => {
        const put = await store.putDelivery(row, expectedVersion)
        if (put) this.#noteDelivery(row, by)
        return put
      },
      moveDue: async (eventId, endpointId, from, to) => {
        const moved = await store.moveDue(eventId, endpointId, from, to)
        const row = this.rows.get(`${eventId} ${endpointId}`)
        if (moved && row !== undefined)
          this.rows.set(`${eventId} ${endpointId}`, { ...row, work: { kind: "due", at: to } })
        return moved
      },
      putEndpoint: async (row, expectedVersion) => {
        const put = await store.putEndpoint(row, expectedVersion)
        const versions = this.endpoints.get(row.id) ?? []
        this.endpoints.set(row.id, versions)
        const before = versions.at(-1)?.row
        if (!put) return false
        versions.push({ at: this.#world.now, row })
        if (row.circuit.state === "open" && before?.circuit.openedAt !== row.circuit.openedAt) this.openings++
        if (before !== undefined) this.violations.push(...this.#releaser.noteEndpoint(before, row, by, this.rows))
        return true
      },
    }
    return new Proxy(store, {
      get: (target, name) => (Reflect.get(watched, name) as unknown) ?? (Reflect.get(target, name) as unknown),
    })
  }

  wasEver(endpointId: string, is: (row: EndpointRow) => boolean): boolean {
    return (this.endpoints.get(endpointId) ?? []).some(({ row }) => is(row))
  }

  isNow(endpointId: string, is: (row: EndpointRow) => boolean): boolean {
    const row = this.endpoints.get(endpointId)?.at(-1)?.row
    return row !== undefined && is(row)
  }

  #noteDelivery(row: DeliveryRow, by: Process): void {
    const name = `${row.eventId} ${row.endpointId}`
    const before = this.rows.get(name)
    this.rows.set(name, row)
    const complain = (what: string): void => void this.violations.push(`${name}: ${what} (${by.name})`)
    if (row.version !== (before?.version ?? 0) + 1) complain(`version ${row.version} after ${before?.version ?? 0}`)
    const made = row.attemptCount - (before?.attemptCount ?? 0)
    if (made < 0 || made > 1) complain(`attempt ${row.attemptCount} after ${before?.attemptCount ?? 0}`)
    const numbers = row.attempts.map(({ number }) => number)
    if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)))
      complain(`attempts are numbered ${numbers.join(", ")}`)
    if (row.scheduledAttempts > this.#attemptsMax) complain(`${row.scheduledAttempts} scheduled attempts`)
    if (
      before !== undefined &&
      isFinished(before.status) &&
      row.status !== before.status &&
      !/^(retry|replay)/.test(by.name)
    )
      complain(`went from ${before.status} to ${row.status}`)
    if (before !== undefined && before.claim !== null && before.claim.until > this.#world.now && row.claim !== null)
      complain("was claimed under a claim that still runs")
    if (before !== undefined && row.claim !== null && !(row.work?.kind === "due" && row.work.at > row.claim.until))
      complain("was claimed again without a due entry behind the claim's end")
    if (isFinished(row.status) !== (row.expiresAt !== null))
      complain(`${row.status} expires at ${String(row.expiresAt)}`)
    if (row.status === "held") this.held.add(name)
    if (row.claim?.trigger === "probe") this.probes++
    if (row.work?.kind === "held" && row.work.replay) this.replays++
    this.violations.push(...this.#releaser.noteDelivery(row))
    if (row.status === "exhausted") this.exhausted.set(`${name} ${row.attemptCount}`, row)
    this.checkTimer(row, complain)
  }

  /** An open delivery always has an undeleted queue message or an entry in the due or held index. */
  checkTimer(
    { eventId, endpointId }: Pick<DeliverMessage, "eventId" | "endpointId">,
    complain = (what: string): void => void this.violations.push(`${eventId} ${endpointId}: ${what}`),
  ): void {
    const row = this.rows.get(`${eventId} ${endpointId}`)
    // What is open for a deleted endpoint is shown as cancelled; nothing has to look at it.
    if (this.isNow(endpointId, ({ deletedAt }) => deletedAt !== null)) return
    if (row === undefined) {
      if (this.#queue.holds({ eventId, endpointId }) || this.wasEver(endpointId, isGone)) return
      complain("has neither a row nor a message")
      return
    }
    if (isFinished(row.status) || row.work !== null || this.#queue.holds(row)) return
    complain(`is ${row.status} with neither a message nor an entry: nothing will ever finish it`)
  }

  noteDial({ eventId, endpointId }: Pick<DeliverMessage, "eventId" | "endpointId">, url: string): void {
    this.dials++
    const versions = this.endpoints.get(endpointId) ?? []
    const { now } = this.#world
    const complain = (what: string): void =>
      void this.violations.push(`${eventId} ${endpointId}: ${url} was dialled ${what}`)
    const allowed = versions.filter(({ at, row }, index) => {
      const replacedAt = versions[index + 1]?.at ?? Infinity
      const isCurrent = at <= now && replacedAt >= now - SETTINGS_AGE_MAX_MS
      const isEnabled = row.status === "enabled" && row.deletedAt === null && (row.notBefore ?? 0) <= now
      const isLetOut = row.circuit.state === "closed" || row.releaser?.out.includes(eventId) === true
      return isCurrent && row.url === url && isEnabled && isLetOut
    })
    const { at, row } = versions.at(-1) ?? {}
    if (allowed.length === 0) {
      complain(`${now - (at ?? 0)} ms after its endpoint became ${JSON.stringify(row)}`)
      return
    }
    if (allowed.some((version) => version.row.circuit.state === "closed")) return
    this.ramped++
    if (!this.#releaser.useGrant({ eventId, endpointId })) complain("more often than it was let out")
  }
}

export const isGone = (row: EndpointRow): boolean => row.disabledReason === "gone"
