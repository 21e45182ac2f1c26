import type { Logger } from "../logger.ts"
import type {
  AccountStore,
  BudgetStore,
  Bus,
  CheckpointStore,
  Clock,
  JobStore,
  LogStore,
  RandomBytes,
} from "../ports.ts"
import type { Counter } from "../stats/collect.ts"
import type { Upstream } from "../upstream/thread.ts"

/** What polling one account needs. */
export interface PollDeps {
  store: AccountStore & CheckpointStore & LogStore & BudgetStore & JobStore
  bus: Bus
  upstream: Upstream
  clock: Clock
  randomBytes: RandomBytes
  logger: Logger
  /** Nobody counts where it is absent. */
  counter?: Counter
  settings: {
    /** How often this account is to be polled, in ms. */
    intervalMs: number
    /** Said as the account's reason when the interval had to be stretched; else null. */
    stretched: string | null
    requestsPerMinute: number
  }
}
