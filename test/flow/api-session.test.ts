import { mkdtemp, rm } from "node:fs/promises"
import { request } from "node:http"
import { tmpdir } from "node:os"
import path from "node:path"

import { expect, it } from "vitest"

import { ADMIN_KEY, type Relay, startRelay } from "../relay.ts"
import { useStage } from "./stage.ts"

const { start, cleanups } = useStage()

interface Answer {
  status: number
  setCookie: string
  body: Record<string, unknown>
}

/** As a browser's page would ask, over a real connection; `fetch` would not let a test say the headers of a browser. */
const ask = (
  url: string,
  method: string,
  headers: Record<string, string> = {},
  body: string | null = null,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      response.toArray().then((chunks: Buffer[]) => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode ?? 0,
          setCookie: (response.headers["set-cookie"] ?? []).join("\n"),
          body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>,
        })
      }, reject)
    })
    sent.on("error", reject)
    sent.end(body)
  })

const cookieOf = ({ setCookie }: Answer): string => setCookie.split(";")[0] ?? ""
const json = { "content-type": "application/json" }
const fromPage = (relay: Relay, cookie: string) => ({
  ...json,
  cookie,
  origin: relay.runtime.url,
  "x-posthorn-dashboard": "1",
})
const signIn = (relay: Relay, key: string): Promise<Answer> =>
  ask(`${relay.runtime.url}/v1/session`, "POST", { authorization: `Bearer ${key}` })

it("a browser signs in with a key, works with its cookie as the key may, and is out once the key is revoked", async () => {
  const relay = await start()
  const { url } = relay.runtime
  const made = await relay.api<{ id: string; key: string }>("/v1/keys", {
    body: { name: "ops", scopes: ["read", "endpoints"] },
  })
  const signedIn = await signIn(relay, made.body.key)
  expect([signedIn.status, signedIn.body["key"]]).toMatchObject([201, { id: made.body.id }])
  expect(signedIn.setCookie).toContain("HttpOnly")
  expect(signedIn.setCookie).not.toContain("Secure")
  const cookie = cookieOf(signedIn)

  const endpoint = JSON.stringify({ url: "http://127.0.0.1:9/hook" })
  expect((await ask(`${url}/v1/events`, "GET", { cookie })).status).toBe(200)
  expect((await ask(`${url}/v1/endpoints`, "POST", fromPage(relay, cookie), endpoint)).status).toBe(201)
  expect((await ask(`${url}/v1/keys`, "POST", fromPage(relay, cookie), "{}")).body["code"]).toBe("forbidden")
  const foreign = { ...fromPage(relay, cookie), origin: "http://127.0.0.1:4599" }
  expect((await ask(`${url}/v1/endpoints`, "POST", foreign, endpoint)).status).toBe(403)
  expect((await relay.api<{ data: unknown[] }>("/v1/endpoints")).body.data).toHaveLength(1)

  expect((await relay.api(`/v1/keys/${made.body.id}`, { method: "DELETE" })).status).toBe(204)
  const out = await ask(`${url}/v1/events`, "GET", { cookie })
  expect([out.status, out.body["detail"]]).toEqual([401, "This session has ended: sign in again."])
  expect(out.setCookie).toContain("Max-Age=0")
})

it("the link of a start signs in once, and signing out ends that session alone", async () => {
  const relay = await start()
  const { url, signInCode } = relay.runtime
  const code = JSON.stringify({ code: signInCode })
  const signedIn = await ask(`${url}/v1/session`, "POST", { ...json, origin: url }, code)
  expect([signedIn.status, signedIn.body["key"]]).toMatchObject([201, { id: "key_admin" }])
  expect((await ask(`${url}/v1/session`, "POST", { ...json, origin: url }, code)).status).toBe(401)

  const [cookie, other] = [cookieOf(signedIn), cookieOf(await signIn(relay, ADMIN_KEY))]
  expect((await ask(`${url}/v1/session`, "DELETE", fromPage(relay, cookie))).status).toBe(204)
  expect((await ask(`${url}/v1/me`, "GET", { cookie })).status).toBe(401)
  expect((await ask(`${url}/v1/me`, "GET", { cookie: other })).status).toBe(200)
  const shown = JSON.stringify([relay.logged, (await relay.api("/v1/keys")).body])
  for (const secret of [signInCode, cookie.split("=")[1], other.split("=")[1]]) expect(shown).not.toContain(secret)
})

it("a session outlives a restart, and its row goes when it is over", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "posthorn-"))
  cleanups.push(() => rm(directory, { recursive: true, force: true }))
  const options = { path: path.join(directory, "posthorn.db") }
  const first = await startRelay(options)
  cleanups.push(() => first.simulator.close())
  const cookie = cookieOf(await signIn(first, ADMIN_KEY))
  await first.stop()

  // Where it was: a session is of one port.
  const { port } = new URL(first.runtime.url)
  const second = await startRelay({ ...options, like: first, env: { PORT: port } })
  cleanups.push(() => second.stop())
  expect((await ask(`${second.runtime.url}/v1/me`, "GET", { cookie })).status).toBe(200)
  const { store } = second.runtime
  const inTwelveHours = Date.now() + 12 * 3_600_000
  expect((await store.purge(inTwelveHours - 60_000, 86_400_000)).sessions).toBe(0)
  expect((await store.purge(inTwelveHours, 86_400_000)).sessions).toBe(1)
  expect((await ask(`${second.runtime.url}/v1/me`, "GET", { cookie })).status).toBe(401)
})
