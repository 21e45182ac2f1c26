import { EventMessage } from "@posthorn/core/event"
import { UpstreamError, type Thread } from "@posthorn/core/upstream/thread"
import { describe, expect, it } from "vitest"

import type { ApiDeps } from "./deps.ts"
import { accountRow, logRow, NOW, testApi } from "./fixture.ts"
import { cursorsOf } from "./list.ts"

type Asked = NonNullable<ApiDeps["upstream"]>

const thread = (...texts: string[]): Thread => ({
  dialect: "legacy",
  accountId: null,
  profileUrn: null,
  messages: texts.map((text, index) => ({
    id: `2-m${text}`,
    urn: `urn:li:msg_message:(x,2-m${text})`,
    text,
    subject: null,
    sentAt: NOW - 1_000 + index,
    direction: "inbound",
    sender: null,
    attachments: [],
    reactions: null,
  })),
  unreadable: 0,
  participants: null,
  hasOlder: true,
  older: "1700",
})

const setUp = async (more: Partial<ApiDeps> = {}) => {
  const asked: unknown[] = []
  const upstream: Asked = {
    readThread: async (request) => {
      asked.push(request)
      return request.window.kind === "newest" ? thread("one", "two") : { ...thread("zero"), older: null }
    },
    sendTyping: async (request) => void asked.push(request),
    listConversations: () => Promise.reject(new Error("not asked")),
  }
  const api = testApi({ upstream, ...more })
  const row = logRow("a1", 1, NOW)
  await api.store.createAccount(accountRow("a1"))
  await api.store.appendEvent(row)
  return { ...api, asked, conversationId: row.conversationId ?? "" }
}

describe("a conversation, live", () => {
  it("is read newest first, written as in events, page by page", async () => {
    const { call, conversationId } = await setUp()
    const path = `/v1/accounts/a1/conversations/${encodeURIComponent(conversationId)}/messages`
    const first = await call("GET", path)
    expect(first.body.data.map((message) => EventMessage.parse(message).text)).toEqual(["two", "one"])
    const second = await call("GET", `${path}?cursor=${first.body.nextCursor ?? ""}`)
    expect(second.body.data.map((message) => EventMessage.parse(message).text)).toEqual(["zero"])
    expect(second.body.nextCursor).toBeNull()
  })

  it("typing goes to the conversation that upstream knows by its URN", async () => {
    const { call, asked, conversationId } = await setUp()
    const { status, body } = await call("POST", "/v1/accounts/a1/typing", { conversationId })
    expect([status, body]).toEqual([200, { accountId: "a1", conversationId }])
    expect(asked).toEqual([{ accountId: "a1", urn: "urn:c" }])
  })

  it("a cursor that no page gave is a 400, even with a check that is right", async () => {
    const { call, asked, conversationId } = await setUp()
    const path = `/v1/accounts/a1/conversations/${encodeURIComponent(conversationId)}/messages`
    for (const inner of [
      "not json",
      "{}",
      JSON.stringify({ than: "1", at: Array.from({ length: 1_000 }, () => "x"), above: [] }),
    ]) {
      const cursor = cursorsOf(`messages a1 ${conversationId}`, {}).close(inner) ?? ""
      const answer = await call("GET", `${path}?cursor=${cursor}`)
      expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([400, "cursor"])
    }
    expect(asked).toEqual([])
  })

  it("404 for what nobody knows, without asking upstream", async () => {
    const { call, asked } = await setUp()
    const unknown = { conversationId: "2-unknown" }
    expect((await call("POST", "/v1/accounts/a1/typing", unknown)).status).toBe(404)
    expect((await call("POST", "/v1/accounts/a2/typing", unknown)).status).toBe(404)
    expect((await call("GET", "/v1/accounts/a1/conversations/2-unknown/messages")).status).toBe(404)
    expect(asked).toEqual([])
  })

  it.each([
    ["the budget is used up", { takeUpstreamRequest: async () => false }, 429, "rate_limited"],
    ["there is no key for upstream", { upstream: null }, 503, "not_configured"],
    [
      "upstream refuses",
      {
        upstream: {
          sendTyping: () => Promise.reject(new UpstreamError("server_error", "ConnectSafely answered 500.")),
          readThread: () => Promise.reject(new Error("not asked")),
          listConversations: () => Promise.reject(new Error("not asked")),
        },
      },
      502,
      "upstream_failed",
    ],
  ] as [string, Partial<ApiDeps>, number, string][])("says so where %s", async (_, more, status, code) => {
    const { call, conversationId } = await setUp(more)
    const answer = await call("POST", "/v1/accounts/a1/typing", { conversationId })
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })
})
