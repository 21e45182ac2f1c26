import { inspect } from "node:util"

import { describe, expect, it } from "vitest"

import type { Platform } from "../../packages/sdk/src/client/platform.ts"
import { type ClientOptions, createClient } from "../../packages/sdk/src/index.ts"
import { type Answer, type Receiver, startReceiver } from "../receiver.ts"
import { useStage } from "./stage.ts"

const { receive } = useStage()

const KEY = "phk_a_key_that_is_told_to_nobody"
const NOW = Date.parse("2026-11-14T23:46:40Z")

/** A client of a scripted server, over real sockets. It waits for nothing, and says how long it would have waited. */
const stage = async (answers: (Answer | undefined)[], options: Partial<ClientOptions> = {}) => {
  const server = await receive()
  server.answer((_, index) => answers[index] ?? json({ status: "ok" }))
  const waits: number[] = []
  const platform: Platform = {
    now: () => NOW,
    random: () => 0,
    uuid: () => `uuid-${String(waits.length)}`,
    sleep: async (ms) => void waits.push(ms),
  }
  return { server, waits, client: createClient({ url: new URL(server.url).origin, key: KEY, ...options }, platform) }
}

const json = (body: unknown, more: Answer = {}): Answer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
  ...more,
})
const problem = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "application/problem+json", ...headers },
  body: JSON.stringify({ type: "", title: "", status, code, requestId: "req_1", detail: "It is so.", errors: [] }),
})

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  )
const methodsAt = ({ requests }: Receiver): string[] => requests.map(({ method, path }) => `${method} ${path}`)

describe("a call that fails is tried again", () => {
  it.each<[string, Answer]>([
    ["the connection ends before an answer", { close: "before" }],
    ["the connection is reset", { close: "reset" }],
    ["the answer ends in the middle", json({ status: "ok" }, { close: "after", body: '{"sta' })],
    ["502 of whatever stands in front", { status: 502, body: "<html>Bad gateway</html>" }],
    ["503", { status: 503 }],
    ["504", { status: 504 }],
    ["500", problem(500, "internal")],
  ])("where it is a GET: %s", async (_, answer) => {
    const { client, server, waits } = await stage([answer, answer])
    expect(await client.health()).toEqual({ status: "ok" })
    expect(server.requests).toHaveLength(3)
    expect(waits).toEqual([125, 250])
  })

  it("three times and no more, and the last failure is the one that is told", async () => {
    const { client, server } = await stage(Array<Answer>(9).fill(problem(500, "internal")))
    expect(await thrownBy(client.me())).toMatchObject({ code: "internal", status: 500, requestId: "req_1" })
    expect(server.requests).toHaveLength(4)
  })

  it("as often as one says", async () => {
    const never = await stage([{ status: 502 }], { retries: 0 })
    expect(await thrownBy(never.client.me())).toMatchObject({ code: "unexpected_answer", status: 502 })
    expect(never.server.requests).toHaveLength(1)
  })

  it("after a time without an answer, whether none came or only its begin", async () => {
    const { client, server } = await stage([{ hang: "headers" }, { hang: "body", body: "{" }], { timeoutMs: 60 })
    expect(await client.health()).toEqual({ status: "ok" })
    expect(server.requests).toHaveLength(3)
    const silent = await stage([{ hang: "headers" }], { timeoutMs: 60, retries: 0 })
    expect(await thrownBy(silent.client.health())).toMatchObject({ code: "timeout", status: null, requestId: null })
  })

  it("with one Idempotency-Key over all tries of a create, and another for the next", async () => {
    const { client, server } = await stage([
      { close: "before" },
      { status: 502 },
      json({ id: "ep_1" }, { status: 201 }),
    ])
    await client.endpoints.create({ url: "https://example.com" })
    await client.endpoints.create({ url: "https://example.com" })
    const keys = server.requests.map(({ headers }) => headers["idempotency-key"])
    expect(keys).toEqual(["uuid-0", "uuid-0", "uuid-0", "uuid-2"])
    const bodies = server.requests.map(({ body }) => body)
    expect(new Set(bodies)).toEqual(new Set(['{"url":"https://example.com"}']))
  })

  it("with the caller's Idempotency-Key, where there is one", async () => {
    const { client, server } = await stage([{ close: "before" }])
    await client.events.publish({ type: "custom.won", data: {} }, { idempotencyKey: "deal-7" })
    expect(server.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(["deal-7", "deal-7"])
    const { client: other } = await stage([])
    const refused = await thrownBy(other.events.publish({ type: "custom.won", data: {} }, { idempotencyKey: "a\nb" }))
    expect(String(refused)).toMatch(/visible ASCII/)
  })

  it("never where doing it twice is another thing than doing it once", async () => {
    for (const call of ["test", "rotateSecret"] as const) {
      const { client, server } = await stage([{ close: "before" }])
      expect(await thrownBy(client.endpoints[call]("ep_1"))).toMatchObject({ code: "network" })
      expect(methodsAt(server)).toHaveLength(1)
    }
    const { client, server } = await stage([{ status: 503 }])
    expect(await thrownBy(client.deliveries.retry("dlv_1"))).toMatchObject({ status: 503 })
    expect(methodsAt(server)).toHaveLength(1)
  })

  it("and a DELETE whose first answer was lost has deleted it, not found nothing", async () => {
    const lost = await stage([{ close: "before" }, problem(404, "not_found")])
    await lost.client.endpoints.delete("ep_1")
    const absent = await stage([problem(404, "not_found")])
    expect(await thrownBy(absent.client.endpoints.delete("ep_1"))).toMatchObject({ code: "not_found" })
    // A 429 did nothing, so that what comes behind it is the answer.
    const limited = await stage([problem(429, "rate_limited", { "retry-after": "1" }), problem(404, "not_found")])
    expect(await thrownBy(limited.client.endpoints.delete("ep_1"))).toMatchObject({ code: "not_found" })
  })
})

describe("Retry-After", () => {
  it.each([
    ["seconds", "7", 7_000],
    ["a date", "Sat, 14 Nov 2026 23:46:52 GMT", 12_000],
  ])("in %s is kept to, by every call, since a 429 came before anything was done", async (_, header, waitMs) => {
    const { client, server, waits } = await stage([problem(429, "rate_limited", { "retry-after": header })])
    await client.endpoints.test("ep_1")
    expect(waits).toEqual([waitMs])
    expect(server.requests).toHaveLength(2)
  })

  it("of more than a minute is told instead of waited for", async () => {
    const { client, waits } = await stage([problem(429, "rate_limited", { "retry-after": "61" })])
    expect(await thrownBy(client.me())).toMatchObject({ code: "rate_limited", retryAfterMs: 61_000 })
    expect(waits).toEqual([])
  })

  it("is not waited for where a setting is missing", async () => {
    const { client, server } = await stage([problem(503, "not_configured")])
    expect(await thrownBy(client.accounts.get("a"))).toMatchObject({ code: "not_configured" })
    expect(server.requests).toHaveLength(1)
  })
})

describe("a call ends with its signal", () => {
  it("while it waits for an answer, and while it waits to try again", async () => {
    const silent = await stage([{ hang: "headers" }])
    const ending = new AbortController()
    const asked = thrownBy(silent.client.me({ signal: ending.signal }))
    await silent.server.waitFor(1)
    ending.abort(new Error("enough"))
    expect(await asked).toEqual(new Error("enough"))

    const server = await receive()
    server.answer(problem(429, "rate_limited", { "retry-after": "50" }))
    // The platform's own sleep: it would be 50 s.
    const client = createClient({ url: new URL(server.url).origin, key: KEY })
    const waiting = new AbortController()
    const waited = thrownBy(client.me({ signal: waiting.signal }))
    await server.waitFor(1)
    waiting.abort(new Error("enough of this too"))
    expect(await waited).toEqual(new Error("enough of this too"))
  })

  it("before it began", async () => {
    const { client, server } = await stage([])
    expect(await thrownBy(client.me({ signal: AbortSignal.abort(new Error("no")) }))).toEqual(new Error("no"))
    expect(server.requests).toHaveLength(0)
  })
})

describe("an answer that is not Posthorn's", () => {
  it.each<[string, Answer, RegExp]>([
    [
      "a page",
      { status: 200, headers: { "content-type": "text/html" }, body: "<html>" },
      /Is the url that of a Posthorn/,
    ],
    ["nothing", { status: 200 }, /Is the url that of a Posthorn/],
    ["a 404 of another server", { status: 404, body: "not here" }, /status 404 and is not one of Posthorn's/],
    [
      "a redirect",
      { status: 301, headers: { location: "https://elsewhere.example/v1/me?a=b" } },
      /redirect to https:\/\/elsewhere.example,/,
    ],
  ])("%s is told as what it is", async (_, answer, message) => {
    const { client, server } = await stage([answer])
    const error = await thrownBy(client.me())
    expect(error).toMatchObject({ code: "unexpected_answer" })
    expect(String(error)).toMatch(message)
    expect(server.requests).toHaveLength(1)
  })

  it("a redirect does not take the key to another host", async () => {
    const elsewhere = await receive()
    const { client } = await stage([{ status: 307, headers: { location: elsewhere.url } }])
    expect(await thrownBy(client.endpoints.test("ep_1"))).toMatchObject({ code: "unexpected_answer", status: 307 })
    expect(elsewhere.requests).toHaveLength(0)
  })
})

describe("the key", () => {
  it("goes out as a bearer, and shows in no error and not in the client", async () => {
    const { client, server } = await stage([problem(401, "unauthorized")])
    const refused = await thrownBy(client.me())
    const closed = await startReceiver()
    await closed.close()
    const unreachable = await thrownBy(createClient({ url: closed.url, key: KEY, retries: 0 }).me())
    expect(unreachable).toMatchObject({ code: "network", detail: expect.stringContaining("ECONNREFUSED") as string })
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
    const shown = inspect([client, refused, unreachable], { depth: null, showHidden: true }) + JSON.stringify(client)
    expect(shown).not.toContain(KEY)
  })

  it("that cannot be sent is refused without being shown", () => {
    const url = "https://example.com"
    for (const key of [`${KEY}\n`, ` ${KEY}`, ""]) {
      expect(() => createClient({ url, key })).toThrow(/key: must be/)
      expect(() => createClient({ url, key })).not.toThrow(KEY)
    }
  })
})

describe("what cannot be right", () => {
  it.each(["", ".", ".."])("an id %j is refused before it becomes another path", async (id) => {
    const { client, server } = await stage([])
    expect(await thrownBy((async () => client.endpoints.get(id))())).toBeInstanceOf(TypeError)
    expect(await thrownBy((async () => client.endpoints.delete(id))())).toBeInstanceOf(TypeError)
    expect(server.requests).toHaveLength(0)
  })

  it("ids and filters are sent as they are, whatever stands in them", async () => {
    const { client, server } = await stage([json({}), json({ data: [], nextCursor: null })])
    await client.accounts.get("a/b?c#d")
    await client.endpoints.list({ url: "https://example.com/?a=b&c", status: ["enabled", "paused"] }).page("x+/=")
    const [first, second] = server.requests
    expect(first?.path).toBe("/v1/accounts/a%2Fb%3Fc%23d")
    expect(Object.fromEntries(new URL(second!.path, "http://x").searchParams)).toEqual({
      url: "https://example.com/?a=b&c",
      status: "enabled,paused",
      cursor: "x+/=",
    })
  })

  it("options that cannot be used are named", () => {
    const good = { url: "https://example.com", key: KEY }
    expect(() => createClient({ ...good, retries: -1 })).toThrow(/retries/)
    expect(() => createClient({ ...good, timeoutMs: 0 })).toThrow(/timeoutMs/)
    expect(() => createClient({ ...good, userAgent: "a\r\nb: c" })).toThrow(/userAgent/)
  })

  it("the program's name stands in front of the SDK's", async () => {
    const { client, server } = await stage([], { userAgent: "my-crm/2" })
    await client.health()
    expect(server.requests[0]?.headers["user-agent"]).toMatch(/^my-crm\/2 posthorn-sdk\/\d/)
  })
})
