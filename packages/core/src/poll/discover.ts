import type { Account } from "../account.ts"
import type { AccountStore, Clock } from "../ports.ts"
import type { Upstream, UpstreamAccount } from "../upstream/thread.ts"

export interface DiscoverDeps {
  store: Pick<AccountStore, "createAccount">
  upstream: Pick<Upstream, "listAccounts">
  clock: Clock
  /** Only these; null for all that the key shows. */
  accountIds: string[] | null
}

/** Makes a row for each account that upstream shows and we do not know yet. Answers how many were new. Throws UpstreamError. */
export const discover = async (deps: DiscoverDeps): Promise<number> => {
  const shown = await deps.upstream.listAccounts()
  const wanted =
    deps.accountIds === null
      ? shown
      : deps.accountIds.map((id) => shown.find((account) => account.id === id) ?? nameless(id))
  const created = await Promise.all(
    wanted.map((account) => deps.store.createAccount(newAccount(account, deps.clock.now()))),
  )
  return created.filter(Boolean).length
}

/** One that the operator names and upstream does not list: its polls will say what is wrong. */
const nameless = (id: string): UpstreamAccount => ({
  id,
  name: null,
  publicId: null,
  pictureUrl: null,
  status: null,
  connected: true,
})

/** An account before its first poll. */
export const newAccount = (
  { id, name, publicId, pictureUrl }: Pick<UpstreamAccount, "id" | "name" | "publicId" | "pictureUrl">,
  now: number,
): Account => ({
  id,
  name,
  publicId,
  profileUrn: null,
  pictureUrl,
  status: "baselining",
  statusReason: null,
  statusChangedAt: now,
  dialect: null,
  baselinedAt: null,
  watermark: 0,
  front: {},
  quarantine: [],
  freshnessAskedAt: null,
  demand: 0,
  lastPolledAt: null,
  lastAttemptedAt: null,
  nextPollAt: now,
  lastMessageAt: null,
  lagMs: null,
  consecutiveFailures: 0,
  lastError: null,
  lastReconciliation: null,
  label: null,
  paused: false,
  pollSeconds: null,
  jobId: null,
  pollAskedAt: null,
  pollAgainAt: null,
  reconciling: null,
  tracked: 0,
  unreadableMessages: 0,
  published: 0,
  createdAt: now,
  updatedAt: now,
})
