import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { DeliveryRow } from "@posthorn/core/delivery"
import type { EndpointRow } from "@posthorn/core/endpoint"
import type { JobRow } from "@posthorn/core/job"
import type { LogRow } from "@posthorn/core/log-row"
import { STATS_KEPT_MS } from "@posthorn/core/stats"
import { DAY_MS } from "@posthorn/core/time"

import { openStore, type SqliteStore } from "./open.ts"

const NOW = Date.UTC(2026, 10, 1)
const RETENTION = 30 * DAY_MS
const nothing = { events: 0, deliveries: 0, deadLetters: 0, endpoints: 0, jobs: 0, stats: 0, slots: 0, sessions: 0 }

const row = (log: string, position: number, seenAt: number): LogRow => ({
  log,
  position,
  event: { id: `evt_${log}${position}`, type: "ping", timestamp: "", data: { endpoint: { id: "" }, note: "" } },
  seenAt,
  conversationId: null,
  sequence: null,
  previous: null,
  forgotten: false,
})

const delivery = (eventId: string, change: Partial<DeliveryRow>) =>
  ({
    eventId,
    endpointId: "ep",
    version: 1,
    status: "succeeded",
    accountId: null,
    createdAt: 0,
    work: null,
    ...change,
  }) as DeliveryRow

describe("purge", () => {
  let store: SqliteStore
  beforeEach(() => {
    store = openStore({ path: ":memory:" })
  })
  afterEach(() => store.close())

  it("deletes events eight days after their retention, and not before", async () => {
    const limit = NOW - RETENTION - 8 * DAY_MS
    for (const [position, seenAt] of [limit - 1_000, limit - 1, limit, limit + 1].entries())
      await store.appendEvent(row("ada", position + 1, seenAt))
    await store.raisePublished("ada", 4)
    expect(await store.getEvent("ada", 1)).not.toBeNull()
    expect(await store.purge(NOW, RETENTION)).toEqual({ ...nothing, events: 2 })
    expect((await store.readLog("ada", 0, 10)).map(({ position }) => position)).toEqual([3, 4])
    expect(await store.getEvent("ada", 1)).toBeNull()
  })

  it("keeps unpublished events, however old", async () => {
    for (const position of [1, 2, 3]) await store.appendEvent(row("ada", position, 0))
    await store.appendEvent(row("grace", 1, 0))
    await store.raisePublished("ada", 2)
    expect(await store.purge(NOW, RETENTION)).toEqual({ ...nothing, events: 2 })
    expect(await store.lastPosition("ada")).toBe(3)
    expect(await store.lastPosition("grace")).toBe(1)
  })

  it("deletes deliveries whose time is over, and none that is open or has something to say", async () => {
    await store.putDelivery(delivery("over", { expiresAt: NOW }), null)
    await store.putDelivery(delivery("failed", { expiresAt: NOW - 1, work: { kind: "failed", at: 0 } }), null)
    await store.putDelivery(delivery("due", { expiresAt: NOW - 1, work: { kind: "due", at: 0 } }), null)
    await store.putDelivery(delivery("not yet", { expiresAt: NOW + 1 }), null)
    await store.putDelivery(delivery("open", { expiresAt: null, status: "held" }), null)
    expect(await store.purge(NOW, RETENTION)).toEqual({ ...nothing, deliveries: 2 })
    const left = store.db.prepare("SELECT event_id AS id FROM deliveries ORDER BY id").all()
    expect(left.map(({ id }) => id).sort()).toEqual(["due", "not yet", "open"])
  })

  it("deletes messages that were set aside before the retention", async () => {
    const bury = store.db.prepare(
      "INSERT INTO dead_letters (kind, grp, received, reason, died_at, body) VALUES ('k', 'g', 1, '', ?, '')",
    )
    for (const at of [NOW - RETENTION - 1, NOW - RETENTION]) bury.run(at)
    expect((await store.purge(NOW, RETENTION)).deadLetters).toBe(1)
    expect(store.db.prepare("SELECT died_at FROM dead_letters").get()).toMatchObject({ died_at: NOW - RETENTION })
  })

  it("deletes more than one batch, and lets others write in between", async () => {
    for (let position = 1; position <= 450; position += 1) await store.appendEvent(row("ada", position, position))
    await store.raisePublished("ada", 450)
    const purged = store.purge(NOW, RETENTION)
    await store.appendEvent(row("ada", 451, NOW))
    expect(await store.lastPosition("ada")).toBe(451)
    expect((await store.readLog("ada", 0, 1000)).length).toBeGreaterThan(1)
    expect(await purged).toEqual({ ...nothing, events: 450 })
    expect((await store.readLog("ada", 0, 1000)).map(({ position }) => position)).toEqual([451])
  })

  it("deletes a deleted endpoint's row when the deliveries that it explains are gone", async () => {
    const endpoint = (id: string, deletedAt: number | null) =>
      ({ id, version: 1, createdAt: 0, deletedAt }) as EndpointRow
    await store.putEndpoint(endpoint("gone", NOW - RETENTION - 9 * DAY_MS), null)
    await store.putEndpoint(endpoint("fresh", NOW - RETENTION), null)
    await store.putEndpoint(endpoint("alive", null), null)
    expect(await store.purge(NOW, RETENTION)).toMatchObject({ endpoints: 1 })
    expect((await store.listDeletedEndpoints()).map(({ id }) => id)).toEqual(["fresh"])
    expect(await store.listEndpoints()).toHaveLength(1)
  })

  it("deletes jobs whose time is over, whatever became of them, and no others", async () => {
    const job = (id: string, expiresAt: number | null) => ({ id, version: 1, expiresAt }) as JobRow
    for (const row of [job("over", NOW), job("not yet", NOW + 1), job("open", null)]) await store.putJob(row, null)
    expect(await store.purge(NOW, RETENTION)).toEqual({ ...nothing, jobs: 1 })
    expect((await store.listJobs()).map(({ id }) => id).sort()).toEqual(["not yet", "open"])
  })

  it("deletes the counters of minutes that are no longer shown", async () => {
    const counts = { seen: 1, succeeded: 0, failed: 0, held: 0, durations: [] }
    for (const endpointId of [null, "ep"])
      for (const minute of [NOW - STATS_KEPT_MS - 1, NOW - STATS_KEPT_MS])
        await store.addStats({ endpointId, minute, ...counts })
    expect(await store.purge(NOW, RETENTION)).toEqual({ ...nothing, stats: 2 })
    for (const endpointId of [null, "ep"])
      expect(await store.readStats(endpointId, 0, NOW, 10)).toEqual([{ minute: NOW - STATS_KEPT_MS, ...counts }])
  })

  it("deletes turns that are long past, and none ahead", async () => {
    await store.takeSlot("past", NOW - 2 * DAY_MS, 50)
    await store.takeSlot("ahead", NOW, 50)
    expect(await store.purge(NOW, RETENTION)).toEqual({ ...nothing, slots: 1 })
    expect(await store.takeSlot("ahead", NOW, 50)).toBe(NOW + 50)
    expect(await store.takeSlot("past", NOW, 50)).toBe(NOW)
  })

  it("deletes sessions that are over, and no others", async () => {
    for (const [id, expiresAt] of [
      ["over", NOW],
      ["not yet", NOW + 1],
    ] as const)
      await store.putSession({ id, keyId: "key_admin", keyHash: "hash", createdAt: 0, expiresAt })
    expect(await store.purge(NOW, RETENTION)).toEqual({ ...nothing, sessions: 1 })
    expect(await store.getSession("over")).toBeNull()
    expect(await store.getSession("not yet")).not.toBeNull()
  })
})
