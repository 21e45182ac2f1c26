import { sendPing } from "@posthorn/core/delivery/ping"
import { held } from "@posthorn/core/delivery/plan"
import { type CircuitSettings, DEFAULT_CIRCUIT } from "@posthorn/core/delivery/circuit"
import { pauseEndpoint, resumeEndpoint } from "@posthorn/core/delivery/pause"
import { startReleaser } from "@posthorn/core/delivery/releaser"
import { retryDelivery } from "@posthorn/core/delivery/retry"
import { sweep } from "@posthorn/core/delivery/sweep"
import { work, type WorkDeps } from "@posthorn/core/delivery/work"
import { isFinished } from "@posthorn/core/delivery"
import type { EndpointRow } from "@posthorn/core/endpoint"
import { VisibleError } from "@posthorn/core/error"
import { fanout } from "@posthorn/core/fanout/fanout"
import { wants } from "@posthorn/core/fanout/match"
import { silentLogger } from "@posthorn/core/logger"
import type { BusEntry, Store } from "@posthorn/core/ports"
import { withIndexLag } from "../contract/index-lag.ts"
import { endpoint as endpointRow, endpointId, event, eventId, logRow } from "../contract/rows.ts"
import { checkDeliveries } from "./delivery-invariants.ts"
import { dice } from "./dice.ts"
import { DeliveryHistory } from "./observe-deliveries.ts"
import { steppedBus, steppedQueue, steppedStore } from "./ports.ts"
import { QueueModel } from "./queue-model.ts"
import { moods, ReceiverModel } from "./receiver-model.ts"
import type { Report, RunOptions } from "./report.ts"
import { CALM, World, type Process } from "./world.ts"

const T0 = Date.UTC(2026, 10, 1)
const LOG = "ada"
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
const SCHEDULE_MS = [5_000, 30_000, 600_000]
/** As the runtimes, but small: a run has a few deliveries for each endpoint. */
const CIRCUIT: CircuitSettings = {
  ...DEFAULT_CIRCUIT,
  deliveries: 2,
  probeMsMax: 60_000,
  rateStart: 0.2,
  rateDefault: 1,
  disableAfterMs: 7_200_000,
  disableFailures: 8,
  graceMs: 90_000,
}
const SWEEP_MS = 300_000
const ROUNDS_MAX = 160
/** A worker does not outlive the time for which its message is hidden: 30 s on Lambda, here a little short of it. */
const LIFETIME_MS = 85_000

/** One seed: events go out to endpoints that fail, pause, move and vanish; then in peace everything open has to end. */
export const deliveryRun = async (seed: number, options: RunOptions): Promise<Report> => {
  const run = new DeliveryRun(seed, options)
  await run.chaos()
  await run.peace()
  return run.report()
}

class DeliveryRun {
  readonly #world: World
  readonly #store: Store
  readonly #queue: QueueModel
  readonly #receivers: ReceiverModel
  readonly #history: DeliveryHistory
  readonly #options: RunOptions
  /** What the bus has taken: each entry is fanned out until a fan-out came through. */
  readonly #entries: { entry: BusEntry; done: boolean; running: Process | null }[] = []
  readonly #eventsMax: number
  readonly #ids: string[]
  readonly #circuit: CircuitSettings
  /** Position of the newest event of each conversation. */
  readonly #newest = new Map<string, number>()
  #events = 0
  #refusals = 0.03
  #lostClaims = new Set<Process>()
  #repeats = 0

  constructor(seed: number, options: RunOptions) {
    const draw = dice(`delivery ${seed}`)
    const chances = {
      crash: 0.03,
      fail: 0.005,
      late: 0.15,
      pace: draw.pick([20, 100, 300, 800]),
      stall: draw.pick([0, 0.005, 0.02]),
    }
    this.#world = new World(`delivery world ${seed}`, { now: T0, chances, tracing: options.tracing })
    this.#queue = new QueueModel(draw, () => this.#world.now)
    this.#receivers = new ReceiverModel(draw)
    this.#store = withIndexLag(options.openStore(), { operations: 20 })
    // With 100 it never opens, and deliveries come to the end of their schedule.
    this.#circuit = { ...CIRCUIT, failures: draw.pick([3, 5, 100, 100, 100, 100]) }
    this.#history = new DeliveryHistory(this.#world, this.#queue, {
      attemptsMax: SCHEDULE_MS.length + 1,
      circuit: this.#circuit,
    })
    this.#eventsMax = draw.between(6, 14)
    this.#ids = Array.from({ length: draw.between(2, 3) }, (_, index) => endpointId(`${seed} ${index}`))
    this.#options = options
  }

  async chaos(): Promise<void> {
    const asked = [["*"], ["message.received", "delivery.exhausted"], ["*", "endpoint.disabled"]]
    for (const [index, id] of this.#ids.entries()) {
      const row = endpointRow(id, {
        url: urlOf(index),
        eventTypes: asked[index] ?? ["*"],
        createdAt: T0 + index,
        ordering: this.#world.dice.pick(["none", "none", "conversation"] as const),
        rateLimit: this.#world.dice.pick([null, null, 1, 3]),
      })
      await this.#history.observed(this.#store, NOBODY).putEndpoint(row, null)
    }
    const { dice } = this.#world
    for (let turn = 0; turn < 700; turn++) {
      if (dice.chance(0.03) && this.#events < this.#eventsMax) await this.#happen()
      if (dice.chance(0.2)) this.#work()
      if (dice.chance(0.06)) this.#fanOut()
      if (dice.chance(0.02)) this.#spawn("sweep", (deps) => sweep(deps))
      if (dice.chance(0.012)) this.#operate()
      if (dice.chance(0.02)) this.#receivers.moods.set(hostOf(dice.int(this.#ids.length)), dice.pick(moods))
      if (dice.chance(0.008)) this.#retry()
      if (dice.chance(0.006)) this.#replay()
      if (dice.chance(0.003)) this.#spawn("ping", (deps) => sendPing({ id: dice.pick(this.#ids) }, deps))
      if (await this.#world.advance()) continue
      this.#world.now += dice.int(30_000)
      this.#work()
    }
  }

  /**
   * Nothing fails any more but, in some runs and for a while, one receiver. Then everything is up and resumed, the deleted excepted,
   * and everything that is open has to end.
   */
  async peace(): Promise<void> {
    const world = this.#world
    world.chances = CALM
    this.#refusals = this.#queue.refusals = this.#queue.repeats = 0
    await world.settle()
    const down = world.dice.chance(0.65) ? world.dice.int(this.#ids.length) : -1
    for (const [index] of this.#ids.entries()) this.#receivers.moods.set(hostOf(index), index === down ? "down" : "up")
    await this.#resumeAll(0.5)
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if (round === ROUNDS_MAX / 2 && down >= 0) {
        this.#receivers.moods.set(hostOf(down), "up")
        await this.#resumeAll(0)
      }
      // A backlog for the one that is down.
      if (round < 6) await this.#happen()
      // Ticks of a releaser, and between them the waits of schedules.
      world.now += round % 4 === 3 ? SWEEP_MS : 5_000
      this.#spawn("sweep", (deps) => sweep(deps))
      await world.settle()
      while (this.#fanOut() || this.#work()) await world.settle()
    }
  }

  async #resumeAll(chanceOfGone: number): Promise<void> {
    for (const id of this.#ids) {
      const row = await this.#store.getEndpoint(id)
      if (row === null || row.deletedAt !== null) continue
      if (row.disabledReason === "gone" && !this.#world.dice.chance(chanceOfGone)) continue
      // A circuit must find out by itself.
      if (row.status === "enabled") continue
      this.#spawn("resume", (deps) => resumeEndpoint(id, deps))
      await this.#world.settle()
    }
  }

  report(): Report {
    const { counts, surprises, trace } = this.#world
    const rows = [...this.#history.rows.values()]
    return {
      violations: [
        ...this.#history.violations,
        ...surprises,
        ...checkDeliveries(this.#history, this.#receivers, this.#owed(), this.#told()),
      ],
      trace,
      counts: {
        steps: counts.steps,
        processes: counts.processes,
        crashes: counts.crashes,
        deliveries: rows.length,
        dials: this.#history.dials,
        held: this.#history.held.size,
        openings: this.#history.openings,
        ramped: this.#history.ramped,
        probes: this.#history.probes,
        replays: this.#history.replays,
        repeats: this.#repeats,
        succeeded: rows.filter(({ status }) => status === "succeeded").length,
        exhausted: rows.filter(({ status }) => status === "exhausted").length,
        cancelled: rows.filter(({ status }) => status === "cancelled").length,
        dead: this.#queue.dead,
      },
    }
  }

  /** `<event> <endpoint>` of all that fan-out has dealt with, whatever it put into the queue. */
  #owed(): Set<string> {
    const owed = new Set<string>()
    for (const { entry, done } of this.#entries)
      for (const id of this.#ids) {
        const row = this.#history.endpoints.get(id)?.at(-1)?.row
        if (done && row !== undefined && wants(row, entry.event)) owed.add(`${entry.event.id} ${id}`)
      }
    return owed
  }

  #told(): Set<string> {
    return new Set(this.#entries.map(({ entry }) => entry.event.id))
  }

  async #happen(): Promise<void> {
    const position = ++this.#events
    const type = this.#world.dice.pick(["message.received", "message.sent", "account.status_changed"] as const)
    const conversationId = this.#world.dice.pick(["2-a", "2-b"])
    const previous = this.#newest.get(conversationId) ?? null
    this.#newest.set(conversationId, position)
    const place = { conversationId, previous, seenAt: this.#world.now }
    const row = logRow(LOG, position, { ...place, event: event(eventId(position), LOG, { type }) })
    await this.#store.appendEvent(row)
    this.#take(row)
  }

  #take(entry: BusEntry): void {
    this.#entries.push({ entry, done: false, running: null })
  }

  /** The bus hands an entry to fan-out until that came through, and now and then once more. */
  #fanOut(): boolean {
    const { dice } = this.#world
    const open = this.#entries.filter(({ done, running }) => !done && running?.state !== "running")
    const again = this.#entries.length > 0 && this.#queue.repeats > 0 && dice.chance(0.1)
    if (open.length === 0 && !again) return false
    const taken = dice.pick(again ? this.#entries : open)
    taken.running = this.#spawn("fanout", async (deps) => {
      await fanout(taken.entry, deps)
      taken.done = true
    })
    return true
  }

  /** A worker takes one message. */
  #work(): boolean {
    const message = this.#queue.receive()
    if (message === null) return false
    if (message.receives > 1) this.#repeats++
    const { body } = message
    this.#spawn("eventId" in body ? "deliver" : "release", async (deps, process) => {
      const said = await work(body, deps)
      const verdict = this.#options.verdictControl?.(said, this.#lostClaims.has(process)) ?? said
      await this.#world.step(process, `says ${verdict.kind} of ${message.id}`, () => {
        this.#queue.settle(message.id, verdict)
        if ("eventId" in body) this.#history.checkTimer(body)
      })
    })
    return true
  }

  #retry(): void {
    const rows = [...this.#history.rows.values()]
    if (rows.length === 0) return
    const { eventId, endpointId } = this.#world.dice.pick(rows)
    this.#spawn("retry", async (deps) => {
      const row = await deps.store.getDelivery(eventId, endpointId)
      if (row === null) return
      await retryDelivery(row, deps).catch(onlyVisible)
    })
  }

  /** What a replay does to one delivery. */
  #replay(): void {
    const finished = [...this.#history.rows.values()].filter(
      ({ status, work }) => isFinished(status) && work?.kind !== "due",
    )
    if (finished.length === 0) return
    const { eventId, endpointId } = this.#world.dice.pick(finished)
    this.#spawn("replay", async (deps) => {
      const row = await deps.store.getDelivery(eventId, endpointId)
      if (row === null || !isFinished(row.status) || row.work?.kind === "due") return
      const opened = { ...row, trigger: "replay" as const, scheduledAttempts: 0, finishedAt: null, expiresAt: null }
      await deps.store.putDelivery(held(opened, "circuit_open", this.#world.now), row.version)
      await startReleaser(endpointId, deps)
    })
  }

  /** An operator writes an endpoint's row: pauses, resumes, moves or deletes it. */
  #operate(): void {
    const { dice, now } = this.#world
    const id = dice.pick(this.#ids)
    const what = dice.pick(["pause", "pause", "resume", "resume", "resume", "move", "move", "delete"] as const)
    if (what === "delete" && dice.chance(0.7)) return
    this.#spawn(what, async (deps) => {
      if (what === "pause") await pauseEndpoint(id, deps).catch(onlyVisible)
      else if (what === "resume") await resumeEndpoint(id, deps).catch(onlyVisible)
      else
        await this.#change(deps.store, id, (row) =>
          what === "move" ? { ...row, url: `${row.url}+` } : { ...row, deletedAt: now },
        )
    })
  }

  async #change(
    store: Pick<Store, "getEndpoint" | "putEndpoint">,
    id: string,
    to: (row: EndpointRow) => EndpointRow,
  ): Promise<void> {
    for (;;) {
      const row = await store.getEndpoint(id)
      if (row === null || row.deletedAt !== null) return
      const changed = { ...to(row), version: row.version + 1, revision: row.revision + 1 }
      if (await store.putEndpoint(changed, row.version)) return
    }
  }

  #spawn(name: string, run: (deps: WorkDeps, process: Process) => Promise<unknown>): Process {
    const options = name === "deliver" || name === "release" ? { lifetime: LIFETIME_MS } : {}
    return this.#world.spawn(name, (process) => run(this.#depsOf(process), process), options)
  }

  #depsOf(process: Process): WorkDeps {
    const world = this.#world
    const bus = {
      publish: async (entries: BusEntry[]) =>
        entries.map((entry) => {
          if (world.dice.chance(this.#refusals)) return { message: "busy", permanent: false }
          this.#take(entry)
          return null
        }),
    }
    const deps: WorkDeps = {
      store: steppedStore(this.#history.observed(this.#store, process), world, process),
      bus: steppedBus(bus, world, process),
      queue: steppedQueue(this.#queue.client(), world, process),
      post: this.#receivers.post(world, process, (url, eventId) => {
        const id = this.#ids.find((_, index) => url.startsWith(urlOf(index)))
        this.#history.noteDial({ eventId, endpointId: id ?? "" }, url)
      }),
      clock: world.clockOf(process),
      random: () => world.dice.next(),
      randomBytes: (size) => world.dice.bytes(size),
      open: () => SECRET,
      logger: { ...silentLogger, warn: (fact) => fact === "delivery.claim_lost" && this.#lostClaims.add(process) },
      settings: {
        version: "0",
        allowPrivateUrls: false,
        retrySchedule: SCHEDULE_MS,
        retentionMs: 30 * 86_400_000,
        circuit: this.#circuit,
        sweepMs: SWEEP_MS,
      },
    }
    return this.#options.deliverControl?.(deps) ?? deps
  }
}

const onlyVisible = (error: unknown): void => {
  if (!(error instanceof VisibleError)) throw error
}
const NOBODY: Process = {
  name: "setup",
  crashable: false,
  startedAt: 0,
  until: Infinity,
  state: "running",
  error: null,
}
const hostOf = (index: number): string => `hook${index}.example`
const urlOf = (index: number): string => `https://${hostOf(index)}/path`
