import { afterEach, beforeEach, expect, test } from "vitest"
import type { Fault } from "./faults.ts"
import { listening, NOW, threadOf, type Listening } from "./test-support.ts"

let upstream: Listening
beforeEach(async () => {
  upstream = await listening()
  threadOf(upstream, 1)
})
afterEach(() => upstream.simulator.close())

const LIST = "/messaging/recent-messages"
const ask = (fault: Fault) => {
  upstream.simulator.faults.add(fault)
  return upstream.get(LIST)
}

test("a fault strikes where it matches, as often as it should, after as many as it should", async () => {
  const { faults } = upstream.simulator
  const active = faults.add({ kind: "status", status: 500, match: "recent-messages", times: 2, after: 1 })
  const statuses = []
  for (let index = 0; index < 4; index++) statuses.push((await upstream.get(LIST)).status)
  expect(statuses).toEqual([200, 500, 500, 200])
  expect((await upstream.get("/account/status")).status).toBe(200)
  expect(active.struck).toBe(2)
  faults.add({ kind: "html", match: /GET .*status/ })
  expect(await (await upstream.get("/account/status")).text()).toContain("<html>")
  faults.clear()
  expect((await upstream.get("/account/status")).headers.get("content-type")).toContain("json")
})

test.each([
  ["retry-after-seconds", "retry-after", "30"],
  ["retry-after-date", "retry-after", new Date(NOW + 30_000).toUTCString()],
  ["reset-seconds", "x-ratelimit-reset", `${(NOW + 30_000) / 1000}`],
  ["reset-ms", "x-ratelimit-reset", `${NOW + 30_000}`],
  ["reset-iso", "x-ratelimit-reset", new Date(NOW + 30_000).toISOString()],
] as const)("429 with %s", async (hint, header, value) => {
  const response = await ask({ kind: "rate-limit", hint })
  expect([response.status, response.headers.get(header)]).toEqual([429, value])
})

test("429 with holdUntil in the body", async () => {
  const body: unknown = await (await ask({ kind: "rate-limit", hint: "hold-until" })).json()
  expect(body).toMatchObject({ holdUntil: new Date(NOW + 30_000).toISOString() })
})

test("200 with success: false", async () => {
  const response = await ask({ kind: "not-success" })
  expect([response.status, await response.json()]).toMatchObject([200, { success: false }])
})

test("an empty body, and a truncated one", async () => {
  expect(await (await ask({ kind: "empty", times: 1 })).text()).toBe("")
  const text = await (await ask({ kind: "truncated" })).text()
  expect(text.length).toBeGreaterThan(0)
  expect(() => JSON.parse(text) as unknown).toThrow()
})

test.each<Fault>([{ kind: "hang", where: "headers" }, { kind: "hang", where: "body" }, { kind: "keep-open" }])(
  "$kind $where never ends",
  async (fault) => {
    upstream.simulator.faults.add(fault)
    const deadline = AbortSignal.timeout(100)
    await expect(upstream.get(LIST, { signal: deadline }).then((response) => response.text())).rejects.toThrow()
    expect(deadline.aborted).toBe(true)
  },
)

test.each<Fault>([
  { kind: "reset", where: "headers" },
  { kind: "reset", where: "body" },
])("$kind in $where", async (fault) => {
  await expect(ask(fault).then((response) => response.text())).rejects.toThrow()
})

test("a dripped or delayed answer is whole in the end", async () => {
  const plain = await upstream.json(LIST)
  expect(await (await ask({ kind: "drip", everyMs: 1, bytes: 200, times: 1 })).json()).toEqual(plain)
  expect(await (await ask({ kind: "delay", ms: 5, times: 1 })).json()).toEqual(plain)
})

test("a redirect to this host's v3 path, or to another host", async () => {
  const own = await ask({ kind: "redirect", to: "conversations", times: 1 })
  expect([own.status, own.headers.get("location")]).toEqual([307, "/linkedin/conversations"])
  const foreign = await ask({ kind: "redirect", to: "https://elsewhere.invalid/", status: 302, times: 1 })
  expect([foreign.status, foreign.headers.get("location")]).toEqual([302, "https://elsewhere.invalid/"])
})

test("the wrong account's answer, in either dialect", async () => {
  const body: unknown = await (await ask({ kind: "wrong-account", accountId: "f".repeat(24) })).json()
  expect(body).toMatchObject({ accountId: "f".repeat(24), profileUrn: expect.stringContaining("Stranger") as unknown })
  expect(JSON.stringify(await upstream.json("/conversations"))).toContain("(urn:li:fsd_profile:ACoAAStranger")
})

test("an empty list from an account that has conversations", async () => {
  expect(await (await ask({ kind: "empty-list" })).json()).toMatchObject({ success: true, conversations: [] })
})

test("a stale list stays as it was when the fault first met it", async () => {
  upstream.simulator.faults.add({ kind: "stale", match: "/conversations" })
  const before = await upstream.json("/conversations")
  threadOf(upstream, 1, NOW + 60_000)
  expect(await upstream.json("/conversations")).toEqual(before)
  upstream.simulator.faults.clear()
  expect((await upstream.json("/conversations")).conversations).toHaveLength(2)
})

test("an unsorted list", async () => {
  for (let index = 1; index < 6; index++) threadOf(upstream, 1, NOW + index)
  const sorted = (await upstream.json(LIST)).conversations
  upstream.simulator.faults.add({ kind: "unsorted-list" })
  const unsorted = (await upstream.json(LIST)).conversations
  expect(unsorted).not.toEqual(sorted)
  expect(new Set(unsorted.map((each) => each.conversationId))).toEqual(
    new Set(sorted.map((each) => each.conversationId)),
  )
})

test("any other change to an answer", async () => {
  const response = await ask({ kind: "rewrite", change: () => ({ data: "wrapped" }) })
  expect(await response.json()).toEqual({ data: "wrapped" })
})
