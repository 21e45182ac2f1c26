import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb"
import { createStore } from "@posthorn/aws/store/client"
import { closedCircuit } from "@posthorn/core/endpoint"
import type { JobRow } from "@posthorn/core/job"
import type { Store } from "@posthorn/core/ports"
import { DURATION_BUCKETS_MS } from "@posthorn/core/stats"
import { DAY_MS } from "@posthorn/core/time"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"

import { type Engine, startDynalite } from "./dynamodb-engine.ts"
import { account, delivery, endpoint, endpointId, eventId, logRow, T0 } from "./rows.ts"

let engine: Engine
let store: Store
let tableName: string
beforeAll(async () => {
  engine = await startDynalite()
})
afterAll(() => engine.close())
beforeEach(async () => {
  tableName = await engine.createTable()
  store = createStore({ client: engine.client, tableName, retentionDays: 30 })
})

const item = async (pk: string, sk: string) => {
  const client = DynamoDBDocumentClient.from(engine.client)
  return (await client.send(new GetCommand({ TableName: tableName, Key: { pk, sk } }))).Item ?? {}
}

it("an event lives for retention and eight days more", async () => {
  await store.appendEvent(logRow("ada", 1, { seenAt: T0 }))
  expect((await item("log#ada", "0000000000000001")).ttl).toBe((T0 + 38 * DAY_MS) / 1_000)
})

it("a delivery has a time to live when it is finished, and none before nor again", async () => {
  const [event, endpoint] = [eventId("e"), endpointId("p")]
  const open = delivery(event, endpoint)
  const ttl = async () => (await item(`dlv#${event}`, endpoint)).ttl as unknown
  await store.putDelivery(open, null)
  expect(await ttl()).toBeUndefined()
  await store.putDelivery({ ...open, version: 2, status: "succeeded", expiresAt: T0 + 1_500 }, 1)
  expect(await ttl()).toBe(T0 / 1_000 + 2)
  await store.putDelivery({ ...open, version: 3, status: "held" }, 2)
  expect(await ttl()).toBeUndefined()
})

it("accounts, and what is null or empty, leave no trace on the item", async () => {
  await store.createAccount(account("ada"))
  const stored = await item("accounts", "ada")
  expect(stored).not.toHaveProperty("ttl")
  for (const absent of [
    "urn",
    "pic",
    "front",
    "quar",
    "err",
    "own",
    "til",
    "rec",
    "label",
    "paus",
    "every",
    "job",
    "recg",
    "ask",
  ])
    expect(stored).not.toHaveProperty(absent)
})

it("a first try carries nothing of turns, releases and jobs", async () => {
  const [event, endpoint] = [eventId("e"), endpointId("p")]
  await store.putDelivery(delivery(event, endpoint), null)
  for (const absent of ["rel", "slot", "job", "wpk", "wsk"])
    expect(await item(`dlv#${event}`, endpoint)).not.toHaveProperty(absent)
})

it("a deleted endpoint lives as long as the events whose deliveries it explains; any other for ever", async () => {
  const id = endpointId("p")
  await store.putEndpoint(endpoint(id), null)
  expect(await item("endpoints", id)).not.toHaveProperty("ttl")
  await store.putEndpoint(endpoint(id, { version: 2, deletedAt: T0 + 1 }), 1)
  expect((await item("endpoints", id)).ttl).toBe((T0 + 38 * DAY_MS) / 1_000 + 1)
})

it("a job has a time to live when it is finished, and none before", async () => {
  const open = { id: "job_1", version: 1, kind: "replay", status: "running", matched: 0, done: 0 } as JobRow
  await store.putJob({ ...open, expiresAt: null }, null)
  expect(await item("jobs", "job_1")).not.toHaveProperty("ttl")
  await store.putJob({ ...open, version: 2, status: "succeeded", expiresAt: T0 + 1_500 }, 1)
  expect((await item("jobs", "job_1")).ttl).toBe(T0 / 1_000 + 2)
})

it("a session has a time to live, and nothing of its token but the hash", async () => {
  await store.putSession({ id: "hash", keyId: "key_1", keyHash: "of the key", createdAt: T0, expiresAt: T0 + 1_500 })
  const key = { pk: "session#hash", sk: "session" }
  const row = { keyId: "key_1", keyHash: "of the key", createdAt: T0, expiresAt: T0 + 1_500 }
  expect(await item(key.pk, key.sk)).toEqual({ ...key, ...row, ttl: T0 / 1_000 + 2 })
})

it("a minute's counters live for seven days, and what was not counted leaves no trace", async () => {
  const durations = [1, ...DURATION_BUCKETS_MS.map(() => 0)]
  await store.addStats({ endpointId: null, minute: T0, seen: 0, succeeded: 2, failed: 0, held: 0, durations })
  const pk = "stats#all"
  const sk = String(T0).padStart(16, "0")
  expect(await item(pk, sk)).toEqual({ pk, sk, ok: 2, d0: 1, ttl: (T0 + 7 * DAY_MS) / 1_000 })
})

it("an endpoint's turns outlive everything that waits for one, and not the endpoint for long", async () => {
  const key = [`slot#${endpointId("p")}`, "slot"] as const
  for (const turns of [1, 2]) {
    await store.takeSlot(endpointId("p"), T0, 50)
    expect(await item(...key)).toMatchObject({ nextAt: T0 + turns * 50, ttl: (T0 + 30 * DAY_MS) / 1_000 })
  }
})

it("what an earlier version wrote is read with what it did not have", async () => {
  const client = DynamoDBDocumentClient.from(engine.client)
  const [id, event] = [endpointId("p"), eventId("e")]
  const put = (Item: Record<string, unknown>) => client.send(new PutCommand({ TableName: tableName, Item }))
  const circuit = { state: "open", openedAt: T0, nextProbeAt: null } as const
  await put({
    ...{ pk: "endpoints", sk: id, v: 1, rev: 1, url: "https://example.com/hook", types: '["*"]', status: "enabled" },
    ...{ format: "standard", ordering: "none", secrets: '[{"sealed":"sealed","expiresAt":null}]' },
    ...{ circuit: JSON.stringify(circuit), createdAt: T0, updatedAt: T0 },
  })
  expect(await store.getEndpoint(id)).toEqual(
    endpoint(id, { circuit: { ...closedCircuit, ...circuit }, enabledAt: T0 }),
  )
  const made = String(T0 + 5).padStart(16, "0")
  await put({
    ...{ pk: `dlv#${event}`, sk: id, lpk: `ep#${id}`, lsk: `${made}#${event}`, v: 1, log: "acc", pos: 1 },
    ...{ wpk: `held#${id}`, wsk: `0#${made}#${event}`, type: "message.received", acc: "acc", st: "held" },
    ...{ n: 0, sched: 0, trig: "schedule", creAt: T0 + 5, updAt: T0 },
  })
  const work = { kind: "held", replay: false, at: T0 + 5 } as const
  expect(await store.getDelivery(event, id)).toEqual(delivery(event, id, { status: "held", createdAt: T0 + 5, work }))
  expect(await store.listHeldLagging(id, 10)).toEqual([{ eventId: event, endpointId: id }])
})

it("what cannot be read says which item and which field", async () => {
  await store.createAccount(account("ada", { status: "unheard of" as never }))
  await expect(store.getAccount("ada")).rejects.toThrow("item accounts / ada: st (status) cannot be read")
})

it("a released lease leaves nothing behind, a new one its owner and its end", async () => {
  await store.createAccount(account("ada"))
  await store.acquireLease("ada", "one", T0, T0 + 60_000)
  expect(await item("accounts", "ada")).toMatchObject({ own: "one", til: T0 + 60_000 })
  await store.saveProgress("ada", "one", { lastError: null }, true)
  expect(await item("accounts", "ada")).not.toHaveProperty("own")
  expect(await item("accounts", "ada")).not.toHaveProperty("til")
})
