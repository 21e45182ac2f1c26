import { afterEach, beforeEach, expect, it } from "vitest"

import type { Claim, DeliveryRow } from "@posthorn/core/delivery"

import { openStore, type SqliteStore } from "./open.ts"
import { queueRows } from "./queue-rows.ts"

let store: SqliteStore
beforeEach(() => {
  store = openStore({ path: ":memory:" })
})
afterEach(() => store.close())

const claim: Claim = { id: "c", number: 1, trigger: "schedule", startedAt: 1_000, until: 46_000 }
const add = async (eventId: string, change: Partial<DeliveryRow>, queued: boolean) => {
  const row = {
    eventId,
    endpointId: "ep",
    version: 1,
    createdAt: 0,
    work: null,
    accountId: null,
    expiresAt: null,
    ...change,
  } as DeliveryRow
  await store.putDelivery(row, null)
  if (queued) queueRows(store.db, "deliver").insert("ep", 0, JSON.stringify({ eventId, endpointId: "ep" }))
}

it("ends what an earlier process was sending, and nothing else", async () => {
  await add("killed", { status: "pending", claim }, true)
  await add("waiting", { status: "pending", claim: null }, true)
  await add("done", { status: "succeeded", claim: null }, true)
  expect(await store.endClaims()).toBe(1)
  expect(await store.getDelivery("killed", "ep")).toMatchObject({ version: 1, claim: { ...claim, until: 0 } })
  expect(await store.getDelivery("waiting", "ep")).toMatchObject({ claim: null })
})
