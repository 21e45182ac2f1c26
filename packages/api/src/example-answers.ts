import {
  account,
  ACCOUNT_ID,
  CONVERSATION_ID,
  customExample,
  DELIVERY_ID,
  ENDPOINT_ID,
  EVENT_ID,
  eventExamples,
  EXAMPLE_SECRET as secret,
  SEEN_AT,
} from "./event-examples.ts"

/** An answer of each shape, by its name. They tell one story: Alice's message of 23:46:40, on its way to the CRM's endpoint. */

const MADE_AT = "2026-11-02T08:00:00.000Z"
const JOB_ID = "job_u7Lr0Qe3VbX9sTfW2kHn6A"
const KEY_ID = "key_c5Dg1NzP8mJw4yRtK0vB2Q"
const event = eventExamples["message.received"]

const Account = {
  ...account,
  publicId: "jane-smith",
  pictureUrl: null,
  status: "healthy",
  statusReason: null,
  statusChangedAt: MADE_AT,
  dialect: "conversations",
  baselinedAt: MADE_AT,
  lastPolledAt: SEEN_AT,
  lastAttemptedAt: SEEN_AT,
  nextPollAt: "2026-11-14T23:48:21.200Z",
  lastMessageAt: event.timestamp,
  lagMs: 41_200,
  consecutiveFailures: 0,
  lastError: null,
  conversations: { tracked: 214, quarantined: 0 },
  unreadableMessages: 0,
  label: "Jane, sales",
  paused: false,
  pollSeconds: null,
  lastReconciliation: { at: "2026-11-14T02:00:04.000Z", checked: 57, missing: 0 },
  createdAt: MADE_AT,
  updatedAt: SEEN_AT,
}

const Endpoint = {
  id: ENDPOINT_ID,
  url: "https://hooks.example.com/catch/1/abc/",
  description: "CRM",
  eventTypes: ["message.received", "message.sent"],
  filter: { data: { message: { text: [{ wildcard: "*invoice*" }] } } },
  format: "standard",
  ordering: "conversation",
  headers: { "x-crm-token": "[redacted]" },
  rateLimit: 10,
  metadata: { team: "sales" },
  status: "enabled",
  disabledReason: null,
  disabledAt: null,
  circuit: { state: "closed", openedAt: null, nextProbeAt: null },
  notBefore: null,
  heldCount: 0,
  previousSecretExpiresAt: null,
  createdAt: MADE_AT,
  updatedAt: MADE_AT,
}

const Attempt = {
  id: "att_9xKq4LmZ7vT2bWcR5sYd1Q",
  number: 1,
  trigger: "schedule",
  startedAt: "2026-11-14T23:47:21.900Z",
  durationMs: 132,
  outcome: "failed",
  errorKind: "http_status",
  errorMessage: "The receiver answered 503.",
  responseStatus: 503,
  retryAfterSeconds: null,
  responseBody: "busy",
  responseBodyTruncated: false,
}
const Delivery = {
  id: DELIVERY_ID,
  eventId: EVENT_ID,
  eventType: event.type,
  endpointId: ENDPOINT_ID,
  accountId: ACCOUNT_ID,
  status: "retrying",
  statusReason: null,
  attemptCount: 1,
  nextAttemptAt: "2026-11-14T23:47:27.032Z",
  createdAt: "2026-11-14T23:47:21.600Z",
  updatedAt: "2026-11-14T23:47:22.032Z",
  finishedAt: null,
  lastAttempt: Attempt,
}
const DeliveryWithAttempts = { ...Delivery, attempts: [Attempt] }
const unsent = { status: "pending", attemptCount: 0, nextAttemptAt: null, lastAttempt: null }

const Job = {
  id: JOB_ID,
  kind: "replay",
  status: "running",
  endpointId: ENDPOINT_ID as string | null,
  accountId: null as string | null,
  input: { since: "2026-11-14T00:00:00.000Z", onlyFailed: true } as object,
  matched: 120,
  done: 80,
  missing: null,
  error: null,
  createdAt: SEEN_AT,
  finishedAt: null,
}
const ofAccount = { endpointId: null, accountId: ACCOUNT_ID, matched: 0, done: 0, status: "queued" }

const Key = {
  id: KEY_ID,
  name: "zapier",
  prefix: "phk_c5Dg",
  scopes: ["read", "endpoints"],
  createdAt: MADE_AT,
  expiresAt: "2027-11-14T00:00:00.000Z",
  lastUsedAt: SEEN_AT,
}

const listOf = (...data: object[]) => ({ data, nextCursor: null })
const refusal = {
  clause: "filter",
  path: "/data/message/text",
  wanted: [{ wildcard: "*invoice*" }],
  found: [event.data.message.text],
}
const found = { oldest: "2026-11-14T00:12:03.000Z", newest: SEEN_AT, exact: true }

const Me = {
  key: { id: KEY_ID, name: "zapier", scopes: ["read", "endpoints"] },
  deployment: { name: "posthorn", stage: "local", version: "0.1.0", upstream: "connectsafely" },
  session: null,
}

export const answerExamples: Record<string, unknown> = {
  Health: { status: "ok" },
  Me,
  Account,
  AccountList: listOf(Account),
  Endpoint,
  EndpointList: listOf(Endpoint),
  EndpointWithSecret: { ...Endpoint, secret },
  EndpointPreviewResult: {
    considered: 100,
    matched: 0,
    samples: [],
    refused: [{ clause: refusal, count: 100, example: EVENT_ID }],
  },
  Event: event,
  EventList: listOf(event),
  Trace: {
    eventId: EVENT_ID,
    type: event.type,
    log: ACCOUNT_ID,
    position: 812,
    seenAt: SEEN_AT,
    published: true,
    omitted: 0,
    endpoints: [
      {
        endpointId: ENDPOINT_ID,
        wanted: true,
        refusal: null,
        delivery: DeliveryWithAttempts,
        explanation: "Failed so far, after 1 attempt; the next is planned. The receiver answered 503.",
      },
    ],
  },
  Delivery,
  DeliveryList: listOf(Delivery),
  DeliveryWithAttempts,
  Stats: {
    since: "2026-11-14T22:48:00.000Z",
    until: "2026-11-14T23:48:00.000Z",
    minutes: [{ at: "2026-11-14T23:47:00.000Z", seen: 1, succeeded: 0, failed: 1, held: 0 }],
    endpoints: [
      { endpointId: ENDPOINT_ID, succeeded: 99, failed: 1, held: 0, successRate: 0.99, p50Ms: 120, p95Ms: 480 },
    ],
  },
  Forgotten: { forgotten: 500 },
  MessageList: listOf(event.data.message),
  Job,
  JobList: listOf(Job),
  ReplayCount: { matched: 120, ...found },
  BackfillEstimate: { conversations: 38, ...found },
  Key,
  KeyList: listOf(Key),
  KeyWithSecret: { ...Key, lastUsedAt: null, key: `phk_${KEY_ID.slice(4)}EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAM` },
}

/** Where the shape's own would mislead, or has no name: by operation and status. */
export const answerExamplesOf: Record<string, unknown> = {
  "POST /v1/session 201": { ...Me, session: { expiresAt: "2026-11-15T11:47:21.200Z" } },
  "POST /v1/endpoints/{id}/pause 200": { ...Endpoint, status: "paused", heldCount: 3, updatedAt: SEEN_AT },
  "POST /v1/endpoints/{id}/rotate-secret 200": {
    ...Endpoint,
    previousSecretExpiresAt: "2026-11-15T23:47:21.200Z",
    updatedAt: SEEN_AT,
    secret,
  },
  "POST /v1/endpoints/{id}/test 202": { ...Delivery, ...unsent, eventType: "ping", accountId: null },
  "POST /v1/events 201": customExample,
  "POST /v1/accounts/{id}/typing 200": { accountId: ACCOUNT_ID, conversationId: CONVERSATION_ID },
  "POST /v1/accounts/{id}/backfill 202": {
    ...Job,
    ...ofAccount,
    kind: "backfill",
    input: { since: "2026-11-01T00:00:00.000Z", endpointIds: null },
  },
  "POST /v1/accounts/{id}/reconcile 202": { ...Job, ...ofAccount, kind: "reconcile", input: {} },
}
