import { DatabaseSync } from "node:sqlite"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"

import { closedCircuit } from "@posthorn/core/endpoint"

import { openStore, type SqliteStore } from "./open.ts"
import { migrate, migrations } from "./schema.ts"

/** The last form in which there were no forgotten events, wishes, jobs, keys, stats and slots. */
const EARLIER_FORM = 2
const T0 = Date.UTC(2026, 10, 1)

const account = {
  id: "ada",
  name: "Ada Lovelace",
  status: "healthy",
  demand: 3,
  nextPollAt: T0,
  createdAt: T0,
  front: {},
}
const endpoint = {
  id: "ep_1",
  version: 4,
  format: "standard",
  ordering: "none",
  circuit: { state: "closed", openedAt: null, nextProbeAt: null },
  deletedAt: null,
  createdAt: T0,
}
const event = { id: "evt_1", type: "ping", timestamp: "2026-11-01T00:00:00.000Z", data: { note: "x" } }
const delivery = (eventId: string, createdAt: number, work: object | null) => ({
  eventId,
  endpointId: "ep_1",
  version: 1,
  status: work === null ? "succeeded" : "held",
  attempts: [],
  claim: null,
  work,
  createdAt,
})

/** As the statements of that form wrote them. */
const write = (db: DatabaseSync): void => {
  db.prepare("INSERT INTO accounts (id, body) VALUES (?, ?)").run("ada", JSON.stringify(account))
  db.prepare("INSERT INTO endpoints (version, created_at, deleted_at, body, id) VALUES (4, ?, NULL, ?, ?)").run(
    ...[T0, JSON.stringify(endpoint), "ep_1"],
  )
  db.prepare(
    `INSERT INTO events (log, position, seen_at, conversation_id, sequence, previous, event, event_id, type)
     VALUES ('ada', 1, ?, NULL, NULL, NULL, ?, 'evt_1', 'ping')`,
  ).run(T0, JSON.stringify(event))
  const insert = db.prepare(
    `INSERT INTO deliveries
       (version, account_id, status, shard, work, work_at, work_replay, created_at, expires_at, body, event_id, endpoint_id)
     VALUES (1, NULL, ?, 0, ?, ?, ?, ?, NULL, ?, ?, 'ep_1')`,
  )
  const held = (eventId: string, createdAt: number, replay: boolean): void => {
    const row = delivery(eventId, createdAt, { kind: "held", replay })
    insert.run("held", "held", null, Number(replay), createdAt, JSON.stringify(row), eventId)
  }
  held("replay", T0, true)
  held("newer", T0 + 2, false)
  held("older", T0 + 1, false)
  const moved = delivery("moved", T0, { kind: "due", at: T0 })
  insert.run("held", "due", T0 + 600_000, null, T0, JSON.stringify(moved), "moved")
  insert.run("succeeded", null, null, null, T0, JSON.stringify(delivery("done", T0, null)), "done")
}

let root: string
let store: SqliteStore
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "posthorn-"))
  const path = join(root, "posthorn.db")
  const db = new DatabaseSync(path)
  migrate(db, path, migrations.slice(0, EARLIER_FORM))
  write(db)
  db.close()
  store = openStore({ path })
})
afterEach(async () => {
  await store.close()
  rmSync(root, { recursive: true })
})

const noWishes = {
  ...{ label: null, paused: false, pollSeconds: null, jobId: null, pollAskedAt: null, pollAgainAt: null },
  ...{ lastReconciliation: null, reconciling: null },
}
const noTurn = { released: null, slot: null, jobId: null }

it("an account of an earlier form has no wishes, and takes some", async () => {
  expect(await store.getAccount("ada")).toEqual({ ...account, ...noWishes, published: 0 })
  expect(await store.listAccounts()).toEqual([{ ...account, ...noWishes, published: 0 }])
  expect(await store.claimHint("ada", T0, 1_000)).toBe(true)
  expect(await store.setWishes("ada", { paused: true })).toBe(true)
  expect(await store.acquireLease("ada", "one", T0, T0 + 1)).toMatchObject({ ...noWishes, paused: true, demand: 3 })
})

it("an endpoint of an earlier form has a whole circuit, and is enabled since it was made", async () => {
  const read = { ...endpoint, circuit: closedCircuit, releaser: null, rotatedAt: null, enabledAt: T0 }
  expect(await store.getEndpoint("ep_1")).toEqual(read)
  expect(await store.listEndpoints()).toEqual([read])
  const put = { ...(await store.getEndpoint("ep_1"))!, version: 5, enabledAt: T0 + 9 }
  expect(await store.putEndpoint(put, 4)).toBe(true)
  expect(await store.getEndpoint("ep_1")).toEqual({ ...read, version: 5, enabledAt: T0 + 9 })
})

it("deliveries held in an earlier form keep their order, and say where they stand", async () => {
  const held = (await store.listHeldLagging("ep_1", 10)).map(({ eventId }) => eventId)
  expect(held).toEqual(["older", "newer", "replay"])
  const work = { kind: "held", replay: false, at: T0 + 2 } as const
  expect(await store.getDelivery("newer", "ep_1")).toEqual({ ...delivery("newer", T0 + 2, work), ...noTurn })
  expect(await store.getDelivery("done", "ep_1")).toEqual({ ...delivery("done", T0, null), ...noTurn })
  expect((await store.getDelivery("moved", "ep_1"))?.work).toEqual({ kind: "due", at: T0 + 600_000 })
})

it("an event of an earlier form is not forgotten, until it is", async () => {
  const row = { log: "ada", position: 1, event, seenAt: T0, conversationId: null, sequence: null, previous: null }
  expect(await store.getEvent("ada", 1)).toEqual({ ...row, forgotten: false })
  expect(await store.findEventLagging("evt_1")).toEqual({ ...row, forgotten: false })
  await store.forgetEvent("ada", 1)
  expect(await store.readLog("ada", 0, 5)).toEqual([{ ...row, event: { ...event, data: {} }, forgotten: true }])
})
