import type { DatabaseSync } from "node:sqlite"

import type { DeliveryRow, WorkKey } from "@posthorn/core/delivery"
import type { DeliveryStore } from "@posthorn/core/ports"

import type { Writer } from "./writer.ts"
import { type Condition, createList } from "./list.ts"
import { shardOf } from "./shard.ts"

interface Found {
  work_at: number | null
  body: string
}

const COLUMNS = "work_at, body"

/** What an earlier form did not have. */
const absent = { released: null, slot: null, jobId: null }

/** The column's instant is right: a due entry moves without its row's body, and an earlier form's held ones have it nowhere else. */
const rowOf = ({ body, work_at: at }: Found): DeliveryRow => {
  const row = { ...absent, ...(JSON.parse(body) as DeliveryRow) }
  return row.work === null || at === null ? row : { ...row, work: { ...row.work, at } }
}

const indexedOf = (row: DeliveryRow) => ({
  version: row.version,
  account_id: row.accountId,
  status: row.status,
  shard: shardOf(row.eventId),
  work: row.work?.kind ?? null,
  work_at: row.work?.at ?? null,
  work_replay: row.work?.kind === "held" ? Number(row.work.replay) : null,
  created_at: row.createdAt,
  expires_at: row.expiresAt,
  body: JSON.stringify(row),
})

const names = [
  "version",
  "account_id",
  "status",
  "shard",
  "work",
  "work_at",
  "work_replay",
  "created_at",
  "expires_at",
  "body",
] as const

/** What a delivery is made with and keeps. Out of the UPDATE, since SQLite rewrites the indexes of every column named in one. */
const lasting: readonly (typeof names)[number][] = ["account_id", "shard", "created_at"]
const changing = names.filter((name) => !lasting.includes(name))

const valuesOf = (row: DeliveryRow, of: readonly (typeof names)[number][]) => {
  const indexed = indexedOf(row)
  return of.map((name) => indexed[name])
}

/** One row for each event and endpoint, and the entries that keep open ones findable. */
export const deliveryStore = (db: DatabaseSync, writer: Writer): DeliveryStore => {
  const select = db.prepare(`SELECT ${COLUMNS} FROM deliveries WHERE event_id = ? AND endpoint_id = ?`)
  const insert = db.prepare(
    `INSERT INTO deliveries (${names.join(", ")}, event_id, endpoint_id)
     VALUES (${names.map(() => "?").join(", ")}, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const update = db.prepare(
    `UPDATE deliveries SET ${changing.map((name) => `${name} = ?`).join(", ")}
     WHERE event_id = ? AND endpoint_id = ? AND version = ?`,
  )
  const move = db.prepare(
    "UPDATE deliveries SET work_at = ? WHERE event_id = ? AND endpoint_id = ? AND work = 'due' AND work_at = ?",
  )
  const due = db.prepare(
    `SELECT event_id AS eventId, endpoint_id AS endpointId FROM deliveries
     WHERE work = 'due' AND shard = ? AND work_at <= ? ORDER BY work_at LIMIT ?`,
  )
  const remove = db.prepare("DELETE FROM deliveries WHERE event_id = ? AND endpoint_id = ?")
  const held = db.prepare(
    `SELECT event_id AS eventId, endpoint_id AS endpointId FROM deliveries
     WHERE work = 'held' AND endpoint_id = ? ORDER BY work_replay, work_at, event_id LIMIT ?`,
  )
  const heldOnly = db.prepare(
    `SELECT event_id AS eventId, endpoint_id AS endpointId FROM deliveries
     WHERE work = 'held' AND endpoint_id = ? AND work_replay = ? ORDER BY work_at, event_id LIMIT ?`,
  )
  const countHeld = db.prepare(
    "SELECT count(*) AS count FROM (SELECT 1 FROM deliveries WHERE work = 'held' AND endpoint_id = ? LIMIT ?)",
  )
  const list = createList<Found>(db, { table: "deliveries", columns: COLUMNS, time: "created_at" })

  return {
    getDelivery: async (eventId, endpointId) => {
      const found = select.get(eventId, endpointId) as unknown as Found | undefined
      return found === undefined ? null : rowOf(found)
    },
    putDelivery: (row, expectedVersion) => {
      const values = [...valuesOf(row, expectedVersion === null ? names : changing), row.eventId, row.endpointId]
      return writer.write(
        () => (expectedVersion === null ? insert.run(...values) : update.run(...values, expectedVersion)).changes === 1,
      )
    },
    forgetDelivery: async (eventId, endpointId) => {
      await writer.write(() => remove.run(eventId, endpointId), { durable: true })
    },
    moveDue: (eventId, endpointId, from, to) =>
      writer.write(() => move.run(to, eventId, endpointId, from).changes === 1),
    listDueLagging: async (shard, now, limit) => (due.all(shard, now, limit) as unknown as WorkKey[]).map(keyOf),
    listHeldLagging: async (endpointId, limit, only) => {
      const found =
        only === undefined ? held.all(endpointId, limit) : heldOnly.all(endpointId, Number(only === "replay"), limit)
      return (found as unknown as WorkKey[]).map(keyOf)
    },
    countHeldLagging: async (endpointId, max) => (countHeld.get(endpointId, max) as { count: number }).count,

    listDeliveriesLagging: async ({ endpointId, eventId, accountId, statuses, since, until }, page) => {
      const within: Condition[] = []
      if (eventId !== undefined) within.push(["event_id = ?", eventId])
      if (endpointId !== undefined) within.push(["endpoint_id = ?", endpointId])
      const wanted: Condition[] = []
      if (accountId !== undefined) wanted.push(["account_id = ?", accountId])
      if (statuses !== undefined) wanted.push(["status IN (SELECT value FROM json_each(?))", JSON.stringify(statuses)])
      const { rows, cursor } = list({ within, wanted, since, until }, page)
      return { rows: rows.map(rowOf), cursor }
    },
  }
}

/** A plain object: node:sqlite's rows have no prototype. */
const keyOf = ({ eventId, endpointId }: WorkKey): WorkKey => ({ eventId, endpointId })
