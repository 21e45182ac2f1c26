import type { BudgetStore, Clock } from "../ports.ts"
import { MINUTE_MS } from "../time.ts"
import { perMinuteAt, reserved } from "./budget.ts"

export interface TakeRequestDeps {
  store: Pick<BudgetStore, "getBudget" | "takeReserved">
  clock: Clock
  settings: { requestsPerMinute: number }
}

/** Takes one of the requests that each minute keeps back from polls. False: none is left, or upstream has paused everyone. */
export const takeRequest = async ({ store, clock, settings }: TakeRequestDeps): Promise<boolean> => {
  const now = clock.now()
  const budget = await store.getBudget()
  if ((budget?.pausedUntil ?? 0) > now) return false
  const max = reserved(perMinuteAt(budget, settings.requestsPerMinute, now))
  return await store.takeReserved(Math.floor(now / MINUTE_MS) * MINUTE_MS, max)
}
