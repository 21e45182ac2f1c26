import { createHash, timingSafeEqual } from "node:crypto"

import { VisibleError } from "@posthorn/core/error"
import type { MiddlewareHandler } from "hono"

import type { ApiDeps, ApiEnv } from "./deps.ts"

export const scopes = ["read", "endpoints", "conversations", "admin"] as const
export type Scope = (typeof scopes)[number]

/** Whose key it is. */
export interface Caller {
  id: string
  name: string
  scopes: Scope[]
}

/** Whose key a token is, or null. The only place that knows of keys: those kept in the store are looked up here too. */
export type FindCaller = (token: string) => Promise<Caller | null>

export const findCallerIn = (deps: Pick<ApiDeps, "adminKey">): FindCaller => {
  const adminHash = hashOf(deps.adminKey)
  return async (token) =>
    timingSafeEqual(hashOf(token), adminHash) ? { id: "key_admin", name: "admin", scopes: [...scopes] } : null
}

/** Hashes have one length, and tell nothing about how much of a key was right. */
const hashOf = (key: string): Uint8Array => createHash("sha256").update(key).digest()

/** Lets a request through that brings a known key. */
export const authenticate =
  (findCaller: FindCaller): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const token = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1]
    if (token === undefined) throw unauthorized("Send a key in the header Authorization: Bearer <key>.")
    const caller = await findCaller(token)
    if (caller === null) throw unauthorized("This key is not known here.")
    c.set("caller", caller)
    await next()
  }

/** Lets a request through whose key has the scope. */
export const needs =
  (scope: Scope): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    if (c.get("caller")?.scopes.includes(scope) !== true)
      throw new VisibleError("forbidden", `This key lacks the scope "${scope}".`)
    await next()
  }

const unauthorized = (detail: string): VisibleError =>
  new VisibleError("unauthorized", detail, { headers: { "www-authenticate": "Bearer" } })
