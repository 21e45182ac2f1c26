import type { SessionStore } from "@posthorn/core/ports"
import type { SessionRow } from "@posthorn/core/session"
import { SECOND_MS } from "@posthorn/core/time"
import * as z from "zod"

import type { Access } from "./access.ts"
import { absent, present } from "./expression.ts"
import { decodeRow, encodeRow, type Fields, plain } from "./item.ts"
import { sessionIdOf, sessionKey, TTL } from "./keys.ts"

const fields: Fields<SessionRow> = {
  id: { attribute: "pk", encode: (id) => sessionKey(id).pk, decode: (stored) => sessionIdOf(z.string().parse(stored)) },
  keyId: plain("keyId", z.string()),
  keyHash: plain("keyHash", z.string()),
  createdAt: plain("createdAt", z.number()),
  expiresAt: plain("expiresAt", z.number()),
}

export const sessionStore = (table: Access): SessionStore => ({
  async getSession(id) {
    const item = await table.get(sessionKey(id))
    return item && decodeRow(fields, item)
  },

  putSession: (row) =>
    table.put(
      { ...sessionKey(row.id), ...encodeRow(fields, row), [TTL]: Math.ceil(row.expiresAt / SECOND_MS) },
      absent,
    ),

  deleteSession: (id) => table.remove(sessionKey(id), present),
})
