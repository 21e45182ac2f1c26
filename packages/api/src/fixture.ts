import { deepStrictEqual } from "node:assert"
import { createHash } from "node:crypto"

import type { Account } from "@posthorn/core/account"
import type { DeliveryMessage, DeliveryRow } from "@posthorn/core/delivery"
import type { FieldError } from "@posthorn/core/error"
import { messageEventId, type Event } from "@posthorn/core/event"
import type { LogRow } from "@posthorn/core/log-row"
import { silentLogger } from "@posthorn/core/logger"
import { newAccount } from "@posthorn/core/poll/discover"
import type { BusEntry, Message } from "@posthorn/core/ports"
import { createSeal } from "@posthorn/core/seal"
import { iso } from "@posthorn/core/time"
import { openStore } from "@posthorn/local/store/open"
import type * as z from "zod"

import { createApi, type Api } from "./app.ts"
import { Problem } from "./problem.ts"
import type { ApiDeps, RequestLine } from "./deps.ts"
import { ownFiles } from "./static-files.ts"

/** For tests only: the API on a real store in memory, with a clock that stands still and bytes that repeat. */

export const ADMIN_KEY = "phk_admin_0123456789"
export const NOW = Date.parse("2026-11-14T23:47:21.200Z")
export const URL_A = "https://hooks.example.com/catch/1/abc/"

export const testApi = (overrides: Partial<ApiDeps> = {}) => {
  const store = openStore({ path: ":memory:" })
  const lines: RequestLine[] = []
  const sent: Message<DeliveryMessage>[] = []
  const polled: string[] = []
  const published: BusEntry[] = []
  const clock = { at: NOW, now: () => clock.at, sleep: async () => {} }
  let drawn = 0
  const randomBytes = (size: number) =>
    new Uint8Array(createHash("shake256", { outputLength: size }).update(String(drawn++)).digest())
  const deps: ApiDeps = {
    store,
    queue: {
      send: async (messages) => {
        sent.push(...messages)
        return messages.map(() => null)
      },
    },
    bus: {
      publish: async (entries) => {
        published.push(...entries)
        return entries.map(() => null)
      },
    },
    clock,
    logger: silentLogger,
    random: () => 0.5,
    randomBytes,
    seal: createSeal({ keys: [new Uint8Array(32).fill(1)], randomBytes }),
    adminKey: ADMIN_KEY,
    allowPrivateUrls: false,
    deployment: { name: "posthorn", stage: "local", version: "0.1.0", upstream: "simulator" },
    staticFiles: ownFiles(),
    retentionMs: 30 * 86_400_000,
    upstream: null,
    takeUpstreamRequest: async () => true,
    hintSecret: null,
    pollNow: async (accountId) => {
      polled.push(accountId)
      await store.setNextPollAt(accountId, clock.at)
    },
    log: (line) => lines.push(line),
    ...overrides,
  }
  const app = createApi(deps)

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = text !== "" && response.headers.get("content-type")?.includes("json") === true
    const answered = (isJson ? JSON.parse(text) : {}) as Answered
    if (isJson) checkShape(app, method, path, response.status, answered)
    return { status: response.status, headers: response.headers, text, body: answered }
  }
  const makeEndpoint = async (fields: object = {}) =>
    (await call("POST", "/v1/endpoints", { url: URL_A, ...fields })).body
  return { app, call, makeEndpoint, store, deps, clock, lines, sent, polled, published }
}

/** Of an answer what tests look into; the rest is compared whole. */
export interface Answered {
  id: string
  secret: string
  code: string
  detail: string
  errors: FieldError[]
  data: Answered[]
  nextCursor: string | null
  [field: string]: unknown
}

/**
 * Every answer that a test gets is held against the schema that the document shows for it. Parsing drops what the schema does
 * not have, so that a field too many fails like one too few.
 */
export const checkShape = (app: Api, method: string, path: string, status: number, body: unknown): void => {
  const pathname = path.split("?")[0] ?? ""
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== "route" || definition.route.method.toUpperCase() !== method) continue
    if (!new RegExp(`^${definition.route.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname)) continue
    const response = definition.route.responses[status] as
      { content: Record<string, { schema: z.ZodType }> } | undefined
    const schema = status >= 400 ? Problem : response?.content["application/json"]?.schema
    if (schema === undefined)
      throw new Error(`${method} ${definition.route.path} answered ${status}, which is not documented`)
    deepStrictEqual(schema.parse(body), body)
  }
}

export const accountRow = (id: string, more: Partial<Account> = {}): Account => ({
  ...newAccount({ id, name: "Jane Smith", publicId: "jane-smith", pictureUrl: null }, NOW - 6_000),
  profileUrn: "urn:li:fsd_profile:ACoAAOWN",
  status: "healthy",
  statusChangedAt: NOW - 5_000,
  dialect: "legacy",
  baselinedAt: NOW - 4_000,
  watermark: NOW - 3_000,
  quarantine: [{ conversationId: "2-x", urn: "urn:x", failures: 3, retryAt: NOW, reason: "does not parse" }],
  lastPolledAt: NOW - 2_000,
  lastAttemptedAt: NOW - 2_000,
  nextPollAt: NOW + 60_000,
  lagMs: 41_200,
  lastError: { kind: "rate_limited", message: "Too many requests.", status: 429, at: NOW - 9_000 },
  tracked: 214,
  published: 7,
  createdAt: NOW - 6_000,
  updatedAt: NOW - 2_000,
  ...more,
})

export const logRow = (accountId: string, position: number, seenAt: number): LogRow => {
  const conversationId = "2-MTEx"
  const event: Event<"message.received"> = {
    id: messageEventId(accountId, conversationId, String(position)),
    type: "message.received",
    timestamp: iso(seenAt - 1_000),
    data: {
      account: { id: accountId, name: null, profileUrn: null },
      conversation: { id: conversationId, urn: "urn:c", url: null, title: null, isGroup: false, participants: [] },
      message: {
        id: String(position),
        urn: "urn:m",
        text: "First message",
        subject: null,
        sentAt: iso(seenAt - 1_000),
        direction: "inbound",
        sender: null,
        attachments: [{ type: "image", url: null, name: null }],
        reactions: [],
        truncated: false,
      },
      sequence: position,
      seenAt: iso(seenAt),
      backfill: false,
    },
  }
  return {
    log: accountId,
    position,
    event,
    seenAt,
    conversationId,
    sequence: position,
    previous: null,
    forgotten: false,
  }
}

export const deliveryRow = (eventId: string, endpointId: string, more: Partial<DeliveryRow> = {}): DeliveryRow => ({
  eventId,
  endpointId,
  version: 1,
  log: "a1",
  position: 1,
  eventType: "message.received",
  accountId: "a1",
  status: "retrying",
  statusReason: null,
  attempts: [
    {
      id: "att_0123456789012345678901",
      number: 1,
      trigger: "schedule",
      startedAt: NOW - 1_000,
      durationMs: 132,
      outcome: "failed",
      errorKind: "http_status",
      errorMessage: "The receiver answered 503.",
      responseStatus: 503,
      retryAfterSeconds: null,
      responseBody: "busy",
      responseBodyTruncated: false,
    },
  ],
  attemptCount: 1,
  scheduledAttempts: 1,
  trigger: "schedule",
  claim: null,
  released: null,
  slot: null,
  jobId: null,
  nextAttemptAt: NOW + 5_000,
  work: { kind: "due", at: NOW + 95_000 },
  createdAt: NOW - 2_000,
  updatedAt: NOW - 1_000,
  finishedAt: null,
  expiresAt: null,
  ...more,
})
