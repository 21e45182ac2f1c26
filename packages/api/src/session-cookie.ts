import { SESSION_MS } from "@posthorn/core/session"
import { SECOND_MS } from "@posthorn/core/time"
import type { RandomBytes } from "@posthorn/core/ports"
import type { Context } from "hono"
import { generateCookie, getCookie } from "hono/cookie"

import type { ApiEnv } from "./deps.ts"
import { isHttps, ownHost } from "./same-origin.ts"

const TOKEN_BYTES = 32

/**
 * Cookies know no ports (RFC 6265, 8.5), so the name has it: two Posthorns on one machine do not sign each other out. `__Host-` has the
 * browser refuse a cookie of this name that another host of the domain, or plain http, would set.
 */
const nameOf = (c: Context<ApiEnv>): string => {
  const port = /:(\d+)$/.exec(ownHost(c))?.[1]
  return `${isHttps(c) ? "__Host-" : ""}posthorn_session${port === undefined ? "" : `_${port}`}`
}

export const newSessionToken = (randomBytes: RandomBytes): string =>
  Buffer.from(randomBytes(TOKEN_BYTES)).toString("base64url")

/** What the cookie of a request says, whatever it is; null where there is none. */
export const sessionTokenIn = (c: Context<ApiEnv>): string | null => {
  const token = getCookie(c, nameOf(c)) ?? ""
  return token === "" ? null : token
}

/** For `Set-Cookie`. */
export const sessionCookie = (c: Context<ApiEnv>, token: string): string => cookie(c, token, SESSION_MS / SECOND_MS)

/** For `Set-Cookie`: the browser forgets it. */
export const noSessionCookie = (c: Context<ApiEnv>): string => cookie(c, "", 0)

const cookie = (c: Context<ApiEnv>, value: string, maxAge: number): string =>
  generateCookie(nameOf(c), value, { httpOnly: true, sameSite: "Strict", path: "/", maxAge, secure: isHttps(c) })
