import type { Account } from "../account.ts"
import type { PollDeps } from "./deps.ts"
import type { HistoryProgress, HistoryTask } from "./history.ts"
import type { Progress } from "./progress.ts"

export interface HistoryAccount extends Account {
  baselinedAt: number
}

/** What a step needs to know about all of its requests and events. */
export interface HistoryStep {
  account: HistoryAccount
  task: HistoryTask
  /** Changed as the step goes on: what it says at any await is true then. */
  state: HistoryProgress
  progress: Progress
  deps: PollDeps
  /** Takes one request of the grant; false when the step is over. */
  takeRequest: () => boolean
}
