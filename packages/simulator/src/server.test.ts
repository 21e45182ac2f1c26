import { afterEach, expect, test } from "vitest"
import { listening, NOW, threadOf, type Listening } from "./test-support.ts"

let upstream: Listening
afterEach(() => upstream.simulator.close())

const LIST = "/messaging/recent-messages"

test("only the configured key is let in, and any bearer token if none is configured", async () => {
  upstream = await listening({ apiKey: "secret" })
  const status = async (headers: Record<string, string>) => (await upstream.get(LIST, { headers })).status
  expect(await status({})).toBe(401)
  expect(await status({ authorization: "Bearer other" })).toBe(401)
  expect(await status({ authorization: "secret" })).toBe(401)
  expect(await status({ authorization: "Bearer secret" })).toBe(200)
  await upstream.simulator.close()
  upstream = await listening()
  expect(await status({ authorization: "Bearer anything" })).toBe(200)
  expect(await status({})).toBe(401)
})

test("every answer has the world's date and the rate limit, ISO in v2, Unix seconds elsewhere", async () => {
  upstream = await listening()
  const legacy = (await upstream.get(LIST)).headers
  expect(legacy.get("date")).toBe(new Date(NOW).toUTCString())
  expect(legacy.get("x-ratelimit-reset")).toBe(new Date(NOW + 60_000).toISOString())
  expect([legacy.get("x-ratelimit-limit"), legacy.get("x-ratelimit-remaining")]).toEqual(["60", "59"])
  expect((await upstream.get("/conversations")).headers.get("x-ratelimit-reset")).toBe(`${(NOW + 60_000) / 1000}`)
})

test("beyond its requests per minute it answers 429 until the minute is over", async () => {
  upstream = await listening({ requestsPerMinute: 2 })
  await upstream.get(LIST)
  await upstream.get(LIST)
  upstream.pass(20_000)
  const refused = await upstream.get(LIST)
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "40"])
  upstream.pass(40_000)
  expect((await upstream.get(LIST)).status).toBe(200)
})

test("the deprecated reads redirect in the conversations dialect, to where the answer is", async () => {
  upstream = await listening({ dialect: "conversations" })
  const id = threadOf(upstream, 2)
  const list = await upstream.get(`${LIST}?accountId=5eed5eed5eed5eed00000001&count=5`)
  expect([list.status, list.headers.get("location")]).toEqual([
    307,
    "/linkedin/conversations?accountId=5eed5eed5eed5eed00000001&count=5",
  ])
  const thread = await upstream.get(`/messaging/conversation-details?conversationUrn=${encodeURIComponent(id)}`)
  expect(thread.status).toBe(307)
  const location = thread.headers.get("location")!.replace("/linkedin", "")
  expect((await upstream.json(location)).messages).toHaveLength(2)
})

test("upstream may change its dialect under a running client", async () => {
  upstream = await listening()
  expect((await upstream.get(LIST)).status).toBe(200)
  upstream.simulator.settings.dialect = "conversations"
  expect((await upstream.get(LIST)).status).toBe(307)
})

test("an account's trouble shows in its reads", async () => {
  upstream = await listening()
  const [account] = upstream.simulator.world.accounts.values()
  const { world } = upstream.simulator
  const status = async () => (await upstream.get(LIST)).status
  world.setAccountStatus(account!, "ERROR")
  expect(await status()).toBe(500)
  expect(await (await upstream.get("/account/status")).json()).toMatchObject({ status: "ERROR" })
  world.setAccountStatus(account!, "AVAILABLE", { enabled: false })
  expect(await status()).toBe(403)
  world.setAccountStatus(account!, "AVAILABLE", { enabled: true, apiSeatAllocated: false })
  expect(await status()).toBe(403)
  world.setAccountStatus(account!, "AVAILABLE", { apiSeatAllocated: true })
  expect(await status()).toBe(200)
})

test("without an accountId the most recently used account answers", async () => {
  upstream = await listening({ accounts: 2 })
  const [, second] = [...upstream.simulator.world.accounts.keys()]
  upstream.pass(1000)
  await upstream.get(`${LIST}?accountId=${second!}`)
  expect(await upstream.json(LIST)).toMatchObject({ accountId: second })
})

test("requests are recorded with their answer's status, without the key", async () => {
  upstream = await listening()
  await upstream.get(`${LIST}?count=5`)
  await upstream.get("/nowhere")
  expect(upstream.simulator.requests).toEqual([
    {
      method: "GET",
      path: "/linkedin/messaging/recent-messages",
      query: { count: "5" },
      at: NOW,
      status: 200,
      authorization: true,
    },
    { method: "GET", path: "/linkedin/nowhere", query: {}, at: NOW, status: 404, authorization: true },
  ])
})
