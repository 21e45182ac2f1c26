import { afterEach, describe, expect, test } from "vitest"
import { listening, NOW, threadOf, type Json, type Listening } from "./test-support.ts"

let upstream: Listening
afterEach(() => upstream.simulator.close())

const details = (id: string, more = "") =>
  `/messaging/conversation-details?conversationUrn=${encodeURIComponent(id)}${more}`
const messages = (id: string, more = "") => `/conversations/${encodeURIComponent(id)}/messages?sync=true${more}`
const LIST_PAGES_MAX = 10

async function walk(path: string): Promise<string[]> {
  const seen: string[] = []
  let cursor: string | null | undefined = ""
  for (let page = 0; page < LIST_PAGES_MAX && typeof cursor === "string"; page++) {
    const answer: Json = await upstream.json(`${path}&nextCursor=${encodeURIComponent(cursor)}`)
    seen.push(...answer.conversations.map(({ conversationId }) => conversationId))
    cursor = answer.nextCursor
  }
  return seen
}

describe.each([
  ["legacy", "/messaging/recent-messages?count=2"],
  ["conversations", "/conversations?count=2"],
] as const)("the list, %s", (dialect, path) => {
  test("is walked to its end from the most recent activity back", async () => {
    upstream = await listening({ dialect })
    const ids = [0, 1, 2, 3, 4].map((index) => threadOf(upstream, 1, NOW + index * 60_000))
    expect(await walk(path)).toEqual(ids.reverse())
  })

  test("shows twenty by default", async () => {
    upstream = await listening({ dialect })
    for (let index = 0; index < 25; index++) threadOf(upstream, 1, NOW + index)
    expect((await upstream.json(path.replace("count=2", ""))).conversations).toHaveLength(20)
  })

  test("loses a conversation that becomes active above the cursor", async () => {
    upstream = await listening({ dialect })
    const [oldest] = [0, 1, 2].map((index) => threadOf(upstream, 1, NOW + index * 60_000))
    const first = await upstream.json(path)
    upstream.simulator.world.write({ conversation: oldest!, sentAt: NOW + 300_000 })
    const second = await upstream.json(`${path}&nextCursor=${encodeURIComponent(first.nextCursor!)}`)
    expect(second.conversations).toEqual([])
  })
})

test("v3 tells activity as a date, the legacy dialect in ms", async () => {
  upstream = await listening()
  threadOf(upstream, 1)
  const [legacy] = (await upstream.json("/messaging/recent-messages")).conversations
  const [cached] = (await upstream.json("/conversations")).conversations
  expect([legacy?.lastActivityAt, cached?.lastActivityAt]).toEqual([NOW, new Date(NOW).toISOString()])
})

describe("a thread", () => {
  test("comes out of order, alike on every read", async () => {
    upstream = await listening()
    const id = threadOf(upstream, 6)
    for (const path of [details(id), messages(id)]) {
      const times = (await upstream.json(path)).messages.map(({ sentAt }) => sentAt)
      expect(times).not.toEqual([...times].sort())
      expect(times).not.toEqual([...times].sort().reverse())
      expect((await upstream.json(path)).messages.map(({ sentAt }) => sentAt)).toEqual(times)
    }
  })

  test("shows its most recent twenty in the legacy dialect, fifty in v3", async () => {
    upstream = await listening()
    const id = threadOf(upstream, 60)
    const legacy = (await upstream.json(details(id))).messages.map(({ text }) => text)
    expect(legacy).toHaveLength(20)
    expect(legacy).toContain("message 59")
    const cached = await upstream.json(messages(id))
    expect([cached.messages.length, cached["hasMore"], cached["cursor"]]).toEqual([50, true, `${NOW + 10_000}`])
  })

  test.each([
    ["exclusive", ["message 1", "message 2"], ["message 4", "message 5"], 7],
    ["inclusive", ["message 2", "message 3"], ["message 3", "message 4"], 8],
  ] as const)("around an anchor, %s", async (anchor, before, after, newer) => {
    upstream = await listening({ anchor })
    const id = threadOf(upstream, 10)
    const at = NOW + 3000
    const read = async (path: string) => (await upstream.json(path)).messages.map(({ text }) => text).sort()
    expect(await read(details(id, `&deliveredAt=${at}&countBefore=2&countAfter=0`))).toEqual(before)
    expect(await read(details(id, `&deliveredAt=${at}&countAfter=2`))).toEqual(after)
    expect(await read(messages(id, `&since=${NOW + 2000}`))).toHaveLength(newer)
    expect(await read(messages(id, `&cursor=${NOW + 2000}`))).toHaveLength(
      10 - newer + (anchor === "exclusive" ? -1 : 1),
    )
  })

  test("is found by any of its URNs, and by a message's", async () => {
    upstream = await listening()
    const id = threadOf(upstream, 1)
    const [message] = (await upstream.json(details(id))).messages
    for (const urn of [`urn:li:messagingThread:(${id})`, `urn:li:messagingThread:${id}`, message!.backendMessageUrn])
      expect((await upstream.json(details(urn))).messages).toHaveLength(1)
  })

  test("has a total that does not count it", async () => {
    upstream = await listening({ generation: "v1" })
    const totals = [12, 30, 45].map(async (count) => (await upstream.json(details(threadOf(upstream, count))))["total"])
    expect(await Promise.all(totals)).not.toEqual([12, 30, 45])
  })

  test("shows a late message only once it has arrived, and nothing of it in the list", async () => {
    upstream = await listening()
    const id = threadOf(upstream, 3)
    const { world } = upstream.simulator
    const late = world.write({ conversation: id, text: "late", sentAt: NOW + 500, hidden: true })
    const list = await upstream.json("/messaging/recent-messages")
    expect((await upstream.json(details(id))).messages).toHaveLength(3)
    world.showMessage(late)
    expect((await upstream.json(details(id))).messages.map(({ text }) => text)).toContain("late")
    expect(await upstream.json("/messaging/recent-messages")).toEqual(list)
  })
})
