import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

import { expect, it } from "vitest"
import type { Bundle, ZObject } from "zapier-platform-core"

import { useStage } from "../../../test/flow/stage.ts"
import { startReceiver } from "../../../test/receiver.ts"
import { ADMIN_KEY, type Relay } from "../../../test/relay.ts"
import { authentication } from "../src/authentication.ts"
import { request } from "../src/request.ts"
import { type Row, run } from "./zapier.ts"

const { start, cleanups } = useStage()
const test = async (baseUrl: string, apiKey: string): Promise<Row> =>
  await run<Row, Bundle>(authentication.test as (z: ZObject, bundle: Bundle) => Promise<Row>, {
    authData: { base_url: baseUrl, api_key: apiKey },
  })
const makeKey = async (relay: Relay, scopes: string[]): Promise<string> =>
  (await relay.api<{ key: string }>("/v1/keys", { body: { name: "zapier", scopes } })).body.key
const caught = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error("nothing was thrown")
}

it("a good key connects, however the base URL is written, and the label says which deployment and which key", async () => {
  const relay = await start()
  const key = await makeKey(relay, ["read", "endpoints"])
  for (const baseUrl of [relay.runtime.url, ` ${relay.runtime.url}/ `, `${relay.runtime.url}/v1`])
    expect(await test(baseUrl, ` ${key} `)).toMatchObject({
      deployment: "posthorn",
      stage: "local",
      key_name: "zapier",
    })
  const label = authentication.connectionLabel as (z: ZObject, bundle: Bundle) => Promise<string>
  // Zapier hands the label what the test returned.
  const inputData = await test(relay.runtime.url, key)
  expect(await run<string, Bundle>(label, { authData: {}, inputData })).toBe("posthorn local (zapier)")
})

it("a bad key is an expired connection, in words, without the key and without the platform's log", async () => {
  const relay = await start()
  const error = await caught(test(relay.runtime.url, "phk_nobody_knows_this_one"))
  expect(error.name).toBe("ExpiredAuthError")
  expect(error.message).toMatch(/^Reconnect Posthorn\. This key is not known here.*deployment's\.$/)
})

it("a key that may not make endpoints is refused before a Zap is built on it", async () => {
  const relay = await start()
  const error = await caught(test(relay.runtime.url, await makeKey(relay, ["read"])))
  expect(error.message).toMatch(/lacks the scope endpoints/)
  expect((await caught(test(relay.runtime.url, " "))).message).toMatch(/API key is empty/)
})

it("a base URL that is none, that nobody answers at, or that something else answers at, says which", async () => {
  expect((await caught(test("posthorn.example.com", "phk_x"))).message).toMatch(/lacks its scheme/)
  const closed = await startReceiver()
  await closed.close()
  expect((await caught(test(closed.url, "phk_x"))).message).toMatch(
    /cannot be reached at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
  )

  const other = await startReceiver()
  cleanups.push(() => other.close())
  other.answer({ status: 200, body: "<html>welcome</html>" })
  expect((await caught(test(other.url, "phk_x"))).message).toMatch(/There is no Posthorn at this base URL/)
  other.answer({ status: 404, body: "<html>not here</html>" })
  expect((await caught(test(other.url, "phk_x"))).message).toMatch(/not Posthorn answered 404\. Check the base URL/)
  // A 401 of something else is no word about the key.
  other.answer({ status: 401, body: "who are you?" })
  expect((await caught(test(other.url, "phk_x"))).name).toBe("AppError")
})

it("the key follows no redirect", async () => {
  const seen: (string | undefined)[] = []
  const elsewhere = createServer((incoming, response) => {
    seen.push(incoming.headers.authorization)
    response.end("{}")
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve))
  cleanups.push(() => new Promise((resolve) => elsewhere.close(resolve)))
  const redirecting = await startReceiver()
  cleanups.push(() => redirecting.close())
  const { port } = elsewhere.address() as AddressInfo
  redirecting.answer({ status: 302, headers: { location: `http://127.0.0.1:${port}/v1/me` } })
  expect((await caught(test(redirecting.url, "phk_x"))).message).toMatch(/leads to another address/)
  expect(redirecting.requests[0]?.headers.authorization).toBe("Bearer phk_x")
  expect(seen).toEqual([])
})

it("the key goes to the deployment only, whatever is asked for", async () => {
  const [relay, other] = [await start(), await startReceiver()]
  cleanups.push(() => other.close())
  const ask = async (z: ZObject): Promise<number> => (await z.request(other.url)).status
  const authData = { base_url: relay.runtime.url, api_key: ADMIN_KEY }
  expect(await run(ask, { authData })).toBe(200)
  expect(other.requests[0]?.headers.authorization).toBeUndefined()
})

it("429 makes Zapier wait as long as Posthorn asks, and a refusal is told in Posthorn's words", async () => {
  const busy = await startReceiver()
  cleanups.push(() => busy.close())
  const detail = "Too many requests with this key."
  busy.answer({
    status: 429,
    headers: { "content-type": "application/problem+json", "retry-after": "7" },
    body: JSON.stringify({ code: "rate_limited", detail, errors: [] }),
  })
  const throttled = await caught(test(busy.url, "phk_x"))
  expect([throttled.name, JSON.parse(throttled.message)]).toEqual(["ThrottledError", { message: detail, delay: 7 }])

  const relay = await start()
  const authData = { base_url: relay.runtime.url, api_key: ADMIN_KEY }
  const create = (z: ZObject, bundle: Bundle) =>
    request(z, bundle, { method: "POST", path: "/v1/endpoints", body: { url: "http://169.254.169.254/" } })
  const refused = await caught(run(create, { authData }))
  expect(JSON.parse(refused.message)).toMatchObject({ code: "url_not_allowed", status: 400 })

  const typing = (z: ZObject, bundle: Bundle) =>
    request(z, bundle, { method: "POST", path: "/v1/accounts/x/typing", body: { conversationId: "2-x" } })
  const readOnly = { ...authData, api_key: await makeKey(relay, ["read"]) }
  expect((await caught(run(typing, { authData: readOnly }))).message).toMatch(/lacks the scope \\"conversations\\"/)
})
