import { randomBytes } from "node:crypto"

import { openStore, type SqliteStore } from "@posthorn/local/store/open"

import type { DeliverMessage, DeliveryMessage } from "../delivery.ts"
import { closedCircuit, type EndpointRow } from "../endpoint.ts"
import type { HttpResult, Post } from "../http.ts"
import { derivedId } from "../id.ts"
import { silentLogger } from "../logger.ts"
import type { BusEntry, Message } from "../ports.ts"
import { createSeal } from "../seal.ts"
import { secretContext } from "./seal-context.ts"
import { newSecret } from "./sign.ts"
import type { WorkDeps } from "./work.ts"

export const EVENT_ID = derivedId("event", "test")
export const ENDPOINT_ID = derivedId("endpoint", "test")

/** A real store, with clock, queue and receiver in the test's hands. */
export interface World {
  store: SqliteStore
  deps: WorkDeps
  now: number
  sent: Message<DeliveryMessage>[]
  published: BusEntry[]
  posted: Parameters<Post>[0][]
  /** What the receiver does; 200 at first. */
  answer: () => HttpResult | Promise<HttpResult>
  message: DeliverMessage
  addEndpoint(over?: Partial<EndpointRow>): Promise<EndpointRow>
}

export const answered = (status: number, headers: Record<string, string> = {}): HttpResult => ({
  ok: true,
  answer: { status, headers, body: new Uint8Array(), cut: false },
})

export const createWorld = async (): Promise<World> => {
  const store = openStore({ path: ":memory:" })
  const bytes = (size: number) => new Uint8Array(randomBytes(size))
  const seal = createSeal({ keys: [bytes(32)], randomBytes: bytes })
  const world: World = {
    store,
    now: 1_800_000_000_000,
    sent: [],
    published: [],
    posted: [],
    answer: () => answered(200),
    message: { v: 1, log: "acc", position: 1, eventId: EVENT_ID, endpointId: ENDPOINT_ID, number: 1 },
    addEndpoint: async (over = {}) => {
      const row: EndpointRow = {
        id: ENDPOINT_ID,
        version: 1,
        revision: 1,
        url: "https://receiver.example/hook",
        description: null,
        eventTypes: ["message.received"],
        filter: null,
        format: "standard",
        ordering: "none",
        headers: {},
        rateLimit: null,
        metadata: {},
        secrets: [{ sealed: seal.seal(newSecret(bytes), secretContext(over.id ?? ENDPOINT_ID)), expiresAt: null }],
        status: "enabled",
        disabledReason: null,
        disabledAt: null,
        circuit: closedCircuit,
        releaser: null,
        rotatedAt: null,
        enabledAt: world.now,
        notBefore: null,
        requestHash: null,
        deletedAt: null,
        createdAt: world.now,
        updatedAt: world.now,
        ...over,
      }
      await store.putEndpoint(row, null)
      return row
    },
    deps: {
      store,
      bus: {
        publish: async (entries) => {
          world.published.push(...entries)
          return entries.map(() => null)
        },
      },
      queue: {
        send: async (messages) => {
          world.sent.push(...messages)
          return messages.map(() => null)
        },
      },
      post: async (request) => {
        world.posted.push(request)
        return world.answer()
      },
      clock: { now: () => world.now, sleep: async () => {} },
      random: () => 0.5,
      randomBytes: bytes,
      open: seal.open,
      logger: silentLogger,
      settings: {
        version: "0.0.0",
        allowPrivateUrls: false,
        retrySchedule: [5_000, 3_600_000],
        retentionMs: 86_400_000,
      },
    },
  }
  await store.appendEvent({
    log: "acc",
    position: 1,
    event: {
      id: EVENT_ID,
      type: "message.received",
      timestamp: "2026-11-14T23:46:40.000Z",
      data: { note: "only its bytes matter here" } as never,
    },
    seenAt: world.now,
    conversationId: "2-c",
    sequence: 1,
    previous: null,
    forgotten: false,
  })
  return world
}
