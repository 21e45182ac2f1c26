import { expect } from "vitest"

import { ADMIN_KEY, checkShape, testApi, type Answered } from "./fixture.ts"

/** As a browser names it in `Host`: a port that is not the scheme's own is in the cookie's name. */
export const HOST = "posthorn.example:8443"
export const OWN = `http://${HOST}`
export const BODY = { url: "https://example.com/hook" }

export type Api = ReturnType<typeof testApi>
export type Headers = Record<string, string | undefined>

/** Without those that a case takes away. */
export const sent = (headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined))

/** As a browser would ask: no key, a Host, whatever headers are given. */
export const askFor = async (api: Api, method: string, path: string, given: Headers = {}, body?: unknown) => {
  const headers = sent({ host: HOST, ...(body === undefined ? {} : { "content-type": "application/json" }), ...given })
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const response = await api.app.request(`${OWN}${path}`, init)
  const text = await response.text()
  const answered = (text === "" ? {} : JSON.parse(text)) as Answered
  if (text !== "") checkShape(api.app, method, path, response.status, answered)
  const setCookie = response.headers.get("set-cookie")
  return { status: response.status, headers: response.headers, body: answered, setCookie }
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
/** What the dashboard sends along with its cookie. */
export const page = { "x-posthorn-dashboard": "1", origin: OWN, "sec-fetch-site": "same-origin" }

export const tokenOf = (setCookie: string | null): string =>
  /^posthorn_session_8443=([^;]*)/.exec(setCookie ?? "")?.[1] ?? ""
export const signIn = async (api: Api, key = ADMIN_KEY): Promise<{ cookie: string; token: string }> => {
  const { status, setCookie } = await askFor(api, "POST", "/v1/session", bearer(key))
  expect(status).toBe(201)
  const token = tokenOf(setCookie)
  return { cookie: `posthorn_session_8443=${token}`, token }
}
export const makeKey = async (api: Api, fields: object = {}) =>
  (await api.call("POST", "/v1/keys", { name: "ops", scopes: ["read"], ...fields })).body as Answered & { key: string }
