import { type KeyRow, scopes } from "@posthorn/core/key"
import { KEYS_MAX, type KeyStore } from "@posthorn/core/ports"
import * as z from "zod"

import type { Access } from "./access.ts"
import { present, unchanged } from "./expression.ts"
import { decodeRow, encodeRow, type Fields, json, orNull, plain } from "./item.ts"
import { keyKey, KEYS } from "./keys.ts"

const fields: Fields<KeyRow> = {
  id: plain("sk", z.string()),
  version: plain("v", z.number()),
  name: plain("name", z.string()),
  prefix: plain("prefix", z.string()),
  hash: plain("hash", z.string()),
  scopes: json("scopes", z.array(z.enum(scopes)), []),
  createdAt: plain("createdAt", z.number()),
  expiresAt: orNull("expiresAt", z.number()),
  lastUsedAt: orNull("lastUsedAt", z.number()),
  requestHash: orNull("requestHash", z.string()),
}

/** Keys of the API, not of the table. An expired one is refused by whoever reads it, and stays until somebody deletes it. */
export const keyStore = (table: Access): KeyStore => ({
  async getKey(id) {
    const item = await table.get(keyKey(id))
    return item && decodeRow(fields, item)
  },

  async listKeys() {
    const items = await table.query({ pk: KEYS, limit: KEYS_MAX })
    return items.map((item) => decodeRow(fields, item))
  },

  putKey: (row, expectedVersion) =>
    table.put({ ...keyKey(row.id), ...encodeRow(fields, row) }, unchanged("v", expectedVersion)),

  deleteKey: (id) => table.remove(keyKey(id), present),
})
