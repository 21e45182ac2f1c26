import { accountOf, isAnswer, ok, type Answer, type Call } from "./answer.ts"

const PLAN = {
  premiumType: "NON_PREMIUM",
  isPremium: false,
  hasSalesNavigator: false,
  hasRecruiter: false,
  hasAwayMessages: false,
  hasAdvertiseBadge: false,
  hasHiringManager: false,
}

/** GET /linkedin/account/status and /linkedin/account/{accountId}/status: a bare object, no `success` (upstream README 3). */
export function accountStatus(call: Call, accountId?: string): Answer {
  const account = accountOf(call, accountId)
  if (isAnswer(account)) return account
  const planIsKnown = call.settings.generation === "v2" && ["AVAILABLE", "WARMUP"].includes(account.status)
  return ok({
    id: account.id,
    firstName: account.firstName,
    lastName: account.lastName,
    publicId: account.publicId,
    platform: "ConnectSafely",
    status: account.status,
    enabled: account.enabled,
    lastUsed: new Date(account.lastUsedAt).toISOString(),
    hasTokens: account.hasTokens,
    ...(planIsKnown ? { linkedinPlan: PLAN } : {}),
  })
}

/** GET /linkedin/accounts: a bare array (upstream README 3). `q` is a name, public id, account id or profile URL. */
export function accountsList({ world, query }: Call): Answer {
  const wanted = (query["q"] ?? "").toLowerCase()
  const found = [...world.accounts.values()].filter(({ id, owner, publicId }) =>
    [id, publicId, owner.name.toLowerCase(), `https://www.linkedin.com/in/${publicId}`].some((text) =>
      text.includes(wanted),
    ),
  )
  return ok(
    found.map(({ id, firstName, lastName, publicId, owner, status, enabled, apiSeatAllocated }) => ({
      id,
      firstName,
      lastName,
      publicId,
      picture: owner.picture,
      status,
      enabled,
      apiSeatAllocated,
    })),
  )
}

const DAY_MS = 86_400_000

/** GET /linkedin/account/{accountId}/quota: `resetAt` has a space where ISO has a T (upstream README 3). */
export function accountQuota(call: Call, accountId: string): Answer {
  const account = accountOf(call, accountId)
  if (isAnswer(account)) return account
  const midnight = (Math.floor(call.world.now() / DAY_MS) + 1) * DAY_MS
  const resetAt = new Date(midnight).toISOString().slice(0, 19).replace("T", " ") + "+00:00"
  const quota = (feature: string, used: number, limit: number, linkedinLimit: number) => ({
    feature,
    window: "daily",
    used,
    limit,
    linkedinLimit,
    remaining: limit - used,
    limitReached: used >= limit,
    limitReachedAt: null,
    resetAt,
  })
  return ok({
    accountId: account.id,
    quotas: [quota("PROFILE_VIEW", 12, 120, 150), quota("DIRECT_MESSAGE", 7, 100, 120)],
  })
}
