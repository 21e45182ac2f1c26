import { VisibleError } from "@posthorn/core/error"
import type { Scope } from "@posthorn/core/key"
import type { Context, MiddlewareHandler } from "hono"

import type { Caller } from "./caller.ts"
import type { Callers } from "./callers.ts"
import type { ApiDeps, ApiEnv } from "./deps.ts"
import { refuseForeign } from "./same-origin.ts"
import { noSessionCookie, sessionTokenIn } from "./session-cookie.ts"

/** Lets a request through that brings a known key, or else the cookie of a session. */
export const authenticate =
  (callers: Callers): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const caller = await callerByKey(c, callers)
    if (caller === null) await authenticateSession(c, callers)
    else c.set("caller", caller)
    await next()
  }

/** Whose key a request brings, null where it brings none: a header of another scheme is for somebody in between. */
export const callerByKey = async (c: Context<ApiEnv>, callers: Pick<Callers, "ofKey">): Promise<Caller | null> => {
  const header = c.req.header("authorization") ?? ""
  if (!/^bearer\b/i.test(header)) return null
  const key = /^Bearer +(\S+) *$/i.exec(header)?.[1]
  if (key === undefined) throw unauthorized(SEND_A_KEY)
  const caller = await callers.ofKey(key)
  if (caller === null)
    throw unauthorized("This key is not known here: it was revoked, has expired, or is another deployment's.")
  return caller
}

const authenticateSession = async (c: Context<ApiEnv>, { ofSession }: Callers): Promise<void> => {
  const token = sessionTokenIn(c)
  if (token === null) throw unauthorized(SEND_A_KEY)
  refuseForeign(c)
  const found = await ofSession(token)
  if (found === null) throw unauthorized("This session has ended: sign in again.", { "set-cookie": noSessionCookie(c) })
  c.set("caller", found.caller)
  c.set("session", { expiresAt: found.session.expiresAt })
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
    await takeOne(take, c.get("caller")?.id ?? "")
    await next()
  }

/** Counts a request of a key, or throws and says when there is room for it. */
export const takeOne = async (take: ApiDeps["takeRequest"], keyId: string): Promise<void> => {
  const waitMs = (await take?.(keyId)) ?? 0
  if (waitMs > 0)
    throw new VisibleError("rate_limited", "Too many requests with this key. Wait, then go on more slowly.", {
      headers: { "retry-after": String(Math.ceil(waitMs / 1_000)) },
    })
}

const SEND_A_KEY = "Send a key in the header Authorization: Bearer <key>."

export const unauthorized = (detail: string, headers: Record<string, string> = {}): VisibleError =>
  new VisibleError("unauthorized", detail, { headers: { "www-authenticate": "Bearer", ...headers } })
