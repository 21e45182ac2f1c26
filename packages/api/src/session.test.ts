import { beforeEach, describe, expect, it } from "vitest"

import { ADMIN_KEY, NOW, checkShape, testApi, type Answered } from "./fixture.ts"
import { hashOf } from "./key-token.ts"

const HOST = "posthorn.example:8443"
const OWN = `http://${HOST}`
const HOUR = 3_600_000
const BODY = { url: "https://example.com/hook" }

type Api = ReturnType<typeof testApi>
type Headers = Record<string, string | undefined>

/** Without those that a case takes away. */
const sent = (headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined))

/** As a browser would ask: no key, a Host, whatever headers are given. */
const askFor = async (api: Api, method: string, path: string, given: Headers = {}, body?: unknown) => {
  const headers = sent({ host: HOST, ...(body === undefined ? {} : { "content-type": "application/json" }), ...given })
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const response = await api.app.request(`${OWN}${path}`, init)
  const text = await response.text()
  const answered = (text === "" ? {} : JSON.parse(text)) as Answered
  if (text !== "") checkShape(api.app, method, path, response.status, answered)
  const setCookie = response.headers.get("set-cookie")
  return { status: response.status, headers: response.headers, body: answered, setCookie }
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
/** What the dashboard sends along with its cookie. */
const page = { "x-posthorn-dashboard": "1", origin: OWN, "sec-fetch-site": "same-origin" }

const tokenOf = (setCookie: string | null): string => /^posthorn_session_8443=([^;]*)/.exec(setCookie ?? "")?.[1] ?? ""
const signIn = async (api: Api, key = ADMIN_KEY): Promise<{ cookie: string; token: string }> => {
  const { status, setCookie } = await askFor(api, "POST", "/v1/session", bearer(key))
  expect(status).toBe(201)
  const token = tokenOf(setCookie)
  return { cookie: `posthorn_session_8443=${token}`, token }
}
const makeKey = async (api: Api, fields: object = {}) =>
  (await api.call("POST", "/v1/keys", { name: "ops", scopes: ["read"], ...fields })).body as Answered & { key: string }

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
      session: { expiresAt: new Date(NOW + 12 * HOUR).toISOString() },
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
      expiresAt: NOW + 12 * HOUR,
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
    expect(me.body["session"]).toEqual({ expiresAt: new Date(NOW + 12 * HOUR).toISOString() })
    expect((await askFor(api, "GET", "/v1/endpoints", { cookie })).status).toBe(200)
    const refused = await askFor(api, "POST", "/v1/endpoints", { ...page, cookie }, BODY)
    expect([refused.status, refused.body.detail]).toEqual([403, 'This key lacks the scope "endpoints".'])
    expect(api.lines.slice(-4).map(({ keyId }) => keyId)).toEqual([id, id, id, id])
  })

  it("notes the key's use", async () => {
    const { key, id } = await makeKey(api)
    const { cookie } = await signIn(api, key)
    api.clock.at += HOUR
    await askFor(api, "GET", "/v1/me", { cookie })
    expect((await api.store.getKey(id))?.lastUsedAt).toBe(NOW + HOUR)
  })

  const evil = "https://evil.example"
  /** What comes with the cookie, and the status of the answer. */
  const matrix: [what: string, method: "GET" | "HEAD" | "POST" | "PATCH" | "DELETE", Headers, status: number][] = [
    ["a read", "GET", {}, 200],
    ["a read by a person who typed the address", "GET", { "sec-fetch-site": "none" }, 200],
    ["a read by the page", "GET", { "sec-fetch-site": "same-origin" }, 200],
    ["a HEAD by the page", "HEAD", { "sec-fetch-site": "same-origin" }, 200],
    ["a read by another site", "GET", { "sec-fetch-site": "cross-site" }, 403],
    ["a read by a sister site, or another port", "GET", { "sec-fetch-site": "same-site" }, 403],
    ["a HEAD by another site", "HEAD", { "sec-fetch-site": "cross-site" }, 403],
    ["a write by the page", "POST", page, 201],
    ["a write by the page of a browser without Sec-Fetch", "POST", { ...page, "sec-fetch-site": undefined }, 201],
    ["a write by a page that sends no Origin", "POST", { ...page, origin: undefined }, 201],
    ["a write with the origin in other letters", "POST", { ...page, origin: OWN.toUpperCase() }, 201],
    ["a write with neither of both", "POST", { "x-posthorn-dashboard": "1" }, 403],
    ["a write without the header", "POST", { ...page, "x-posthorn-dashboard": undefined }, 403],
    ["a write with another value of it", "POST", { ...page, "x-posthorn-dashboard": "true" }, 403],
    ["a write by another origin", "POST", { ...page, origin: evil }, 403],
    ["a write by another port", "POST", { ...page, origin: "http://posthorn.example" }, 403],
    ["a write by a subdomain", "POST", { ...page, origin: `http://a.${HOST}` }, 403],
    ["a write by a host that begins alike", "POST", { ...page, origin: "http://posthorn.example:84430" }, 403],
    ["a write by an opaque origin", "POST", { ...page, origin: "null" }, 403],
    ["a write by an origin that is none", "POST", { ...page, origin: "" }, 403],
    ["a write of which the browser says cross-site", "POST", { ...page, "sec-fetch-site": "cross-site" }, 403],
    ["a write without Origin, typed", "POST", { ...page, origin: undefined, "sec-fetch-site": "none" }, 403],
    ["a write without Origin, by a sister", "POST", { ...page, origin: undefined, "sec-fetch-site": "same-site" }, 403],
    ["a PATCH like any write", "PATCH", { origin: OWN }, 403],
    ["a DELETE like any write", "DELETE", { origin: OWN }, 403],
  ]

  const request = async (method: string, headers: Headers) => {
    const { id } = await api.makeEndpoint({ url: "https://example.com/another" })
    const path = method === "PATCH" || method === "DELETE" ? `/v1/endpoints/${id}` : "/v1/endpoints"
    const body = method === "POST" ? BODY : method === "PATCH" ? { description: "x" } : undefined
    const answer = await api.app.request(`${OWN}${path}`, {
      method,
      headers: sent({ host: HOST, "content-type": "application/json", ...headers }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, code: text === "" ? null : (JSON.parse(text) as Answered).code }
  }

  it.each(matrix)("%s (%s %j): %i", async (_what, method, headers, status) => {
    const { cookie } = await signIn(api)
    const before = (await api.store.listEndpoints()).length
    const answer = await request(method, { ...headers, cookie })
    expect(answer.status).toBe(status)
    if (status === 403 && method !== "HEAD") expect(answer.code).toBe("forbidden")
    expect((await api.store.listEndpoints()).length).toBe(before + (status === 201 ? 2 : 1))
  })

  it.each(matrix.filter(([, method]) => method === "GET" || method === "POST"))(
    "with a key beside it none of that matters: %s (%s %j)",
    async (_what, method, headers) => {
      const { cookie } = await signIn(api)
      for (const more of [{}, { cookie }, { cookie: "posthorn_session_8443=over" }])
        expect((await request(method, { ...headers, ...more, ...bearer(ADMIN_KEY) })).status).toBe(
          method === "GET" ? 200 : 201,
        )
    },
  )

  it("with a wrong key beside it, is a request with a wrong key", async () => {
    const { cookie } = await signIn(api)
    for (const authorization of ["Bearer phk_wrong", "Bearer", "bearer a b"]) {
      const { status, setCookie } = await askFor(api, "GET", "/v1/me", { cookie, authorization })
      expect([authorization, status, setCookie]).toEqual([authorization, 401, null])
    }
  })

  it("with the password of a proxy in front beside it, is a request with the cookie", async () => {
    const { cookie } = await signIn(api)
    const authorization = "Basic b3BzOnNlY3JldA=="
    expect((await askFor(api, "GET", "/v1/me", { cookie, authorization })).status).toBe(200)
    expect((await askFor(api, "POST", "/v1/endpoints", { cookie, authorization }, BODY)).status).toBe(403)
  })

  it("knows its own origin where TLS ends in front", async () => {
    const { cookie } = await signIn(api)
    const proxied = {
      ...page,
      cookie: cookie.replace("posthorn_session_8443", "__Host-posthorn_session"),
      host: "posthorn.example:443",
      "x-forwarded-proto": "https",
    }
    const headers = { ...proxied, origin: "https://posthorn.example" }
    expect((await askFor(api, "POST", "/v1/endpoints", headers, BODY)).status).toBe(201)
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
    api.clock.at += 12 * HOUR - 1
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
    const { key } = await makeKey(api, { expiresAt: new Date(NOW + HOUR).toISOString() })
    const { cookie } = await signIn(api, key)
    api.clock.at += HOUR - 1
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
