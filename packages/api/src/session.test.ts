import { HOUR_MS } from "@posthorn/core/time"
import { beforeEach, describe, expect, it } from "vitest"

import { ADMIN_KEY, NOW, testApi, type Answered } from "./fixture.ts"
import { hashOf } from "./key-token.ts"
import { OWN, BODY, type Api, type Headers, askFor, bearer, page, tokenOf, signIn, makeKey } from "./session-fixture.ts"

let api: Api
beforeEach(() => {
  api = testApi()
})

describe("signing in", () => {
  it("trades a key for a cookie that no script can read, and says whose session it is and until when", async () => {
    const { status, headers, body, setCookie } = await askFor(api, "POST", "/v1/session", bearer(ADMIN_KEY))
    expect([status, headers.get("location")]).toEqual([201, "/v1/me"])
    expect(body).toEqual({
      ...(await api.call("GET", "/v1/me")).body,
      session: { expiresAt: new Date(NOW + 12 * HOUR_MS).toISOString() },
    })
    const [pair = "", ...attributes] = (setCookie ?? "").split("; ")
    expect(pair).toMatch(/^posthorn_session_8443=[\w-]{43}$/)
    expect(attributes.sort()).toEqual(["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Strict"])
  })

  it.each([
    ["http://posthorn.example", {}, false],
    ["https://posthorn.example", {}, true],
    ["http://posthorn.example", { "x-forwarded-proto": "https" }, true],
    ["http://posthorn.example", { "x-forwarded-proto": "HTTPS, http" }, true],
    ["https://posthorn.example", { "x-forwarded-proto": "http" }, false],
  ] as [string, Record<string, string>, boolean][])("%s with %j: Secure is %s", async (url, headers, isSecure) => {
    const init = { method: "POST", headers: { ...bearer(ADMIN_KEY), ...headers } }
    const response = await api.app.request(`${url}/v1/session`, init)
    expect(response.status).toBe(201)
    expect(response.headers.get("set-cookie")?.includes("; Secure")).toBe(isSecure)
  })

  it.each([
    ["http://posthorn.example", "posthorn_session"],
    ["http://posthorn.example:8787", "posthorn_session_8787"],
    ["http://posthorn.example:80", "posthorn_session"],
    ["http://[::1]:8787", "posthorn_session_8787"],
    ["https://posthorn.example", "__Host-posthorn_session"],
    ["https://posthorn.example:8443", "__Host-posthorn_session_8443"],
  ])("%s has a cookie of its own, %s, and takes no other", async (url, name) => {
    const { host } = new URL(url)
    const ask = (headers: Headers, method = "GET") =>
      api.app.request(`${url}/v1/${method === "POST" ? "session" : "me"}`, { method, headers: { host, ...headers } })
    const setCookie = (await ask(bearer(ADMIN_KEY), "POST")).headers.get("set-cookie") ?? ""
    const [, set, token] = /^([^=]+)=([^;]+)/.exec(setCookie) ?? []
    expect(set).toBe(name)
    expect((await ask({ cookie: `${name}_1=other; ${name}=${token}` })).status).toBe(200)
    expect((await ask({ cookie: `${name}_1=${token}` })).status).toBe(401)
  })

  it("makes a new token each time, of which a row has the hash alone", async () => {
    const [first, second] = [await signIn(api), await signIn(api)]
    expect(first.token).not.toBe(second.token)
    expect(await api.store.getSession(hashOf(first.token))).toEqual({
      id: hashOf(first.token),
      keyId: "key_admin",
      keyHash: hashOf(ADMIN_KEY),
      createdAt: NOW,
      expiresAt: NOW + 12 * HOUR_MS,
    })
    const rows = JSON.stringify(api.store.db.prepare("SELECT * FROM sessions").all())
    for (const { token } of [first, second]) expect(rows).not.toContain(token)
  })

  it.each([
    ["a key that nobody has", bearer("phk_wrong"), undefined, 401, "unauthorized"],
    ["neither key nor code", {}, undefined, 401, "unauthorized"],
    ["an empty body alone", {}, {}, 401, "unauthorized"],
    ["a page of another origin", { ...bearer(ADMIN_KEY), origin: "https://evil.example" }, undefined, 403, "forbidden"],
    ["a page without an origin", { ...bearer(ADMIN_KEY), origin: "null" }, undefined, 403, "forbidden"],
    ["key and code", bearer(ADMIN_KEY), { code: "x" }, 400, "validation_failed"],
    ["an empty code", {}, { code: "" }, 400, "validation_failed"],
    ["a field that is none", bearer(ADMIN_KEY), { key: "x" }, 400, "validation_failed"],
  ] as [string, Headers, unknown, number, string][])(
    "is refused with %s, and sets no cookie",
    async (_what, headers, body, status, code) => {
      const answer = await askFor(api, "POST", "/v1/session", headers, body)
      expect([answer.status, answer.body.code, answer.setCookie]).toEqual([status, code, null])
      expect(api.store.db.prepare("SELECT count(*) AS n FROM sessions").get()).toEqual({ n: 0 })
    },
  )

  it("a session makes no other", async () => {
    const { cookie } = await signIn(api)
    const { status, body } = await askFor(api, "POST", "/v1/session", { ...page, cookie })
    expect([status, body.detail]).toEqual([401, expect.stringContaining("A session makes no other")])
  })

  it("counts as a request of its key, and so does what comes with the cookie", async () => {
    const counted: string[] = []
    let waitMs = 0
    api = testApi({ takeRequest: async (keyId) => (counted.push(keyId), waitMs) })
    const { cookie } = await signIn(api)
    await askFor(api, "GET", "/v1/me", { cookie })
    expect(counted).toEqual(["key_admin", "key_admin"])
    waitMs = 1_200
    for (const [method, path, headers] of [
      ["POST", "/v1/session", bearer(ADMIN_KEY)],
      ["GET", "/v1/me", { cookie }],
    ] as const)
      expect((await askFor(api, method, path, headers)).headers.get("retry-after")).toBe("2")
  })
})

describe("the one-time code", () => {
  const CODE = "the-code"

  it("signs in as the admin key, as often as the runtime says that it is right", async () => {
    let left = 1
    api = testApi({ takeSignInCode: (code) => code === CODE && left-- > 0 })
    const wrong = await askFor(api, "POST", "/v1/session", {}, { code: "another" })
    expect([wrong.status, wrong.body.detail]).toEqual([401, expect.stringContaining("sign in with a key")])
    const { status, body, setCookie } = await askFor(api, "POST", "/v1/session", { origin: OWN }, { code: CODE })
    expect([status, body["key"]]).toMatchObject([201, { id: "key_admin" }])
    const cookie = `posthorn_session_8443=${tokenOf(setCookie)}`
    expect((await askFor(api, "POST", "/v1/endpoints", { ...page, cookie }, BODY)).status).toBe(201)
    expect((await askFor(api, "POST", "/v1/session", {}, { code: CODE })).status).toBe(401)
    expect(JSON.stringify(api.lines)).not.toContain(CODE)
  })

  it("is used up by no page of another origin", async () => {
    api = testApi({
      takeSignInCode: () => {
        throw new Error("asked")
      },
    })
    const { status } = await askFor(api, "POST", "/v1/session", { origin: "https://evil.example" }, { code: CODE })
    expect(status).toBe(403)
  })

  it("is refused in a sentence where the runtime makes none", async () => {
    const { status, body } = await askFor(api, "POST", "/v1/session", {}, { code: CODE })
    expect([status, body.detail]).toEqual([401, "This deployment makes no sign-in codes: sign in with a key."])
  })
})

describe("a request with the cookie", () => {
  it("does what the key's scopes say, and is logged under the key", async () => {
    const { key, id } = await makeKey(api)
    const { cookie } = await signIn(api, key)
    const me = await askFor(api, "GET", "/v1/me", { cookie })
    expect(me.body).toMatchObject({ key: { id, name: "ops", scopes: ["read"] } })
    expect(me.body["session"]).toEqual({ expiresAt: new Date(NOW + 12 * HOUR_MS).toISOString() })
    expect((await askFor(api, "GET", "/v1/endpoints", { cookie })).status).toBe(200)
    const refused = await askFor(api, "POST", "/v1/endpoints", { ...page, cookie }, BODY)
    expect([refused.status, refused.body.detail]).toEqual([403, 'This key lacks the scope "endpoints".'])
    expect(api.lines.slice(-4).map(({ keyId }) => keyId)).toEqual([id, id, id, id])
  })

  it("notes the key's use", async () => {
    const { key, id } = await makeKey(api)
    const { cookie } = await signIn(api, key)
    api.clock.at += HOUR_MS
    await askFor(api, "GET", "/v1/me", { cookie })
    expect((await api.store.getKey(id))?.lastUsedAt).toBe(NOW + HOUR_MS)
  })

  it("with a wrong key beside it, is a request with a wrong key", async () => {
    const { cookie } = await signIn(api)
    for (const authorization of ["Bearer phk_wrong", "Bearer", "bearer a b"]) {
      const { status, setCookie } = await askFor(api, "GET", "/v1/me", { cookie, authorization })
      expect([authorization, status, setCookie]).toEqual([authorization, 401, null])
    }
  })
})

describe("a session ends", () => {
  const ended = async (cookie: string) => {
    const { status, body, headers, setCookie } = await askFor(api, "GET", "/v1/me", { cookie })
    if (status === 200) return false
    expect([status, body.code, body.detail]).toEqual([401, "unauthorized", "This session has ended: sign in again."])
    expect(headers.get("www-authenticate")).toBe("Bearer")
    expect(setCookie).toMatch(/^posthorn_session_8443=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/)
    return true
  }

  it("after 12 hours to the millisecond, however much it was used", async () => {
    const { cookie } = await signIn(api)
    api.clock.at += 12 * HOUR_MS - 1
    expect(await ended(cookie)).toBe(false)
    api.clock.at += 1
    expect(await ended(cookie)).toBe(true)
  })

  it("when its key is revoked, at once", async () => {
    const { key, id } = await makeKey(api)
    const { cookie } = await signIn(api, key)
    expect(await ended(cookie)).toBe(false)
    await api.call("DELETE", `/v1/keys/${id}`)
    expect(await ended(cookie)).toBe(true)
  })

  it("when its key ends by itself", async () => {
    const { key } = await makeKey(api, { expiresAt: new Date(NOW + HOUR_MS).toISOString() })
    const { cookie } = await signIn(api, key)
    api.clock.at += HOUR_MS - 1
    expect(await ended(cookie)).toBe(false)
    api.clock.at += 1
    expect(await ended(cookie)).toBe(true)
  })

  it("when the admin key was changed since, and not when Posthorn was only started anew", async () => {
    const { cookie } = await signIn(api)
    const { store } = api
    api = testApi({ store })
    expect(await ended(cookie)).toBe(false)
    api = testApi({ store, adminKey: "phk_admin_another_0123" })
    expect(await ended(cookie)).toBe(true)
  })

  it("when another key stands under its key's id", async () => {
    const once = { "idempotency-key": "once" }
    const make = async () => (await api.call("POST", "/v1/keys", { name: "x", scopes: ["read"] }, once)).body
    const first = (await make()) as Answered & { key: string }
    const { cookie } = await signIn(api, first.key)
    await api.call("DELETE", `/v1/keys/${first.id}`)
    expect((await make()).id).toBe(first.id)
    expect(await ended(cookie)).toBe(true)
  })

  it("never was, for a token that is made up", async () => {
    const { token } = await signIn(api)
    for (const other of [`${token}A`, token.slice(1), "x", "%00", hashOf(token)])
      expect(await ended(`posthorn_session_8443=${other}`), other).toBe(true)
    expect((await askFor(api, "GET", "/v1/me", { cookie: "posthorn_session_8443=" })).body.detail).toContain(
      "Send a key",
    )
  })

  it("by signing out, for good, whereas the key and other sessions go on", async () => {
    const [{ cookie, token }, other] = [await signIn(api), await signIn(api)]
    const { status, setCookie } = await askFor(api, "DELETE", "/v1/session", { ...page, cookie })
    expect([status, setCookie]).toEqual([204, expect.stringMatching(/^posthorn_session_8443=; Max-Age=0;/)])
    expect(await api.store.getSession(hashOf(token))).toBeNull()
    expect(await ended(cookie)).toBe(true)
    expect(await ended(other.cookie)).toBe(false)
    expect((await askFor(api, "GET", "/v1/me", bearer(ADMIN_KEY))).status).toBe(200)
    expect(api.lines.find(({ method }) => method === "DELETE")).toMatchObject({
      route: "/v1/session",
      keyId: "key_admin",
    })
  })
})

describe("signing out", () => {
  it("is done already where there is no session, or none any more", async () => {
    const { cookie } = await signIn(api)
    for (const headers of [page, { ...page, cookie }, { ...page, cookie }, bearer(ADMIN_KEY)])
      expect((await askFor(api, "DELETE", "/v1/session", headers)).status).toBe(204)
  })

  it("is for pages of this deployment, with a session or without", async () => {
    const { cookie } = await signIn(api)
    const foreign = [{}, { origin: OWN }, { ...page, origin: "https://evil.example" }, { "x-posthorn-dashboard": "1" }]
    for (const headers of foreign)
      for (const more of [{}, { cookie }])
        expect((await askFor(api, "DELETE", "/v1/session", { ...headers, ...more })).status).toBe(403)
    expect((await askFor(api, "GET", "/v1/me", { cookie })).status).toBe(200)
  })

  it("is refused with a wrong key, and with a body", async () => {
    expect((await askFor(api, "DELETE", "/v1/session", { ...page, ...bearer("phk_wrong") })).status).toBe(401)
    const { status, body } = await askFor(api, "DELETE", "/v1/session", page, { all: true })
    expect([status, body.errors]).toMatchObject([400, [{ pointer: "/all" }]])
  })
})

it("the token is in no line, no answer and no error", async () => {
  const { key } = await makeKey(api)
  const { cookie, token } = await signIn(api, key)
  const shown: unknown[] = []
  for (const [method, path, headers] of [
    ["GET", "/v1/me", {}],
    ["GET", "/v1/keys", {}],
    ["GET", `/v1/${token}`, {}],
    ["POST", "/v1/endpoints", {}],
    ["POST", "/v1/session", page],
    ["DELETE", "/v1/session", page],
    ["GET", "/v1/me", {}],
  ] as const) {
    const { body, setCookie } = await askFor(api, method, path, { cookie, ...headers })
    // A path that was asked for is said back to whoever asked.
    shown.push(path.includes(token) ? null : body, setCookie)
  }
  api.deps.store.getSession = async () => {
    throw new Error("the store is away")
  }
  shown.push((await askFor(api, "GET", "/v1/me", { cookie })).body)
  expect(api.lines.at(-1)?.error).toContain("the store is away")
  expect(JSON.stringify([shown, api.lines])).not.toContain(token)
  expect(JSON.stringify([shown, api.lines])).not.toContain(hashOf(token))
})
