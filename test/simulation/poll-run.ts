import { due, type PollMessage } from "@posthorn/core/poll/due"
import type { PollDeps } from "@posthorn/core/poll/deps"
import { poll } from "@posthorn/core/poll/poll"
import type { Bus, Store } from "@posthorn/core/ports"
import { silentLogger, type Logger } from "@posthorn/core/logger"
import { account as accountRow } from "../contract/rows.ts"
import { withIndexLag } from "../contract/index-lag.ts"
import { dice } from "./dice.ts"
import { happen, newInbox, writeLast, type Inbox, type Letter } from "./inbox.ts"
import { newLogHistory, observedBus, observedStore, type LogHistory } from "./observe-log.ts"
import { checkAccount } from "./poll-invariants.ts"
import { steppedBus, steppedStore, steppedUpstream } from "./ports.ts"
import type { Report, RunOptions } from "./report.ts"
import { drawManners, UpstreamModel, type Shown } from "./upstream-model.ts"
import { CALM, World, type Process } from "./world.ts"

export const T0 = Date.UTC(2026, 10, 1)
const INTERVAL_MS = 60_000
const ROUNDS_MAX = 150

/** One seed: accounts are polled while people write and everything fails, then in peace; then the guarantees have to hold. */
export const pollRun = async (seed: number, options: RunOptions): Promise<Report> => {
  const run = new PollRun(seed, options)
  await run.chaos()
  await run.peace()
  return run.report()
}

/**
 * Once an account has its baseline, every lease is over at once: polls run side by side. They may waste work; nothing else may
 * come of it. Only the line that the first good poll draws needs the lease.
 */
const leasingToAll = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) =>
      name === "acquireLease"
        ? async (id: string, owner: string, now: number, until: number) => {
            const isBaselined = ((await target.getAccount(id))?.baselinedAt ?? null) !== null
            return await target.acquireLease(id, owner, now, isBaselined ? now : until)
          }
        : (Reflect.get(target, name) as unknown),
  })

export class PollRun {
  protected readonly world: World
  protected readonly upstream: UpstreamModel
  protected readonly store: Store
  protected readonly history: LogHistory = newLogHistory()
  readonly #shown = new Map<Process, Shown>()
  #requests: number
  /** What a minute has for one or two accounts by default; in frugal runs no more than before. */
  readonly #requestsInPeace: number
  readonly #options: RunOptions
  readonly #refusals: { chance: number }
  #waiting: PollMessage[] = []
  #polls = 0

  constructor(seed: number, options: RunOptions) {
    const draw = dice(`poll ${seed}`)
    const chances = {
      crash: 0.03,
      fail: 0.005,
      late: 0.15,
      pace: draw.pick([20, 300, 3_000, 8_000]),
      stall: draw.pick([0, 0.005, 0.02]),
    }
    this.world = new World(`poll world ${seed}`, { now: T0, chances, tracing: options.tracing })
    const isFrugal = draw.chance(0.5)
    const manners = drawManners(T0, isFrugal, draw)
    const names = draw.chance(0.3) ? ["ada", "grace"] : ["ada"]
    const inboxes = names.map((name) => newInbox(name, T0 + manners.skew, draw))
    this.upstream = new UpstreamModel(inboxes, manners, draw, () => this.world.now)
    const store = withIndexLag(options.openStore(), { operations: 20 })
    this.store = draw.chance(0.3) ? leasingToAll(store) : store
    this.#requests = draw.between(5, 14) * names.length
    this.#requestsInPeace = isFrugal ? this.#requests : 48
    this.#refusals = { chance: draw.pick([0, 0.03]) }
    this.#options = options
    this.world.note(JSON.stringify({ manners, chances, requests: this.#requests }))
  }

  async chaos(): Promise<void> {
    for (const inbox of this.upstream.inboxes)
      await this.store.createAccount(accountRow(inbox.account, { nextPollAt: T0 }))
    const { dice } = this.world
    for (let turn = 0; turn < 450; turn++) {
      if (dice.chance(0.05)) this.#happen()
      this.meddle()
      if (dice.chance(0.02)) await this.#deal(this.world.now)
      if (!(await this.world.advance())) {
        this.world.now += dice.int(40_000)
        await this.#deal(this.world.now)
      }
    }
  }

  /** What else happens in a turn. */
  protected meddle(): void {
    // Nothing, in a run about polls alone.
  }

  /** Whether there is more to wait for than polls show, at the end of a round in peace. */
  protected async isBusy(): Promise<boolean> {
    return Promise.resolve(false)
  }

  /** Whether a message from before the baseline may have its event, marked as history. */
  protected mayBeBackfilled(_inbox: Inbox, _letter: Letter): boolean {
    return false
  }

  /** Nothing fails any more; each conversation gets one more message; polls go on until they find nothing. */
  async peace(): Promise<void> {
    const world = this.world
    world.chances = CALM
    this.#refusals.chance = 0
    this.#requests = this.#requestsInPeace
    this.upstream.heal()
    await world.settle()
    world.now += 180_000
    for (const inbox of this.upstream.inboxes) writeLast(inbox, world.now + this.upstream.manners.skew, world.dice)
    for (let round = 0, quiet = 0; quiet < 3; round++) {
      if (round > ROUNDS_MAX) {
        this.history.violations.push("polls in peace find no end")
        return
      }
      const accounts = await this.store.listAccounts()
      world.now = Math.max(world.now, ...accounts.map(({ nextPollAt }) => nextPollAt)) + 1_000
      const before = this.#rows()
      this.#waiting = []
      await this.#deal(world.now)
      await world.settle()
      const after = await this.store.listAccounts()
      const open = after.some((row) => row.demand > 0 || row.quarantine.length > 0 || row.baselinedAt === null)
      quiet = (await this.isBusy()) || open || this.#rows() > before ? 0 : quiet + 1
    }
  }

  report(): Report {
    const { counts, surprises, trace } = this.world
    const end = this.upstream.inboxes.flatMap((inbox) => {
      const tried = [...this.#shown.values()].filter(({ account }) => account === inbox.account)
      return checkAccount(inbox, this.#lineOf(inbox), tried, this.history, (letter) =>
        this.mayBeBackfilled(inbox, letter),
      )
    })
    const written = this.upstream.inboxes.map((inbox) => inbox.written)
    const sum = (of: (one: Inbox["written"]) => number): number => written.reduce((total, one) => total + of(one), 0)
    return {
      violations: [...this.history.violations, ...surprises, ...end],
      trace,
      counts: {
        steps: counts.steps,
        polls: this.#polls,
        events: this.#rows(),
        messages: sum(({ letters }) => letters),
        ties: sum(({ ties }) => ties),
        late: sum(({ late }) => late),
        own: sum(({ own }) => own),
        crashes: counts.crashes,
      },
    }
  }

  #lineOf(inbox: Inbox): Shown | undefined {
    const process = this.history.baselinedBy.get(inbox.account)
    return process && this.#shown.get(process)
  }

  #rows(): number {
    return [...this.history.rows.values()].reduce((total, rows) => total + rows.length, 0)
  }

  #happen(): void {
    const { dice, now } = this.world
    const upstream = this.upstream
    if (dice.chance(0.9)) happen(dice.pick(upstream.inboxes), now + upstream.manners.skew, dice)
    else if (dice.chance(0.5)) upstream.downUntil = now + dice.int(120_000)
    else upstream.limitedUntil = now + dice.int(60_000)
  }

  /** The schedule's tick. The queue behind it repeats messages, and hands them out late. */
  async #deal(now: number): Promise<void> {
    const { dice } = this.world
    const dealt = due(await this.store.listAccounts(), {
      now,
      until: now,
      intervalMs: () => INTERVAL_MS,
      requests: this.#requests,
    })
    for (const message of [...dealt, ...this.#waiting.splice(0)]) {
      if (dice.chance(0.05)) this.#waiting.push(message)
      else this.#spawn(message)
      if (dice.chance(0.1)) this.#spawn(message)
    }
  }

  #spawn(message: PollMessage): void {
    this.#polls++
    this.world.spawn("poll", (process) => poll(message, this.#depsOf(process)))
  }

  #depsOf(process: Process): PollDeps {
    const world = this.world
    const store = this.storeOf(process)
    const upstream = this.upstream.client((shown) => {
      if (!this.history.baselinedBy.has(shown.account)) this.#shown.set(process, shown)
    })
    const deps: PollDeps = {
      store,
      bus: steppedBus(observedBus(this.#bus(), this.history), world, process),
      upstream: steppedUpstream(upstream, world, process),
      clock: world.clockOf(process),
      randomBytes: (size) => world.dice.bytes(size),
      logger: this.#logger(),
      settings: { intervalMs: INTERVAL_MS, stretched: null, requestsPerMinute: 60 },
    }
    return this.#options.pollControl?.(deps) ?? deps
  }

  protected storeOf(process: Process): Store {
    return steppedStore(observedStore(this.store, this.history, process), this.world, process)
  }

  #bus(): Bus {
    return {
      publish: async (entries) =>
        entries.map((entry) => {
          const { dice } = this.world
          // One event in a hundred is always refused for itself.
          if (entry.event.id.endsWith("7")) return { message: "malformed", permanent: true }
          return dice.chance(this.#refusals.chance) ? { message: "busy", permanent: dice.chance(0.3) } : null
        }),
    }
  }

  #logger(): Logger {
    return {
      ...silentLogger,
      error: (fact, fields) => {
        this.world.note(`${fact} ${JSON.stringify(fields)}`)
        if (fact === "event.unpublishable") this.history.unpublishable.add(String(fields?.eventId))
      },
    }
  }
}
