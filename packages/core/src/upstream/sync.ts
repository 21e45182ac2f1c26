import * as z from "zod"

import { Count, MaybeTime, Text } from "./fields.ts"
import type { SyncStatus } from "./thread.ts"

const State = z.object({
  lastSyncAt: MaybeTime,
  consecutiveFailures: Count,
  lastError: Text,
})
const Answer = z.object({
  accounts: z.array(z.object({ accountId: z.string(), syncState: State }).nullable().catch(null)).catch([]),
})

/** The account's entry of `/conversations/sync/status` (upstream docs, section 4.4); null where there is none that can be read. */
export const syncOf = (body: unknown, accountId: string): SyncStatus | null => {
  const { accounts } = Answer.parse(body)
  const state = accounts.find((account) => account?.accountId === accountId)?.syncState
  if (state === undefined) return null
  const failing = state.consecutiveFailures > 0
  return { lastSyncAt: state.lastSyncAt, failure: failing ? (state.lastError ?? "its last reading failed") : null }
}
