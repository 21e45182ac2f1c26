import { VisibleError } from "@posthorn/core/error"
import { messageEventId } from "@posthorn/core/event"
import { newId } from "@posthorn/core/id"
import { finishedJob, isJobFinished, type JobRow } from "@posthorn/core/job"
import { silentLogger } from "@posthorn/core/logger"
import { nightlyAt } from "@posthorn/core/poll/nightly"
import { restoreJobs } from "@posthorn/core/poll/restore-jobs"
import { startJob } from "@posthorn/core/poll/start-job"
import type { Store } from "@posthorn/core/ports"
import { DAY_MS, iso } from "@posthorn/core/time"
import { activityOf, type Inbox, type Letter } from "./inbox.ts"
import { PollRun, T0 } from "./poll-run.ts"
import type { Report, RunOptions } from "./report.ts"
import type { Process } from "./world.ts"

/** One seed: as pollRun, and meanwhile people ask for backfills and reconciliations, cancel them, and die while they ask. */
export const historyRun = async (seed: number, options: RunOptions): Promise<Report> => {
  const run = new HistoryRun(seed, options)
  await run.chaos()
  await run.peace()
  const { violations, counts, trace } = run.report()
  const asked = await run.checkJobs()
  return { violations: [...violations, ...asked.violations], counts: { ...counts, ...asked.counts }, trace }
}

class HistoryRun extends PollRun {
  /** Of every backfill that was ever asked for: the account, and since when. */
  readonly #asked: { account: string; since: number }[] = []
  /** The jobs that are asked for when nothing fails any more: they have to bring everything. */
  readonly #last = new Map<string, number>()
  #isPeace = false
  /** Nightly reconciliations that came to their end. */
  #nights = 0

  protected override meddle(): void {
    const { dice } = this.world
    if (dice.chance(0.015)) this.#ask(dice.pick(this.upstream.inboxes).account)
    if (dice.chance(0.01)) this.#sweep()
    if (dice.chance(0.002)) this.#cancel()
    // The machine slept until the night is over, or goes on in the middle of it.
    if (dice.chance(0.002))
      this.world.now = Math.max(this.world.now, nightlyAt(dice.pick(this.upstream.inboxes).account, this.world.now))
  }

  /** In peace the sweep runs in every round, and when no job is left, each account gets its last ones: a backfill, then a reconciliation. */
  protected override async isBusy(): Promise<boolean> {
    this.#isPeace = true
    this.#sweep()
    await this.world.settle()
    const open = (await this.store.listJobs()).some(({ status }) => !isJobFinished(status))
    if (open) return true
    const accounts = await this.store.listAccounts()
    if (accounts.some(({ demand, quarantine }) => demand > 0 || quarantine.length > 0)) return true
    const waiting = this.upstream.inboxes.filter(({ account }) => (this.#last.get(account) ?? 0) < 2)
    for (const { account } of waiting) this.#ask(account)
    await this.world.settle()
    return waiting.length > 0
  }

  protected override mayBeBackfilled(inbox: Inbox, letter: Letter): boolean {
    return this.#asked.some(({ account, since }) => account === inbox.account && letter.sentAt >= since)
  }

  async checkJobs(): Promise<{ violations: string[]; counts: Record<string, number> }> {
    const jobs = await this.store.listJobs()
    const rows = [...this.history.rows.values()].flat()
    const ids = new Set(rows.map(({ event }) => event.id))
    const backfilled = rows.filter(({ event }) => "backfill" in event.data && event.data.backfill).length
    const last = jobs.filter(({ input }) => input.isLast === true)
    const violations = [
      ...jobs.filter(({ status }) => !isJobFinished(status)).map(({ id }) => `job ${id} never ended`),
      ...last.filter(({ error }) => error !== null).map(({ kind, error }) => `the last ${kind} failed: ${error}`),
      ...last
        .filter(({ kind, missing }) => kind === "reconcile" && missing !== 0)
        .map(({ missing }) => `${missing} events were missing after all of it`),
      ...last.filter(({ kind }) => kind === "backfill").flatMap((job) => this.#unsent(job, ids)),
    ]
    const ended = jobs.filter(({ status }) => status === "succeeded").length
    const accounts = this.upstream.inboxes.length
    return { violations, counts: { jobs: jobs.length, ended, backfilled, accounts, nights: this.#nights } }
  }

  #unsent(job: JobRow, ids: Set<string>): string[] {
    const inbox = this.upstream.inboxes.find(({ account }) => account === job.accountId)
    const since = Date.parse(String(job.input.since))
    return (inbox?.talks ?? [])
      .filter((talk) => activityOf(talk) >= since)
      .flatMap(({ id, letters }) =>
        letters
          .filter(({ garbled, sentAt }) => !garbled && sentAt >= since)
          .filter((letter) => !ids.has(messageEventId(job.accountId ?? "", id, letter.id)))
          .map(
            (letter) => `the last backfill did not bring ${letter.id} of ${id}, sent ${letter.sentAt - T0} ms after T0`,
          ),
      )
  }

  protected override storeOf(process: Process): Store {
    const store = super.storeOf(process)
    const saveProgress: Store["saveProgress"] = async (...input) => {
      const saved = await store.saveProgress(...input)
      if (saved && input[2].reconciling === null && input[2].lastReconciliation !== undefined) this.#nights++
      return saved
    }
    return new Proxy(store, {
      get: (target, name) => (name === "saveProgress" ? saveProgress : (Reflect.get(target, name) as unknown)),
    })
  }

  #ask(accountId: string): void {
    const { dice } = this.world
    const isLast = this.#isPeace
    const since = T0 - dice.int(8 * DAY_MS)
    const kind = (isLast ? this.#last.get(accountId) === undefined : dice.chance(0.7)) ? "backfill" : "reconcile"
    const id = newId("job", (size) => dice.bytes(size))
    const input = { ...(kind === "backfill" ? { since: iso(since), endpointIds: null } : {}), isLast }
    if (kind === "backfill") this.#asked.push({ account: accountId, since })
    this.world.spawn("ask", async (process) => {
      const store = this.storeOf(process)
      const account = await store.getAccount(accountId)
      if (account === null) return
      try {
        await startJob(account, { id, kind, input, requestHash: null }, { store, clock: this.world.clockOf(process) })
        if (isLast) this.#last.set(accountId, (this.#last.get(accountId) ?? 0) + 1)
      } catch (error) {
        if (!(error instanceof VisibleError)) throw error
      }
    })
  }

  #sweep(): void {
    this.world.spawn("sweep", (process) =>
      restoreJobs({ store: this.storeOf(process), clock: this.world.clockOf(process), logger: silentLogger }),
    )
  }

  #cancel(): void {
    this.world.spawn("cancel", async (process) => {
      const store = this.storeOf(process)
      const job = (await store.listJobs()).find(({ status }) => !isJobFinished(status))
      if (job !== undefined) await store.putJob(finishedJob(job, "cancelled", { now: this.world.now }), job.version)
    })
  }
}
