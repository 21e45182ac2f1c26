import type { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { createStore } from "@posthorn/aws/store/client"
import type { Account } from "@posthorn/core/account"
import type { Attempt, DeliveryRow } from "@posthorn/core/delivery"
import { newId, shortHash } from "@posthorn/core/id"
import type { Store } from "@posthorn/core/ports"
import { DAY_MS, MINUTE_MS } from "@posthorn/core/time"

import { startDynamodbLocal } from "./dynamodb-engine.ts"
import { account, checkpoint, delivery, endpointId, event, eventId, known, logRow, T0 } from "./rows.ts"

export interface Units {
  writeRequests: number
  writeUnits: number
  readRequests: number
  readUnits: number
}

/** Not round: DynamoDB keeps no trailing zeros. */
const NOW = T0 + 7_654_321
const ACCOUNT = "65f1c0ffee65f1c0ffee65f1"
const CONVERSATION = "2-YzJjNmQ4ZmUtYjE0Ny01NDQwLTg0OTQtYTM2ZTM0NTQ1NzEyXzEwMA=="
const EVENT_BYTES = 2_000
const ANSWER_BYTES = 200

/** What each step costs, counted by DynamoDB Local: the figures follow from sizes and keys alone, so they never vary. */
export const countUnits = async (): Promise<Record<keyof typeof steps, Units>> => {
  const engine = await startDynamodbLocal()
  try {
    const count = counterOf(engine.client)
    const result: Partial<Record<keyof typeof steps, Units>> = {}
    for (const [name, step] of Object.entries(steps) as [keyof typeof steps, Step][]) {
      const tableName = await engine.createTable()
      const clock = { now: () => NOW + DAY_MS, sleep: async () => {} }
      const measured = await step(createStore({ client: engine.client, tableName, retentionDays: 30, clock }))
      result[name] = await count(measured)
    }
    return result as Record<keyof typeof steps, Units>
  } finally {
    await engine.close()
  }
}

/** Prepares a table, and answers what is to be counted. */
type Step = (store: Store) => Promise<() => Promise<unknown>>

const steps = {
  eventOf2KBWith200KnownIds: async (store) => {
    const before = checkpoint(CONVERSATION, {
      baseline: NOW,
      floor: NOW,
      known: known(200),
      sequences: { "message.received": 1_240, "message.sent": 871 },
    })
    await store.createAccount(liveAccount())
    await store.putCheckpoint(ACCOUNT, before, null)
    const after = { ...before, upto: 2_112, lastPosition: 2_112 }
    const row = logRow(ACCOUNT, 2_112, {
      event: eventOf(EVENT_BYTES),
      conversationId: CONVERSATION,
      sequence: 1_241,
      previous: 2_097,
    })
    return async () => {
      await store.appendEvent(row)
      await store.putCheckpoint(ACCOUNT, after, 1)
      await store.raisePublished(ACCOUNT, 2_112)
    }
  },
  firstTryDelivery: async (store) => async () => {
    await store.putDelivery(claimed(), null)
    await store.putDelivery(succeeded(), 1)
  },
  retryRecorded: async (store) => {
    await store.putDelivery(claimed(), null)
    return () => store.putDelivery(retrying(), 1)
  },
  dueEntryMoved: async (store) => {
    await store.putDelivery(retrying(), null)
    return () => store.moveDue(EVENT, ENDPOINT, NOW + 5_000, NOW + 605_000)
  },
  idlePoll: async (store) => {
    await store.createAccount(liveAccount())
    return async () => {
      await store.acquireLease(ACCOUNT, OWNER, NOW, NOW + MINUTE_MS)
      await store.readLog(ACCOUNT, 2_111, 100)
      const progress = {
        lastPolledAt: NOW + 300,
        lastAttemptedAt: NOW + 300,
        nextPollAt: NOW + MINUTE_MS,
        updatedAt: NOW + 300,
      }
      await store.saveProgress(ACCOUNT, OWNER, { ...progress, status: "healthy", front: front(1), lagMs: 900 }, true)
    }
  },
} satisfies Record<string, Step>

const EVENT = eventId("units")
const ENDPOINT = endpointId("units")
const OWNER = newId("request", () => new Uint8Array(17).fill(7))

const eventOf = (bytes: number) => {
  const empty = Buffer.byteLength(
    JSON.stringify(event(EVENT, ACCOUNT, { type: "message.received", data: { text: "" } })),
  )
  return event(EVENT, ACCOUNT, { type: "message.received", data: { text: "x".repeat(bytes - empty) } })
}

/** A whole front page of upstream's list; hashes as they are, since what looks random does not deflate. */
const front = (unread: number): Account["front"] =>
  Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      shortHash(`conversation ${String(index)}`),
      { print: shortHash(`print ${String(index)}`), unread: index === 0 ? unread : 0 },
    ]),
  )

const liveAccount = (): Account =>
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
    tracked: 180,
    published: 2_111,
    statusChangedAt: NOW,
    nextPollAt: NOW,
    createdAt: NOW,
    updatedAt: NOW,
  })

const claimed = (): DeliveryRow =>
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

const attempt = (change: Partial<Attempt>): Attempt => ({
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

const tried = (outcome: Attempt): DeliveryRow => ({
  ...claimed(),
  version: 2,
  claim: null,
  attempts: [outcome],
  attemptCount: 1,
  scheduledAttempts: 1,
  updatedAt: NOW + 1_234,
})

const succeeded = (): DeliveryRow => ({
  ...tried(attempt({})),
  status: "succeeded",
  finishedAt: NOW + 1_234,
  expiresAt: NOW + 30 * DAY_MS,
})

const retrying = (): DeliveryRow => ({
  ...tried(attempt({ outcome: "failed", errorKind: "http_status", errorMessage: "answered 500", responseStatus: 500 })),
  status: "retrying",
  nextAttemptAt: NOW + 5_000,
  work: { kind: "due", at: NOW + 5_000 },
})

/** Asks for the consumed capacity with every request, and adds it up while something is counted. */
const counterOf = (client: DynamoDBClient) => {
  let units: Units = none()
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = { ...(args.input as object), ReturnConsumedCapacity: "INDEXES" }
      const answer = await next({ ...args, input: input as never })
      const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: { CapacityUnits?: number } }
      const spent = ConsumedCapacity?.CapacityUnits ?? 0
      if (/^(Put|Update|Delete)Item/.test(context.commandName ?? "")) {
        units.writeRequests += 1
        units.writeUnits += spent
      } else {
        units.readRequests += 1
        units.readUnits += spent
      }
      return answer
    },
    { step: "initialize", name: "countUnits" },
  )
  return async (work: () => Promise<unknown>): Promise<Units> => {
    units = none()
    await work()
    // A copy: preparing the next step is added to what is not.
    return { ...units }
  }
}

const none = (): Units => ({ writeRequests: 0, writeUnits: 0, readRequests: 0, readUnits: 0 })
