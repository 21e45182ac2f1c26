import { isFinished, type DeliveryRow } from "@posthorn/core/delivery"
import { newDelivery } from "@posthorn/core/delivery/plan"
import { VisibleError } from "@posthorn/core/error"
import { deliveryId, derivedId } from "@posthorn/core/id"
import { finishedJob, isJobFinished } from "@posthorn/core/job"
import { silentLogger } from "@posthorn/core/logger"
import type { BusEntry, Store } from "@posthorn/core/ports"
import { createReplay } from "@posthorn/core/replay/create"
import type { ReplayRequest } from "@posthorn/core/replay/progress"
import { resumeJobs } from "@posthorn/core/replay/resume-jobs"
import { stepJob, type StepDeps } from "@posthorn/core/replay/step"
import { withIndexLag } from "../contract/index-lag.ts"
import { account, endpoint as endpointRow, endpointId, logRow } from "../contract/rows.ts"
import { dice } from "./dice.ts"
import { steppedBus, steppedQueue, steppedStore } from "./ports.ts"
import { QueueModel } from "./queue-model.ts"
import type { Report, RunOptions } from "./report.ts"
import { CALM, World, type Process } from "./world.ts"

const T0 = Date.UTC(2026, 10, 1)
const LOGS = ["ada", "bob"]
const ENDPOINT = endpointId("replayed")
const JOB = derivedId("job", "simulated")
const LIFETIME_MS = 85_000
const ROUNDS_MAX = 60

/** One seed: a replay over two logs whose deliveries are in every state, while they are delivered, given up and written to; its
 * steps and its maker die anywhere. In peace it has to end, and to have missed nothing. */
export const replayRun = async (seed: number, options: RunOptions): Promise<Report> => {
  const run = new ReplayRun(seed, options)
  await run.prepare()
  await run.chaos()
  await run.peace()
  return await run.report()
}

type Deps = StepDeps & { store: Store }

class ReplayRun {
  readonly #world: World
  readonly #store: Store
  readonly #queue: QueueModel
  readonly #request: ReplayRequest
  /** Ids of what was published before the replay was asked for, and is asked for. */
  readonly #asked = new Set<string>()
  /** How often the job opened a delivery, and which were open at some moment since it was asked for. */
  readonly #opened = new Map<string, number>()
  readonly #wasOpen = new Set<string>()
  readonly #failed = new Set<string>()
  readonly #violations: string[] = []
  #cancelledAt: number | null = null
  #started = 0

  constructor(seed: number, options: RunOptions) {
    const draw = dice(`replay ${seed}`)
    const chances = {
      crash: draw.pick([0.002, 0.01, 0.03]),
      fail: 0.002,
      late: 0.1,
      pace: draw.pick([5, 50, 200]),
      stall: draw.pick([0, 0.001]),
    }
    this.#world = new World(`replay world ${seed}`, { now: T0 + 1_000_000, chances, tracing: options.tracing })
    this.#queue = new QueueModel(draw, () => this.#world.now)
    this.#store = this.#observed(withIndexLag(options.openStore(), { operations: 20 }))
    const since = draw.pick([T0, T0, T0 + draw.int(120_000)])
    this.#request = {
      since,
      until: draw.chance(0.3) ? since + draw.int(100_000) + 1 : null,
      eventTypes: null,
      eventIds: null,
      onlyFailed: draw.chance(0.5),
    }
  }

  async prepare(): Promise<void> {
    const { dice } = this.#world
    await this.#store.putEndpoint(endpointRow(ENDPOINT, { createdAt: T0 }), null)
    for (const log of LOGS) {
      await this.#store.createAccount(account(log))
      const events = dice.between(5, 130)
      for (let position = 1; position <= events; position++) await this.#happen(log, position)
      await this.#store.raisePublished(log, events)
    }
  }

  /** An event, and what has become of its delivery so far. */
  async #happen(log: string, position: number): Promise<void> {
    const { dice } = this.#world
    const row = logRow(log, position, { forgotten: dice.chance(0.03) })
    await this.#store.appendEvent(row)
    const { since, until } = this.#request
    const isAsked = !row.forgotten && row.seenAt >= (since ?? 0) && (until === null || row.seenAt < until)
    if (isAsked) this.#asked.add(row.event.id)
    const place = { eventId: row.event.id, endpointId: ENDPOINT, log, position }
    const made = { ...newDelivery(place, { type: row.event.type, accountId: log }, row.seenAt), version: 1 }
    const past = dice.pick(pasts)
    if (past !== null) await this.#store.putDelivery({ ...made, ...past(this.#world.now) }, null)
  }

  /** Sees every write of a delivery as it happens. */
  #observed(store: Store): Store {
    const putDelivery: Store["putDelivery"] = async (row, expectedVersion) => {
      const before = await store.getDelivery(row.eventId, row.endpointId)
      const put = await store.putDelivery(row, expectedVersion)
      if (put) this.#note(before, row)
      return put
    }
    return new Proxy(store, {
      get: (target, name) => (name === "putDelivery" ? putDelivery : (Reflect.get(target, name) as unknown)),
    })
  }

  #note(before: DeliveryRow | null, row: DeliveryRow): void {
    const id = row.eventId
    const isOurs = row.jobId === JOB && before?.jobId !== JOB
    if (isOurs) {
      this.#opened.set(id, (this.#opened.get(id) ?? 0) + 1)
      if (before !== null && !isFinished(before.status))
        this.#violations.push(`${id} was ${before.status} and was opened`)
      if (before?.status === "exhausted" && before.work?.kind === "due")
        this.#violations.push(`${id} was opened before its exhaustion was told`)
      if (!this.#asked.has(id)) this.#violations.push(`${id} was opened and not asked for`)
      if (this.#request.onlyFailed && before?.status !== "exhausted" && before?.status !== "cancelled")
        this.#violations.push(`${id} was ${before?.status ?? "never made"} and was opened as failed`)
    }
    if (!isFinished(row.status)) this.#wasOpen.add(id)
    if (row.status === "exhausted" || row.status === "cancelled") this.#failed.add(id)
  }

  async chaos(): Promise<void> {
    const { dice } = this.#world
    const cancels = dice.chance(0.3)
    for (let turn = 0; turn < 4_000; turn++) {
      if (dice.chance(0.01)) this.#ask()
      if (dice.chance(0.05)) this.#work()
      if (dice.chance(0.005)) this.#spawn("sweep", (deps) => resumeJobs(deps))
      if (dice.chance(0.05)) await this.#deliver()
      if (cancels && turn > 500 && dice.chance(0.002)) await this.#cancel()
      if (await this.#world.advance()) continue
      this.#world.now += dice.int(30_000)
      for (let deliveries = 0; deliveries < 12; deliveries++) await this.#deliver()
    }
  }

  async peace(): Promise<void> {
    const world = this.#world
    world.chances = CALM
    this.#queue.refusals = this.#queue.repeats = 0
    await world.settle(200_000)
    this.#ask()
    for (let round = 0; round < ROUNDS_MAX; round++) {
      world.now += 100_000
      this.#spawn("sweep", (deps) => resumeJobs(deps))
      await world.settle(200_000)
      while (this.#work()) await world.settle(200_000)
      const job = await this.#store.getJob(JOB)
      if (job !== null && isJobFinished(job.status)) break
    }
  }

  async report(): Promise<Report> {
    const job = await this.#store.getJob(JOB)
    const violations = [...this.#violations, ...this.#world.surprises]
    const wanted = this.#cancelledAt === null ? "succeeded" : "cancelled"
    if (job?.status !== wanted) violations.push(`the job is ${job?.status ?? "not there"}`)
    for (const [id, times] of this.#opened) if (times > 1) violations.push(`${id} was opened ${times} times`)
    if (job?.status === "succeeded") {
      if (!this.#request.onlyFailed && job.done !== this.#asked.size)
        violations.push(`done is ${job.done} of ${this.#asked.size}`)
      if (job.matched !== job.done) violations.push(`matched is ${job.matched}, done ${job.done}`)
      for (const id of this.#asked) {
        const isOwed = !this.#request.onlyFailed || this.#failed.has(id)
        if (isOwed && !this.#opened.has(id) && !this.#wasOpen.has(id)) violations.push(`${id} was missed`)
      }
    }
    const told = new Set((await this.#store.readLog("system", 0, 10_000)).map(({ event }) => event.id))
    for (const id of this.#opened.keys()) {
      const row = await this.#store.getDelivery(id, ENDPOINT)
      const exhausted = derivedId("event", "delivery.exhausted", deliveryId(id, ENDPOINT), "7")
      if (row?.attemptCount === 7 && !told.has(exhausted)) violations.push(`that ${id} was exhausted was not told`)
    }
    const { counts, trace } = this.#world
    return {
      violations,
      trace,
      counts: {
        steps: counts.steps,
        processes: counts.processes,
        crashes: counts.crashes,
        asked: this.#asked.size,
        opened: this.#opened.size,
        cancelled: Number(job?.status === "cancelled"),
        jobs: 1,
        releasers: this.#started,
      },
    }
  }

  #ask(): void {
    this.#spawn("ask", async (deps) => {
      const endpoint = await deps.store.getEndpoint(ENDPOINT)
      if (endpoint === null || (await deps.store.getJob(JOB)) !== null) return
      await createReplay(this.#request, endpoint, { id: JOB, requestHash: null }, deps).catch((error: unknown) => {
        if (!(error instanceof VisibleError)) throw error
      })
    })
  }

  #work(): boolean {
    const message = this.#queue.receive()
    if (message === null) return false
    const body: unknown = message.body
    this.#spawn("step", async (deps, process) => {
      const verdict = await stepJob(body as Parameters<typeof stepJob>[0], deps)
      await this.#world.step(process, `says ${verdict.kind} of ${message.id}`, () =>
        this.#queue.settle(message.id, verdict),
      )
    })
    return true
  }

  /** Somebody else writes deliveries: lets them out, has them arrive, gives them up. */
  async #deliver(): Promise<void> {
    const { dice, now } = this.#world
    const [log, position] = [dice.pick(LOGS), dice.between(1, 130)]
    const event = await this.#store.getEvent(log, position)
    const row = event === null ? null : await this.#store.getDelivery(event.event.id, ENDPOINT)
    if (row === null || isFinished(row.status)) return
    const end = dice.chance(0.8) ? { status: "succeeded" as const, work: null } : exhausted(now)
    const attemptCount = row.attemptCount === 7 ? 7 : 3
    await this.#store.putDelivery(
      {
        ...row,
        ...end,
        attemptCount,
        statusReason: null,
        finishedAt: now,
        expiresAt: now + 1e9,
        version: row.version + 1,
      },
      row.version,
    )
  }

  async #cancel(): Promise<void> {
    const row = await this.#store.getJob(JOB)
    if (row === null || isJobFinished(row.status)) return
    if (await this.#store.putJob(finishedJob(row, "cancelled", { now: this.#world.now }), row.version))
      this.#cancelledAt = this.#world.now
  }

  #spawn(name: string, run: (deps: Deps, process: Process) => Promise<unknown>): Process {
    const options = name === "step" ? { lifetime: LIFETIME_MS } : {}
    return this.#world.spawn(name, (process) => run(this.#depsOf(process), process), options)
  }

  #depsOf(process: Process): Deps {
    const world = this.#world
    const bus = { publish: async (entries: BusEntry[]) => entries.map(() => null) }
    return {
      store: steppedStore(this.#store, world, process),
      bus: steppedBus(bus, world, process),
      queue: steppedQueue(this.#queue.client(), world, process),
      clock: world.clockOf(process),
      random: () => world.dice.next(),
      logger: silentLogger,
      startReleaser: (id) =>
        world.step(process, `starts the releaser of ${id}`, () => {
          this.#started++
        }),
      settings: { retentionMs: 30 * 86_400_000 },
    }
  }
}

const exhausted = (now: number) => ({ status: "exhausted" as const, work: { kind: "failed" as const, at: now } })

/** What may have become of a delivery before the replay: 7 attempts mark those whose exhaustion is still to be told. */
const pasts: (((now: number) => Partial<DeliveryRow>) | null)[] = [
  null,
  (now) => ({ status: "succeeded", finishedAt: now, expiresAt: now + 1e9 }),
  (now) => ({ ...exhausted(now), finishedAt: now, expiresAt: now + 1e9, jobId: "job_of_last_week" }),
  (now) => ({
    ...exhausted(now),
    attemptCount: 7,
    work: { kind: "due", at: now },
    finishedAt: now,
    expiresAt: now + 1e9,
  }),
  (now) => ({ status: "cancelled", statusReason: "endpoint_gone", finishedAt: now, expiresAt: now + 1e9 }),
  (now) => ({ status: "pending", work: { kind: "due", at: now } }),
  (now) => ({ status: "retrying", nextAttemptAt: now, work: { kind: "due", at: now } }),
  (now) => ({ status: "held", statusReason: "paused", work: { kind: "held", replay: false, at: now } }),
]
