import type { Account } from "@posthorn/core/account"
import type { Attempt, DeliveryRow } from "@posthorn/core/delivery"
import { newId, shortHash } from "@posthorn/core/id"
import { DAY_MS } from "@posthorn/core/time"

import { account, delivery, endpointId, event, eventId, T0 } from "./rows.ts"

/** Rows of the size that live ones have. */

/** Not round: DynamoDB keeps no trailing zeros. */
export const NOW = T0 + 7_654_321
export const ACCOUNT = "65f1c0ffee65f1c0ffee65f1"
export const CONVERSATION = "2-YzJjNmQ4ZmUtYjE0Ny01NDQwLTg0OTQtYTM2ZTM0NTQ1NzEyXzEwMA=="
export const EVENT_BYTES = 2_000
const ANSWER_BYTES = 200

export const EVENT = eventId("units")
export const ENDPOINT = endpointId("units")
export const OWNER = newId("request", () => new Uint8Array(17).fill(7))

export const eventOf = (bytes: number) => {
  const empty = Buffer.byteLength(
    JSON.stringify(event(EVENT, ACCOUNT, { type: "message.received", data: { text: "" } })),
  )
  return event(EVENT, ACCOUNT, { type: "message.received", data: { text: "x".repeat(bytes - empty) } })
}

/** A whole front page of upstream's list; hashes as they are, since what looks random does not deflate. */
export const front = (unread: number): Account["front"] =>
  Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      shortHash(`conversation ${String(index)}`),
      { print: shortHash(`print ${String(index)}`), unread: index === 0 ? unread : 0 },
    ]),
  )

export const liveAccount = (): Account =>
  account(ACCOUNT, {
    publicId: "ada-lovelace-9a1b2c3d",
    profileUrn: "urn:li:fsd_profile:ACoAABcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
    pictureUrl: `https://media.licdn.com/dms/image/${"x".repeat(120)}`,
    status: "healthy",
    dialect: "conversations",
    baselinedAt: NOW,
    watermark: NOW,
    front: front(0),
    lastPolledAt: NOW,
    lastAttemptedAt: NOW,
    lastMessageAt: NOW,
    lagMs: 1_200,
    lastReconciliation: { at: NOW, checked: 240, missing: 0 },
    label: "Ada, sales DACH",
    pollSeconds: 120,
    tracked: 180,
    published: 2_111,
    statusChangedAt: NOW,
    nextPollAt: NOW,
    createdAt: NOW,
    updatedAt: NOW,
  })

export const claimed = (): DeliveryRow =>
  delivery(EVENT, ENDPOINT, {
    log: ACCOUNT,
    accountId: ACCOUNT,
    position: 2_112,
    eventType: "conversation.created",
    createdAt: NOW,
    updatedAt: NOW,
    claim: {
      id: newId("attempt", () => new Uint8Array(17)),
      number: 1,
      trigger: "schedule",
      startedAt: NOW,
      until: NOW + 45_000,
    },
  })

export const attempt = (change: Partial<Attempt>): Attempt => ({
  id: newId("attempt", () => new Uint8Array(17)),
  number: 1,
  trigger: "schedule",
  startedAt: NOW,
  durationMs: 1_234,
  outcome: "succeeded",
  errorKind: null,
  errorMessage: null,
  responseStatus: 200,
  retryAfterSeconds: null,
  responseBody: `{"ok":true,"id":"${"x".repeat(ANSWER_BYTES - 19)}"}`,
  responseBodyTruncated: false,
  ...change,
})

export const tried = (outcome: Attempt): DeliveryRow => ({
  ...claimed(),
  version: 2,
  claim: null,
  attempts: [outcome],
  attemptCount: 1,
  scheduledAttempts: 1,
  updatedAt: NOW + 1_234,
})

export const succeeded = (): DeliveryRow => ({
  ...tried(attempt({})),
  status: "succeeded",
  finishedAt: NOW + 1_234,
  expiresAt: NOW + 30 * DAY_MS,
})

export const retrying = (): DeliveryRow => ({
  ...tried(attempt({ outcome: "failed", errorKind: "http_status", errorMessage: "answered 500", responseStatus: 500 })),
  status: "retrying",
  nextAttemptAt: NOW + 5_000,
  work: { kind: "due", at: NOW + 5_000 },
})
