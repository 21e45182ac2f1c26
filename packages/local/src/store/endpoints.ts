import type { DatabaseSync } from "node:sqlite"

import { closedCircuit, type EndpointRow } from "@posthorn/core/endpoint"
import { ENDPOINTS_MAX, type EndpointStore } from "@posthorn/core/ports"

import type { Writer } from "./writer.ts"
import { deepFreeze } from "./freeze.ts"

/** With what an earlier form did not have. */
const read = ({ body }: { body: string }): EndpointRow => {
  const stored = JSON.parse(body) as EndpointRow
  const absent = { releaser: null, rotatedAt: null, enabledAt: stored.createdAt }
  return deepFreeze({ ...absent, ...stored, circuit: { ...closedCircuit, ...stored.circuit } })
}

/**
 * Endpoints are read at every attempt and written now and then: they are kept in memory, frozen. No other process writes
 * the file, so what is kept is right until a write of our own.
 */
export const endpointStore = (db: DatabaseSync, writer: Writer): EndpointStore => {
  const select = db.prepare("SELECT body FROM endpoints WHERE id = ?")
  const selectAll = db.prepare(
    `SELECT body FROM endpoints WHERE deleted_at IS NULL ORDER BY created_at, id LIMIT ${ENDPOINTS_MAX}`,
  )
  const selectDeleted = db.prepare(
    `SELECT body FROM endpoints WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC LIMIT ${ENDPOINTS_MAX}`,
  )
  const insert = db.prepare(
    "INSERT INTO endpoints (version, created_at, deleted_at, body, id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  )
  const update = db.prepare(
    "UPDATE endpoints SET version = ?, created_at = ?, deleted_at = ?, body = ? WHERE id = ? AND version = ?",
  )
  const kept = new Map<string, EndpointRow>()
  let listed: EndpointRow[] | null = null

  const get = (id: string): EndpointRow | null => {
    const found = select.get(id) as { body: string } | undefined
    if (found === undefined) return null
    const row = read(found)
    kept.set(id, row)
    return row
  }

  return {
    getEndpoint: async (id) => kept.get(id) ?? get(id),

    listEndpoints: async () => {
      listed ??= (selectAll.all() as { body: string }[]).map(read)
      return [...listed]
    },

    listDeletedEndpoints: async () => (selectDeleted.all() as { body: string }[]).map(read),

    putEndpoint: (row, expectedVersion) => {
      const values = [row.version, row.createdAt, row.deletedAt, JSON.stringify(row), row.id] as const
      return writer.write(
        () => {
          // Forgotten inside the transaction: nobody can read between here and its end, however it ends.
          kept.delete(row.id)
          listed = null
          return (
            (expectedVersion === null ? insert.run(...values) : update.run(...values, expectedVersion)).changes === 1
          )
        },
        { durable: true },
      )
    },
  }
}
