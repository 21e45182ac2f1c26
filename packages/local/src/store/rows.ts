import type { DatabaseSync, SQLInputValue } from "node:sqlite"

import type { Writer } from "./writer.ts"

interface Versioned {
  id: string
  version: number
}

/** Rows of a table (id, version, body, and what `columns` adds for its indexes): few, read whole, written by version, durably. */
export const versionedRows = <Row extends Versioned>(
  db: DatabaseSync,
  writer: Writer,
  table: string,
  columns: Record<string, (row: Row) => SQLInputValue> = {},
) => {
  const names = ["version", "body", ...Object.keys(columns)]
  const one = db.prepare(`SELECT body FROM ${table} WHERE id = ?`)
  const all = db.prepare(`SELECT body FROM ${table} LIMIT ?`)
  const insert = db.prepare(
    `INSERT INTO ${table} (${names.join(", ")}, id) VALUES (${names.map(() => "?").join(", ")}, ?) ON CONFLICT DO NOTHING`,
  )
  const update = db.prepare(
    `UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE id = ? AND version = ?`,
  )
  const rowOf = ({ body }: { body: string }): Row => JSON.parse(body) as Row

  return {
    get: (id: string): Row | null => {
      const found = one.get(id) as { body: string } | undefined
      return found === undefined ? null : rowOf(found)
    },
    list: (limit: number): Row[] => (all.all(limit) as { body: string }[]).map(rowOf),
    put: (row: Row, expectedVersion: number | null): Promise<boolean> => {
      const values = [row.version, JSON.stringify(row), ...Object.values(columns).map((of) => of(row)), row.id]
      return writer.write(
        () => (expectedVersion === null ? insert.run(...values) : update.run(...values, expectedVersion)).changes === 1,
        { durable: true },
      )
    },
  }
}
