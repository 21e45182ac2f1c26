import type { DatabaseSync } from "node:sqlite"

import type { SessionStore } from "@posthorn/core/ports"
import type { SessionRow } from "@posthorn/core/session"

import type { Writer } from "./writer.ts"

/** A session that power cuts off is signed in again; one that was ended stays so. */
export const sessionStore = (db: DatabaseSync, writer: Writer): SessionStore => {
  const one = db.prepare("SELECT body FROM sessions WHERE id = ?")
  const insert = db.prepare("INSERT INTO sessions (id, expires_at, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
  const remove = db.prepare("DELETE FROM sessions WHERE id = ?")
  return {
    getSession: async (id) => {
      const found = one.get(id) as { body: string } | undefined
      return found === undefined ? null : (JSON.parse(found.body) as SessionRow)
    },
    putSession: (row) => writer.write(() => insert.run(row.id, row.expiresAt, JSON.stringify(row)).changes === 1),
    deleteSession: (id) => writer.write(() => remove.run(id).changes === 1, { durable: true }),
  }
}
