import { beforeEach, describe, expect, it } from "vitest"

import { ADMIN_KEY, testApi, type Answered } from "./fixture.ts"
import { HOST, OWN, BODY, type Api, type Headers, sent, askFor, bearer, page, signIn } from "./session-fixture.ts"

let api: Api
beforeEach(() => {
  api = testApi()
})

describe("a request with the cookie", () => {
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
