import { VisibleError } from "@posthorn/core/error"
import { scopes, type KeyRow, type Scope } from "@posthorn/core/key"
import type { Clock, KeyStore } from "@posthorn/core/ports"
import { MINUTE_MS } from "@posthorn/core/time"
import type { MiddlewareHandler } from "hono"

import type { ApiDeps, ApiEnv } from "./deps.ts"
import { hashOf, idOfKey, isSameHash } from "./key-token.ts"

/** Whose key it is. */
export interface Caller {
  id: string
  name: string
  scopes: readonly Scope[]
}

/** Whose key a token is, or null. The only place that knows of keys. */
export type FindCaller = (token: string) => Promise<Caller | null>

/** The key of the settings or secrets, by which the first key of the store is made. It is in no list and cannot be revoked here. */
export const ADMIN: Caller = { id: "key_admin", name: "admin", scopes }

/** `lastUsedAt` is right to this: one write per key and ten minutes, not one per request. */
const LAST_USE_MS = 10 * MINUTE_MS

export const findCallerIn = ({ adminKey, store, clock }: Pick<ApiDeps, "adminKey" | "store" | "clock">): FindCaller => {
  const adminHash = hashOf(adminKey)
  return async (token) => {
    if (isSameHash(hashOf(token), adminHash)) return ADMIN
    const id = idOfKey(token)
    const row = id === null ? null : await store.getKey(id)
    if (row === null || !isSameHash(hashOf(token), row.hash)) return null
    const now = clock.now()
    if (row.expiresAt !== null && row.expiresAt <= now) return null
    await noteUse(row, { store, clock })
    return { id: row.id, name: row.name, scopes: row.scopes }
  }
}

const noteUse = async (row: KeyRow, { store, clock }: { store: KeyStore; clock: Clock }): Promise<void> => {
  const now = clock.now()
  if (row.lastUsedAt !== null && now - row.lastUsedAt < LAST_USE_MS) return
  // Lost to another request that says the same, or to the key's end: nothing to do about either.
  await store.putKey({ ...row, version: row.version + 1, lastUsedAt: now }, row.version)
}

/** Lets a request through that brings a known key. */
export const authenticate =
  (findCaller: FindCaller): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const token = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1]
    if (token === undefined) throw unauthorized("Send a key in the header Authorization: Bearer <key>.")
    const caller = await findCaller(token)
    if (caller === null)
      throw unauthorized("This key is not known here: it was revoked, has expired, or is another deployment's.")
    c.set("caller", caller)
    await next()
  }

/** Lets a request through whose key has the scope. `admin` is every scope. */
export const needs =
  (scope: Scope): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const held = c.get("caller")?.scopes ?? []
    if (!held.includes(scope) && !held.includes("admin"))
      throw new VisibleError("forbidden", `This key lacks the scope "${scope}".`)
    await next()
  }

/** Lets so many requests of a key through as the runtime says; where there is no such limit, the platform in front has one. */
export const limit =
  (take: ApiDeps["takeRequest"]): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const waitMs = (await take?.(c.get("caller")?.id ?? "")) ?? 0
    if (waitMs > 0)
      throw new VisibleError("rate_limited", "Too many requests with this key. Wait, then go on more slowly.", {
        headers: { "retry-after": String(Math.ceil(waitMs / 1_000)) },
      })
    await next()
  }

const unauthorized = (detail: string): VisibleError =>
  new VisibleError("unauthorized", detail, { headers: { "www-authenticate": "Bearer" } })
