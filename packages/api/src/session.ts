import { createRoute, z } from "@hono/zod-openapi"
import { SESSION_MS } from "@posthorn/core/session"

import { callerByKey, takeOne, unauthorized } from "./auth.ts"
import type { Caller } from "./caller.ts"
import type { Callers } from "./callers.ts"
import type { ApiDeps } from "./deps.ts"
import { hashOf } from "./key-token.ts"
import { presentMe } from "./me.ts"
import { bodyOf, createRouter, jsonOf, nothingInBody, optionalBody } from "./router.ts"
import { refuseForeign, refuseOtherOrigin } from "./same-origin.ts"
import { Me } from "./schemas.ts"
import { newSessionToken, noSessionCookie, sessionCookie, sessionTokenIn } from "./session-cookie.ts"
import { invalid, strict } from "./validate.ts"

const CODE_LENGTH_MAX = 200

const none = strict({}, "query parameter")
const tags = ["session"]
/** Any key will do: a session may what its key may. */
const anyKey = { security: [{ key: [] }], middleware: [] }

const SessionCreate = strict({
  code: z
    .string()
    .min(1, "must be the code behind #code= in the link that the start has printed")
    .max(CODE_LENGTH_MAX, `must be at most ${CODE_LENGTH_MAX} characters long`)
    .optional()
    .describe("instead of a key: the one-time code in the link that a start on one's own machine prints"),
}).meta({ id: "SessionCreate" })

const signIn = createRoute({
  method: "post",
  path: "/v1/session",
  tags,
  summary: "Sign in to the dashboard with a key",
  description:
    "For browsers. The cookie of the answer stands for the key, with the key's scopes, for 12 hours at most: revoking the key ends it. With the cookie, all but GET needs `X-Posthorn-Dashboard: 1` and `Origin` (or `Sec-Fetch-Site: same-origin`) of this deployment. A request with a key ignores it.",
  ...optionalBody(anyKey),
  request: { query: none, body: { ...bodyOf(SessionCreate), required: false } },
  responses: {
    201: {
      ...jsonOf(Me, "Signed in; `session` says until when"),
      headers: z.object({ location: z.string(), "set-cookie": z.string() }),
    },
  },
})

const signOut = createRoute({
  method: "delete",
  path: "/v1/session",
  tags,
  summary: "Sign out",
  description: "The session of the cookie ends. The answer is the same where there is none.",
  ...anyKey,
  middleware: [nothingInBody],
  request: { query: none },
  responses: {
    204: { description: "Signed out; the cookie is cleared", headers: z.object({ "set-cookie": z.string() }) },
  },
})

/** For routes that work without a caller: mounted in front of what asks for one. */
export const session = (deps: ApiDeps, callers: Callers) => {
  const { store, clock, randomBytes, takeRequest } = deps

  const callerByCode = (code: string): Caller => {
    if (deps.takeSignInCode === undefined)
      throw unauthorized("This deployment makes no sign-in codes: sign in with a key.")
    if (deps.takeSignInCode(code)) return callers.admin
    throw unauthorized("This code was used, is older than an hour, or is of another start: sign in with a key.")
  }

  return createRouter()
    .openapi(signIn, async (c) => {
      refuseOtherOrigin(c)
      const { code } = c.req.valid("json")
      const byKey = await callerByKey(c, callers)
      if (byKey !== null && code !== undefined)
        throw invalid([{ in: "body", pointer: "/code", message: "comes instead of a key; send one of the two" }])
      if (byKey === null && code === undefined)
        throw unauthorized(
          "Send a key in the header Authorization: Bearer <key>, or a sign-in code in the body. A session makes no other.",
        )
      const caller = byKey ?? callerByCode(code ?? "")
      c.set("caller", caller)
      if (byKey !== null) await takeOne(takeRequest, caller.id)

      const now = clock.now()
      const token = newSessionToken(randomBytes)
      const row = {
        id: hashOf(token),
        keyId: caller.id,
        keyHash: caller.keyHash,
        createdAt: now,
        expiresAt: now + SESSION_MS,
      }
      if (!(await store.putSession(row))) throw new Error("a token of 256 random bits has come up before")
      c.header("set-cookie", sessionCookie(c, token))
      c.header("location", "/v1/me")
      return c.json(presentMe(caller, row, deps.deployment), 201)
    })
    .openapi(signOut, async (c) => {
      const byKey = await callerByKey(c, callers)
      if (byKey === null) refuseForeign(c)
      const token = sessionTokenIn(c)
      const signedIn = token === null ? null : await callers.ofSession(token)
      const caller = byKey ?? signedIn?.caller ?? null
      c.set("caller", caller)
      if (caller !== null) await takeOne(takeRequest, caller.id)
      if (token !== null) await store.deleteSession(hashOf(token))
      c.header("set-cookie", noSessionCookie(c))
      return c.body(null, 204)
    })
}
