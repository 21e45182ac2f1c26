import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"

import { fakeUpstream, listRequest, readRequest } from "./fake.ts"
import type { Dialect, Upstream } from "./thread.ts"

/** Every published answer is read, or fails clearly. One that no test names makes the last test fail. */

const FOLDER = new URL("../../../../test/fixtures/upstream/", import.meta.url)
const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"))
const answering = (name: string, status = 200) => fakeUpstream(() => ({ status, json: fixture(name) })).upstream

const named = new Set<string>()
const about = (name: string) => {
  named.add(name)
  return name
}
const shapeOf = async (name: string, read: (upstream: Upstream) => Promise<unknown>, status = 200) =>
  await read(answering(about(name), status))

const lists: [string, { dialect: Dialect; count: number; unreadable: number; owned: boolean; fromCache: boolean }][] = [
  ["recent-messages.200.json", { dialect: "legacy", count: 1, unreadable: 0, owned: true, fromCache: false }],
  ["recent-messages.v2.200.json", { dialect: "legacy", count: 1, unreadable: 0, owned: true, fromCache: false }],
  [
    "constructed.v3.conversations-list.200.json",
    { dialect: "conversations", count: 2, unreadable: 0, owned: true, fromCache: true },
  ],
  // Its only conversation has no time: "example_value".
  [
    "conversations-list.v3.placeholder.200.json",
    { dialect: "conversations", count: 0, unreadable: 1, owned: false, fromCache: true },
  ],
]
lists.forEach(([name]) => about(name))

test.each(lists)("%s is a list", async (name, expected) => {
  const list = await answering(name).listConversations(listRequest)
  expect({
    dialect: list.dialect,
    count: list.conversations.length,
    unreadable: list.unreadable,
    owned: list.profileUrn !== null,
    fromCache: list.fromCache,
  }).toEqual(expected)
})

test("the v2 list is read in full", async () => {
  const { conversations } = await answering("recent-messages.v2.200.json").listConversations(listRequest)
  const [listed] = conversations
  expect(listed!.id).toMatch(/^2-/)
  expect(listed!.url).toContain(listed!.id)
  expect(listed).toMatchObject({ lastActivityAt: 1_771_950_346_603, createdAt: 1_771_317_337_868, isGroup: false })
  expect(listed!.participants[0]!.urn).toBe(`urn:li:fsd_profile:${listed!.participants[0]!.id!}`)
  expect(JSON.parse(listed!.preview)).toContain(1_771_950_346_603)
})

test("trap 2: the v3 list's threads have the ids that the legacy dialect gives them", async () => {
  const { conversations } = await answering("constructed.v3.conversations-list.200.json").listConversations(listRequest)
  expect(conversations.map(({ id }) => id)).toEqual([
    "2-MTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1XzEwMA==",
    "2-c2FsZXNuYXYtZXhhbXBsZQ==",
  ])
  expect(conversations[1]!.urn).toBe("urn:li:salesNav_thread:2-c2FsZXNuYXYtZXhhbXBsZQ==")
})

const threads: [
  string,
  { dialect: Dialect; directions: string[]; participants: number | null; hasOlder: boolean | null },
][] = [
  [
    "conversation-details.200.json",
    { dialect: "legacy", directions: ["inbound", "outbound", "inbound"], participants: 1, hasOlder: true },
  ],
  [
    "conversation-details.v2.200.json",
    { dialect: "legacy", directions: ["inbound"], participants: null, hasOlder: null },
  ],
  [
    "constructed.legacy.conversation-details.group-traps.200.json",
    {
      dialect: "legacy",
      directions: ["inbound", "inbound", "inbound", "outbound", "inbound"],
      participants: 2,
      hasOlder: true,
    },
  ],
  [
    "constructed.v3.conversation-messages.200.json",
    {
      dialect: "conversations",
      directions: ["inbound", "outbound", "inbound", "inbound"],
      participants: 1,
      hasOlder: true,
    },
  ],
]
threads.forEach(([name]) => about(name))

test.each(threads)("%s is a thread, sorted, with directions", async (name, expected) => {
  const thread = await answering(name).readThread(readRequest)
  expect({
    dialect: thread.dialect,
    directions: thread.messages.map(({ direction }) => direction),
    participants: thread.participants?.length ?? null,
    hasOlder: thread.hasOlder,
  }).toEqual(expected)
  expect(thread.unreadable).toBe(0)
  const times = thread.messages.map(({ sentAt }) => sentAt)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  for (const { id } of thread.messages) expect(id).toMatch(/^2-/)
})

test("trap 3: in every example the time inside a message's id is its time, and the client never reads it", async () => {
  for (const [name] of threads)
    for (const { id, sentAt } of (await answering(name).readThread(readRequest)).messages)
      expect(Buffer.from(id.slice(2), "base64").toString()).toMatch(new RegExp(`^${sentAt}b`))
})

test("the seed's attachment and reaction are read", async () => {
  const { messages } = await answering("conversation-details.200.json").readThread(readRequest)
  expect(messages.map(({ attachments }) => attachments.length)).toEqual([0, 0, 1])
  expect(messages.map(({ reactions }) => reactions)).toEqual([[], [{ emoji: "👍", count: 1 }], []])
})

test("conversation-details.v0.200.json, the oldest shape, is refused in words", async () => {
  const read = shapeOf("conversation-details.v0.200.json", (upstream) => upstream.readThread(readRequest))
  await expect(read).rejects.toMatchObject({
    kind: "invalid_answer",
    message: expect.stringContaining("oldest shape") as string,
  })
})

test("accounts-list.200.json: an account without a seat is not connected", async () => {
  const accounts = await answering(about("accounts-list.200.json")).listAccounts()
  expect(accounts.map(({ connected, status }) => [connected, status])).toEqual([
    [true, "AVAILABLE"],
    [false, "WARMUP"],
  ])
})

test.each(["account-status.200.json", "account-status.v0.200.json", "account-status.v1.200.json"].map(about))(
  "%s is one account",
  async (name) => {
    const { upstream } = fakeUpstream(({ path }) =>
      path === "/account/status" ? { json: fixture(name) } : { status: 404, json: fixture("error.404.account.json") },
    )
    const [account, ...others] = await upstream.listAccounts()
    expect(account).toMatchObject({ id: (fixture(name) as { id: string }).id, connected: true })
    expect(others).toEqual([])
  },
)

const failures: [string, number, string, string][] = [
  ["error.400.bad-account-id.json", 400, "bad_request", "Invalid account ID format"],
  ["error.400.missing-param.json", 400, "bad_request", "conversationUrn is required"],
  ["error.400.zod.json", 400, "bad_request", "profileId: Required"],
  ["error.401.json", 401, "unauthorized", "Unauthorized"],
  ["error.401.v2.json", 401, "unauthorized", "Unauthorized - Invalid credentials"],
  ["error.404.account.json", 404, "not_found", "LinkedIn account not found or not accessible"],
  [
    "error.429.hold.json",
    429,
    "rate_limited",
    "Rate limit exceeded for CONNECT: 90/90 used. Resets at 2026-04-28T00:00:00Z",
  ],
  ["error.500.json", 500, "server_error", "Failed to get conversation details"],
  ["error.v3.validation.json", 400, "bad_request", "Explanation of what went wrong"],
  ["error.500.json", 200, "refused", "Failed to get conversation details"],
]
failures.forEach(([name]) => about(name))

test.each(failures)("%s with status %i is %s: %s", async (name, status, kind, message) => {
  const { upstream } = fakeUpstream(() => ({ status, json: fixture(name) }), {
    clock: { now: () => Date.parse("2026-04-27T15:00:00Z") },
  })
  await expect(upstream.readThread(readRequest)).rejects.toMatchObject({
    kind,
    message,
    status,
    retryAt: kind === "rate_limited" ? Date.parse("2026-04-27T15:42:11Z") : null,
  })
})

test("typing-indicator.*: what is sent and answered", async () => {
  const { upstream, requests } = fakeUpstream(() => ({ json: fixture(about("typing-indicator.200.json")) }))
  const expected = fixture(about("typing-indicator.request.json")) as { conversationUrn: string }
  await upstream.sendTyping({ accountId: "account1", urn: expected.conversationUrn })
  expect(JSON.parse(requests[0]!.body!)).toEqual({ ...expected, accountId: "account1" })
})

/** Of endpoints that the client never asks: what matters is that such an answer is not taken for a thread. */
const others = [
  "account-quota.200.json",
  "conversations-sync.placeholder.200.json",
  "mark-all-read.200.json",
  "mark-seen.200.json",
  "send-message.200.json",
  "send-message.request.json",
  "send-with-typing.200.json",
  "native-webhook.message-received.json",
  "constructed.native-webhook.message-received.json",
].map(about)

test.each(others)("%s is neither list nor thread", async (name) => {
  await expect(answering(name).readThread(readRequest)).rejects.toMatchObject({ kind: "invalid_answer" })
  await expect(answering(name).listConversations(listRequest)).rejects.toMatchObject({ kind: "invalid_answer" })
})

test("every fixture is named above", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"))
  expect(files.length).toBeGreaterThan(25)
  expect(files.filter((name) => !named.has(name))).toEqual([])
})
