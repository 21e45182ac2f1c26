import { scopes, type KeyRow } from "@posthorn/core/key"
import type { Clock, KeyStore } from "@posthorn/core/ports"
import type { SessionRow } from "@posthorn/core/session"
import { MINUTE_MS } from "@posthorn/core/time"

import type { Caller } from "./caller.ts"
import type { ApiDeps } from "./deps.ts"
import { hashOf, idOfKey, isSameHash } from "./key-token.ts"

/** The only place that knows of keys and sessions. */
export interface Callers {
  /** The key of the settings or secrets, by which the first key of the store is made. It is in no list and cannot be revoked here. */
  admin: Caller
  /** Whose key this is, or null. */
  ofKey: (key: string) => Promise<Caller | null>
  /** Who signed in with which session, or null: there is no such session, it is over, or its key is. */
  ofSession: (token: string) => Promise<{ caller: Caller; session: SessionRow } | null>
}

/** `lastUsedAt` is right to this: one write per key and ten minutes, not one per request. */
const LAST_USE_MS = 10 * MINUTE_MS

export const createCallers = ({ adminKey, store, clock }: Pick<ApiDeps, "adminKey" | "store" | "clock">): Callers => {
  const admin: Caller = { id: "key_admin", name: "admin", scopes, keyHash: hashOf(adminKey) }

  /** A key as it is at this moment. */
  const known = async (id: string, hash: string): Promise<Caller | null> => {
    if (id === admin.id) return isSameHash(hash, admin.keyHash) ? admin : null
    const row = await store.getKey(id)
    if (row === null || !isSameHash(hash, row.hash)) return null
    const now = clock.now()
    if (row.expiresAt !== null && row.expiresAt <= now) return null
    await noteUse(row, { store, clock })
    return { id: row.id, name: row.name, scopes: row.scopes, keyHash: row.hash }
  }

  return {
    admin,
    ofKey: async (key) => {
      const hash = hashOf(key)
      const id = isSameHash(hash, admin.keyHash) ? admin.id : idOfKey(key)
      return id === null ? null : await known(id, hash)
    },
    ofSession: async (token) => {
      const session = await store.getSession(hashOf(token))
      if (session === null || session.expiresAt <= clock.now()) return null
      const caller = await known(session.keyId, session.keyHash)
      return caller === null ? null : { caller, session }
    },
  }
}

const noteUse = async (row: KeyRow, { store, clock }: { store: KeyStore; clock: Clock }): Promise<void> => {
  const now = clock.now()
  if (row.lastUsedAt !== null && now - row.lastUsedAt < LAST_USE_MS) return
  // Lost to another request that says the same, or to the key's end: nothing to do about either.
  await store.putKey({ ...row, version: row.version + 1, lastUsedAt: now }, row.version)
}
