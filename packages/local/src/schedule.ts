import type { Account } from "@posthorn/core/account"
import type { Logger } from "@posthorn/core/logger"
import { messageOf } from "@posthorn/core/error"
import { dealable, perMinuteAt } from "@posthorn/core/poll/budget"
import { due, dueAt, type PollMessage } from "@posthorn/core/poll/due"
import { chosen, paceOf, type ScheduleSettings } from "@posthorn/core/poll/pace"
import type { PollDeps } from "@posthorn/core/poll/deps"
import type { PollReport } from "@posthorn/core/poll/poll"
import type { AccountStore, BudgetStore, Clock } from "@posthorn/core/ports"

import { createRequestWindow } from "./request-window.ts"

/** The schedule looks at least this often: an account may be new, or asked for by hand. */
const LOOK_MS = 1_000
/** And at most this often. */
const LOOK_MIN_MS = 25

export interface ScheduleDeps {
  store: Pick<AccountStore, "listAccounts"> & Pick<BudgetStore, "getBudget">
  poll(message: PollMessage, settings: PollDeps["settings"]): Promise<PollReport>
  clock: Clock
  logger: Logger
  settings: ScheduleSettings
}

export interface Schedule {
  start(): void
  /** Resolves when no poll is under way. */
  stop(): Promise<void>
  /** Look now rather than at the next tick. */
  wake(): void
}

/** Timers in place of EventBridge Scheduler: deals out the minute's requests among the accounts that are due, and polls them. */
export const createSchedule = (deps: ScheduleDeps): Schedule => {
  const requests = createRequestWindow()
  const polling = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | null = null
  let running = false
  let looking = false

  const look = async (): Promise<void> => {
    if (looking) return
    looking = true
    let waitMs = LOOK_MS
    try {
      waitMs = await deal()
    } catch (error) {
      deps.logger.error("schedule.failed", { error: messageOf(error) })
    }
    looking = false
    plan(waitMs)
  }

  /** Polls what is due; answers how long to wait before looking again. */
  const deal = async (): Promise<number> => {
    const accounts = chosen(await deps.store.listAccounts(), deps.settings)
    const now = deps.clock.now()
    const budget = await deps.store.getBudget()
    const perMinute = dealable(perMinuteAt(budget, deps.settings.requestsPerMinute, now))
    const pace = paceOf(accounts, budget, deps.settings, now)
    const paces = new Map(accounts.map((account) => [account.id, pace(account)]))
    const free = accounts.filter((account) => !polling.has(account.id))
    const left = Math.max(0, perMinute - requests.used(now))
    const intervalMs = (account: Pick<Account, "pollSeconds">): number => pace(account).intervalMs
    for (const message of due(free, { now, until: now, intervalMs, requests: left })) {
      const own = paces.get(message.accountId)
      if (own === undefined) continue
      const settings = { ...own, requestsPerMinute: deps.settings.requestsPerMinute }
      polling.set(message.accountId, run(message, settings))
    }
    const next = Math.min(...free.map(dueAt).filter((at) => at > now))
    return Math.min(Math.max(next - now, LOOK_MIN_MS), LOOK_MS)
  }

  const run = async (message: PollMessage, settings: PollDeps["settings"]): Promise<void> => {
    const reserved = requests.reserve(deps.clock.now(), message.grant.list + message.grant.threads)
    let used = 0
    try {
      const report = await deps.poll(message, settings)
      if ("requests" in report) used = report.requests
    } catch (error) {
      used = message.grant.list + message.grant.threads
      deps.logger.error("poll.broke", { accountId: message.accountId, error: messageOf(error) })
    }
    reserved.settle(used, deps.clock.now())
    polling.delete(message.accountId)
    plan(LOOK_MIN_MS)
  }

  const plan = (waitMs: number): void => {
    if (!running) return
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => void look(), waitMs)
  }

  return {
    start: () => {
      running = true
      void look()
    },
    stop: async () => {
      running = false
      if (timer !== null) clearTimeout(timer)
      await Promise.all(polling.values())
    },
    wake: () => plan(0),
  }
}
