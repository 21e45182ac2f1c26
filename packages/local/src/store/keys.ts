import type { DatabaseSync } from "node:sqlite"

import type { KeyRow } from "@posthorn/core/key"
import { KEYS_MAX, type KeyStore } from "@posthorn/core/ports"

import { versionedRows } from "./rows.ts"
import type { Writer } from "./writer.ts"

export const keyStore = (db: DatabaseSync, writer: Writer): KeyStore => {
  const rows = versionedRows<KeyRow>(db, writer, "keys")
  const remove = db.prepare("DELETE FROM keys WHERE id = ?")
  return {
    getKey: async (id) => rows.get(id),
    listKeys: async () => rows.list(KEYS_MAX),
    putKey: rows.put,
    deleteKey: (id) => writer.write(() => remove.run(id).changes === 1, { durable: true }),
  }
}
