import type { Account, Quarantined } from "../account.ts"
import { MINUTE_MS, SECOND_MS, type Instant } from "../time.ts"
import { UpstreamError } from "../upstream/thread.ts"

/** Conversations that fail for themselves are kept aside, at most so many; beyond, the watermark waits. */
export const QUARANTINE_MAX = 50
const RETRY_FIRST_MS = 30 * SECOND_MS
const RETRY_MAX_MS = 60 * MINUTE_MS

/** Whether a failed thread read is about that thread (then the others go on), or about all of upstream. */
export const isAboutThread = (error: unknown): error is UpstreamError =>
  error instanceof UpstreamError &&
  ["bad_request", "not_found", "server_error", "timeout", "invalid_answer", "refused"].includes(error.kind)

/** The quarantine with this conversation in it (again, for longer), or null when it is full. */
export const putAside = (
  quarantine: Quarantined[],
  conversation: { id: string; urn: string },
  reason: string,
  now: Instant,
): Quarantined[] | null => {
  const before = quarantine.find((entry) => entry.conversationId === conversation.id)
  if (before === undefined && quarantine.length >= QUARANTINE_MAX) return null
  const failures = (before?.failures ?? 0) + 1
  const retryAt = now + Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MAX_MS)
  const entry = {
    conversationId: conversation.id,
    urn: conversation.urn,
    failures,
    retryAt,
    reason: reason.slice(0, 200),
  }
  return [...quarantine.filter((other) => other !== before), entry]
}

export const release = (quarantine: Quarantined[], conversationId: string): Quarantined[] =>
  quarantine.filter((entry) => entry.conversationId !== conversationId)

export const isAside = (account: Pick<Account, "quarantine">, conversationId: string, now: Instant): boolean =>
  account.quarantine.some((entry) => entry.conversationId === conversationId && entry.retryAt > now)
