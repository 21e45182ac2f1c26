import type { Account as AccountRow } from "@posthorn/core/account"
import { isFinished, type Attempt, type DeliveryRow } from "@posthorn/core/delivery"
import type { EndpointRow } from "@posthorn/core/endpoint"
import { deliveryId } from "@posthorn/core/id"
import { iso, isoOrNull, type Instant } from "@posthorn/core/time"
import type * as z from "zod"

import type { Account, Delivery, DeliveryWithAttempts, Endpoint } from "./schemas.ts"

/** Rows -> the exact JSON of the resources. Each field is written out, so that nothing of a row gets out by itself. */

export const REDACTED = "[redacted]"

export const presentAccount = (row: AccountRow): z.infer<typeof Account> => ({
  id: row.id,
  name: row.name,
  publicId: row.publicId,
  profileUrn: row.profileUrn,
  pictureUrl: row.pictureUrl,
  status: row.status,
  statusReason: row.statusReason,
  statusChangedAt: iso(row.statusChangedAt),
  dialect: row.dialect,
  baselinedAt: isoOrNull(row.baselinedAt),
  lastPolledAt: isoOrNull(row.lastPolledAt),
  lastAttemptedAt: isoOrNull(row.lastAttemptedAt),
  nextPollAt: iso(row.nextPollAt),
  lastMessageAt: isoOrNull(row.lastMessageAt),
  lagMs: row.lagMs,
  consecutiveFailures: row.consecutiveFailures,
  lastError:
    row.lastError === null
      ? null
      : {
          kind: row.lastError.kind,
          message: row.lastError.message,
          status: row.lastError.status,
          at: iso(row.lastError.at),
        },
  conversations: { tracked: row.tracked, quarantined: row.quarantine.length },
  unreadableMessages: row.unreadableMessages,
  label: row.label,
  paused: row.paused,
  pollSeconds: row.pollSeconds,
  lastReconciliation:
    row.lastReconciliation === null ? null : { ...row.lastReconciliation, at: iso(row.lastReconciliation.at) },
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
})

export const presentEndpoint = (row: EndpointRow, heldCount: number, now: Instant): z.infer<typeof Endpoint> => ({
  id: row.id,
  url: row.url,
  description: row.description,
  eventTypes: row.eventTypes,
  filter: row.filter,
  format: row.format,
  ordering: row.ordering,
  headers: Object.fromEntries(Object.keys(row.headers).map((name) => [name, REDACTED])),
  rateLimit: row.rateLimit,
  metadata: row.metadata,
  status: row.status,
  disabledReason: row.disabledReason,
  disabledAt: isoOrNull(row.disabledAt),
  circuit: {
    state: row.circuit.state,
    openedAt: isoOrNull(row.circuit.openedAt),
    nextProbeAt: isoOrNull(row.circuit.nextProbeAt),
  },
  notBefore: isoOrNull(row.notBefore),
  heldCount,
  previousSecretExpiresAt: isoOrNull(previousSecretExpiry(row, now)),
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
})

/** The first secret is the one in use; one behind it signs along until it expires. */
const previousSecretExpiry = (row: EndpointRow, now: Instant): Instant | null =>
  row.secrets.slice(1).find(({ expiresAt }) => expiresAt !== null && expiresAt > now)?.expiresAt ?? null

/**
 * A delivery whose endpoint was deleted is never sent again, whatever its row says until the next worker looks at it. So it is
 * shown as what it is: cancelled, from the moment of the deletion on.
 */
export const presentDelivery = (row: DeliveryRow, endpointDeletedAt: Instant | null): z.infer<typeof Delivery> => {
  const last = row.attempts.at(-1)
  const shown = {
    id: deliveryId(row.eventId, row.endpointId),
    eventId: row.eventId,
    eventType: row.eventType,
    endpointId: row.endpointId,
    accountId: row.accountId,
    status: row.status,
    statusReason: row.statusReason,
    attemptCount: row.attemptCount,
    nextAttemptAt: isoOrNull(row.nextAttemptAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    finishedAt: isoOrNull(row.finishedAt),
    lastAttempt: last === undefined ? null : presentAttempt(last),
  }
  if (endpointDeletedAt === null || isFinished(row.status)) return shown
  const at = iso(Math.max(endpointDeletedAt, row.createdAt))
  return { ...shown, status: "cancelled", statusReason: "endpoint_deleted", nextAttemptAt: null, finishedAt: at }
}

export const presentDeliveryWithAttempts = (
  row: DeliveryRow,
  endpointDeletedAt: Instant | null,
): z.infer<typeof DeliveryWithAttempts> => ({
  ...presentDelivery(row, endpointDeletedAt),
  attempts: row.attempts.map(presentAttempt),
})

const presentAttempt = (attempt: Attempt) => ({
  id: attempt.id,
  number: attempt.number,
  trigger: attempt.trigger,
  startedAt: iso(attempt.startedAt),
  durationMs: attempt.durationMs,
  outcome: attempt.outcome,
  errorKind: attempt.errorKind,
  errorMessage: attempt.errorMessage,
  responseStatus: attempt.responseStatus,
  retryAfterSeconds: attempt.retryAfterSeconds,
  responseBody: attempt.responseBody,
  responseBodyTruncated: attempt.responseBodyTruncated,
})
