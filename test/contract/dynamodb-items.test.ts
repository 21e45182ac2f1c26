import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb"
import { createStore } from "@posthorn/aws/store/client"
import type { Store } from "@posthorn/core/ports"
import { DAY_MS } from "@posthorn/core/time"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"

import { type Engine, startDynalite } from "./dynamodb-engine.ts"
import { account, delivery, endpointId, eventId, logRow, T0 } from "./rows.ts"

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
  for (const absent of ["urn", "pic", "front", "quar", "err", "own", "til"]) expect(stored).not.toHaveProperty(absent)
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
