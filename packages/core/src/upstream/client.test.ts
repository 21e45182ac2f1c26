import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"

import {
  fakeUpstream,
  KEY,
  legacyMessage,
  legacyThread,
  listRequest,
  newerMessage,
  newerThread,
  OWNER,
  readRequest,
  THREAD,
  type Answering,
  type Asked,
} from "./fake.ts"
import { UpstreamError } from "./thread.ts"

const AT = 1_794_700_000_000
const moved = (location?: string): Answering => ({
  status: 307,
  text: "",
  headers: location === undefined ? {} : { location },
})
const isLegacy = ({ path }: Asked) => path.startsWith("/messaging/")
const item = { conversationUrn: THREAD.urn, lastActivityAt: AT }
const newerList = { success: true, conversations: [item], hasMore: true, nextCursor: "c2", fromCache: true }
const legacyList = { success: true, accountId: "account1", profileUrn: OWNER, conversations: [item], nextCursor: "c1" }

/** A deployment whose legacy reads redirect. */
const redirecting = (location?: string, dialect: "auto" | "legacy" = "auto") =>
  fakeUpstream(
    (asked) =>
      isLegacy(asked)
        ? moved(location)
        : { json: asked.path === "/conversations" ? newerList : newerThread([newerMessage("a", AT)]) },
    { dialect },
  )

describe("requests", () => {
  test("trap 24: upstream's own freshness is read for the account, and null where it says nothing", async () => {
    const at = "2026-11-14T23:46:40.000Z"
    const state = { lastSyncAt: at, consecutiveFailures: 2, lastError: "session expired" }
    const { upstream, requests } = fakeUpstream(() => ({
      json: { success: true, accounts: [{ accountId: "other" }, null, { accountId: "account1", syncState: state }] },
    }))
    expect(await upstream.getSync({ accountId: "account1" })).toEqual({
      lastSyncAt: Date.parse(at),
      failure: "session expired",
    })
    expect(await upstream.getSync({ accountId: "nobody" })).toBeNull()
    expect(requests[0]).toMatchObject({ path: "/conversations/sync/status", query: { accountId: "account1" } })
  })

  test("carry the account, the key and a deadline, whatever is asked", async () => {
    const { upstream, requests } = fakeUpstream(({ path, method }) =>
      method === "POST"
        ? { json: { success: true } }
        : { json: path.includes("recent") ? legacyList : legacyThread([]) },
    )
    await upstream.listConversations(listRequest)
    await upstream.readThread(readRequest)
    await upstream.sendTyping({ accountId: "account1", urn: THREAD.urn })
    expect(requests).toHaveLength(3)
    for (const request of requests) {
      const body = JSON.parse(request.body ?? "{}") as { accountId?: string }
      expect(request.query.accountId ?? body.accountId).toBe("account1")
      expect(request.headers.authorization).toBe(`Bearer ${KEY}`)
      expect(request.deadlineMs).toBe(15_000)
      expect(request.url).not.toMatch(/[()]/)
    }
  })

  test("the deadline is a setting, and a base URL may end with slashes", async () => {
    const { upstream, requests } = fakeUpstream(() => ({ json: legacyList }), {
      deadlineMs: 7,
      baseUrl: "https://api.example.test/linkedin//",
    })
    await upstream.listConversations(listRequest)
    expect(requests[0]).toMatchObject({
      deadlineMs: 7,
      url: expect.stringMatching(/linkedin\/messaging\/recent/) as string,
    })
  })

  test("typing is sent to the conversation of the account", async () => {
    const { upstream, requests } = fakeUpstream(() => ({ json: { success: true, message: "Typing" } }))
    await upstream.sendTyping({ accountId: "account1", urn: THREAD.urn })
    expect(requests[0]).toMatchObject({ method: "POST", path: "/messaging/typing-indicator" })
    expect(JSON.parse(requests[0]!.body!)).toEqual({ conversationUrn: THREAD.urn, accountId: "account1" })
  })

  test("upstream's clock is the Date header, null where it cannot be read", async () => {
    const date = async (headers: Record<string, string>) =>
      (await fakeUpstream(() => ({ json: legacyList, headers })).upstream.listConversations(listRequest)).date
    expect(await date({ date: "Sat, 14 Nov 2026 23:46:40 GMT" })).toBe(AT)
    expect(await date({ date: "yesterday" })).toBeNull()
    expect(await date({})).toBeNull()
  })

  test("trap 36: nothing that the client can do marks as read or sends a message", async () => {
    const { upstream, requests } = fakeUpstream(({ path }) => (path === "/accounts" ? { json: [] } : moved()))
    await upstream.listAccounts()
    await upstream.listConversations(listRequest).catch(() => null)
    await upstream.readThread(readRequest).catch(() => null)
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(["GET"]))
    expect(Object.keys(upstream).sort()).toEqual([
      "getSync",
      "listAccounts",
      "listConversations",
      "readThread",
      "sendTyping",
    ])

    const sources = readdirSync(import.meta.dirname).filter((name) => /(?<!\.test)\.ts$/.test(name))
    const code = sources.map((name) => readFileSync(`${import.meta.dirname}/${name}`, "utf8")).join("\n")
    expect(code).not.toMatch(/mark-?(all|seen|read|unread)|messaging\/send|conversations\/send|\/message"/i)
    expect(code.match(/method: "POST"/g)).toHaveLength(1)
  })
})

describe("dialect", () => {
  test("auto starts with legacy", async () => {
    const { upstream, requests } = fakeUpstream(() => ({ json: legacyList }))
    expect((await upstream.listConversations(listRequest)).dialect).toBe("legacy")
    expect(requests.map(({ path }) => path)).toEqual(["/messaging/recent-messages"])
  })

  test.each([undefined, "/linkedin/conversations?accountId=account1", "https://api.example.test/elsewhere"])(
    "a redirect to %s makes the client put the question anew, once, and remember",
    async (location) => {
      const { upstream, requests } = redirecting(location)
      expect((await upstream.listConversations(listRequest)).dialect).toBe("conversations")
      expect((await upstream.readThread({ ...readRequest, dialect: "legacy" })).dialect).toBe("conversations")
      expect(requests.map(({ path }) => path)).toEqual([
        "/messaging/recent-messages",
        "/conversations",
        expect.stringMatching(/^\/conversations\/.*\/messages$/),
      ])
    },
  )

  test("a thread's window is put into the words of the new dialect", async () => {
    const { upstream, requests } = redirecting()
    await upstream.readThread({ ...readRequest, window: { kind: "newer", from: 5_000, count: 9 } })
    expect(requests.at(-1)!.query).toEqual({ accountId: "account1", since: "4999", count: "9", sync: "true" })
  })

  test("a walk back goes on when the dialect changes half-way", async () => {
    const before = fakeUpstream(() => ({ json: legacyThread([legacyMessage("b", AT)]) }))
    const { older } = await before.upstream.readThread(readRequest)
    const { upstream, requests } = redirecting()
    await upstream.readThread({ ...readRequest, window: { kind: "older", than: older!, count: 9 } })
    expect(requests.at(-1)!.query).toMatchObject({ cursor: String(AT + 1), count: "9" })
  })

  test("a list's cursor stays in the dialect that gave it", async () => {
    let hasMoved = false
    const { upstream, requests } = fakeUpstream((asked) =>
      !isLegacy(asked) ? { json: newerList } : hasMoved ? moved() : { json: legacyList },
    )
    const first = await upstream.listConversations(listRequest)
    hasMoved = true
    await expect(upstream.listConversations({ ...listRequest, cursor: first.nextCursor })).rejects.toMatchObject({
      kind: "redirect",
    })
    const fresh = await upstream.listConversations(listRequest)
    await upstream.listConversations({ ...listRequest, dialect: "legacy", cursor: fresh.nextCursor })
    expect(requests.map(({ path, query }) => [path, query.nextCursor])).toEqual([
      ["/messaging/recent-messages", undefined],
      ["/messaging/recent-messages", "c1"],
      ["/messaging/recent-messages", undefined],
      ["/conversations", undefined],
      ["/conversations", "c2"],
    ])
    await expect(upstream.listConversations({ ...listRequest, cursor: "c1" })).rejects.toMatchObject({
      kind: "bad_request",
    })
  })

  test("an answer is read in the dialect that it is in, not the one that was asked for", async () => {
    const { upstream, requests } = fakeUpstream(() => ({ json: newerThread([newerMessage("a", AT)]) }))
    const thread = await upstream.readThread(readRequest)
    expect(thread).toMatchObject({ dialect: "conversations", messages: [{ id: "2-a", direction: "inbound" }] })
    await upstream.readThread(readRequest)
    expect(requests.map(isLegacy)).toEqual([true, false])

    const backwards = fakeUpstream(() => ({ json: legacyThread([legacyMessage("a", AT)]) }), {
      dialect: "conversations",
    })
    expect((await backwards.upstream.readThread(readRequest)).dialect).toBe("legacy")
  })

  test("an empty thread without a mark is taken for what was asked", async () => {
    const { upstream } = fakeUpstream(() => ({ json: { success: true, messages: [] } }))
    expect((await upstream.readThread(readRequest)).dialect).toBe("legacy")
    expect((await upstream.readThread({ ...readRequest, dialect: "conversations" })).dialect).toBe("conversations")
  })

  test("a dialect set by the operator wins over what an account was last read in", async () => {
    const newer = fakeUpstream(() => ({ json: newerList }), { dialect: "conversations" })
    await newer.upstream.listConversations({ ...listRequest, dialect: "legacy" })
    expect(newer.requests[0]!.path).toBe("/conversations")
    const older = redirecting(undefined, "legacy")
    const refused = older.upstream.listConversations({ ...listRequest, dialect: "conversations" })
    await expect(refused).rejects.toMatchObject({
      kind: "redirect",
      message: expect.stringContaining("DIALECT") as string,
    })
    expect(older.requests).toHaveLength(1)
  })

  test("an account known to speak the newer dialect is asked in it at once", async () => {
    const { upstream, requests } = redirecting()
    await upstream.listConversations({ ...listRequest, dialect: "conversations" })
    expect(requests.map(({ path }) => path)).toEqual(["/conversations"])
  })

  test.each([
    "https://evil.example/linkedin/conversations?secret=1",
    "http://api.example.test/linkedin/conversations",
    "//evil.example/",
    "https://api.example.test:8443/",
  ])("a redirect to %s is not followed; only its host is named", async (location) => {
    const { upstream, requests } = redirecting(location)
    const error = await upstream.listConversations(listRequest).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ kind: "redirect", status: 307 })
    expect((error as Error).message).toContain(new URL(location, "https://x.test").host)
    expect((error as Error).message).not.toContain("secret")
    expect(requests).toHaveLength(1)
  })

  test("a redirect to nonsense, or from the newer dialect, is an error", async () => {
    await expect(redirecting("http://[").upstream.readThread(readRequest)).rejects.toMatchObject({ kind: "redirect" })
    const circling = fakeUpstream(() => moved("/linkedin/again"))
    await expect(circling.upstream.readThread(readRequest)).rejects.toMatchObject({ kind: "redirect" })
    expect(circling.requests).toHaveLength(2)
    await expect(circling.upstream.sendTyping({ accountId: "a", urn: "u" })).rejects.toMatchObject({ kind: "redirect" })
  })

  test("a redirect that leads nowhere is not remembered", async () => {
    let works = false
    const { upstream, requests } = fakeUpstream((asked) =>
      isLegacy(asked) ? (works ? { json: legacyList } : moved()) : { status: 404, json: { error: "No such route" } },
    )
    await expect(upstream.listConversations(listRequest)).rejects.toMatchObject({ kind: "not_found" })
    works = true
    expect((await upstream.listConversations(listRequest)).dialect).toBe("legacy")
    expect(requests).toHaveLength(3)
  })
})

describe("answers that are none", () => {
  test.each<[string, Answering, string, string]>([
    ["success: false", { json: { success: false, error: "LinkedIn did not answer" } }, "refused", "LinkedIn did not"],
    ["HTML", { text: "<html>x</html>", headers: { "content-type": "text/html" } }, "invalid_answer", "HTML instead"],
    ["unmarked HTML", { text: "<!doctype html>" }, "invalid_answer", "HTML instead"],
    ["nothing", { text: "" }, "invalid_answer", "empty"],
    ["half of it", { text: '{"success":true,"mess' }, "invalid_answer", "cut off"],
    ["too much", { text: "{}", cut: true }, "invalid_answer", "more than"],
    ["null", { text: "null" }, "invalid_answer", "not an object"],
    ["a list", { text: "[]" }, "invalid_answer", "not an object"],
    ["no messages", { json: { success: true } }, "invalid_answer", "no `messages`"],
    ["messages in no known shape", { json: { messages: [{ text: "?" }] } }, "invalid_answer", "neither"],
    ["a gateway's error page", { status: 502, text: "<html>" }, "server_error", "HTTP 502"],
    ["a limit in HTML", { status: 429, text: "<html>", headers: { "retry-after": "9" } }, "rate_limited", "HTTP 429"],
  ])("%s is a clear error", async (_what, answer, kind, words) => {
    const { upstream } = fakeUpstream(() => answer)
    const error = await upstream.readThread(readRequest).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({ kind, message: expect.stringContaining(words) as string })
  })

  test("a list without `conversations` is a clear error", async () => {
    const { upstream } = fakeUpstream(() => ({ json: { success: true, accountId: "account1" } }))
    await expect(upstream.listConversations(listRequest)).rejects.toMatchObject({ kind: "invalid_answer" })
  })

  test("no answer in time, or none at all", async () => {
    const failing = (kind: "timeout" | "dns") => fakeUpstream(() => ({ ok: false, kind, message: "Nothing came." }))
    await expect(failing("timeout").upstream.listAccounts()).rejects.toMatchObject({ kind: "timeout" })
    await expect(failing("dns").upstream.listAccounts()).rejects.toMatchObject({ kind: "unreachable" })
  })

  test("no error carries the key, or a body", async () => {
    const body = `{"secret":"${KEY}","private":"message text"`
    const { upstream } = fakeUpstream(() => ({ text: body }))
    const error = (await upstream.readThread(readRequest).catch((caught: unknown) => caught)) as UpstreamError
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toMatch(/key-that|message text/)
  })
})
