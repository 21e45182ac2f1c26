import { describe, expect, test } from "vitest"

import { ALICE, fakeUpstream, listRequest, newerMessage, newerThread, OWNER, readRequest, THREAD } from "./fake.ts"
import type { ThreadWindow } from "./thread.ts"

const AT = 1_794_700_000_000
const speaking = (json: object) => fakeUpstream(() => ({ json }), { dialect: "conversations" })
const read = async (answer: object, more: object = {}) =>
  await speaking(answer).upstream.readThread({ ...readRequest, ...more })
const readOne = async (message: unknown, more: object = {}) => (await read(newerThread([message]), more)).messages[0]!
const asked = async (window: ThreadWindow) => {
  const { upstream, requests } = speaking(newerThread([]))
  await upstream.readThread({ ...readRequest, window })
  return requests[0]!
}

describe("windows", () => {
  test("the conversation's URN stands in the path, encoded with its parentheses, and LinkedIn is waited for", async () => {
    const { path, query } = await asked({ kind: "newest" })
    expect(path).toBe(
      "/conversations/urn%3Ali%3Amsg_conversation%3A%28urn%3Ali%3Afsd_profile%3AACoAAOWNER%2C2-dGhyZWFk%29/messages",
    )
    expect(query).toEqual({ accountId: "account1", sync: "true" })
  })

  test("`since` is exclusive, so it is moved 1 ms back", async () => {
    const { query } = await asked({ kind: "newer", from: 5_000, count: 20 })
    expect(query).toMatchObject({ since: "4999", count: "20" })
  })

  test("a cursor that is the oldest message's time is moved 1 ms up: its neighbours of the same instant are in", async () => {
    const { older } = await read(newerThread([newerMessage("a", AT)], { hasMore: true, cursor: String(AT) }))
    expect((await asked({ kind: "older", than: older!, count: 7 })).query).toMatchObject({
      cursor: `${AT + 1}`,
      count: "7",
    })
    const numeric = await read(newerThread([newerMessage("a", AT)], { hasMore: true, cursor: AT }))
    expect(numeric.older).toBe(older)
  })

  test("any other cursor goes back as it came", async () => {
    const { older } = await read(newerThread([newerMessage("a", AT)], { hasMore: true, cursor: "opaque|==" }))
    expect((await asked({ kind: "older", than: older!, count: 7 })).query.cursor).toBe("opaque|==")
  })

  test("where upstream gives none, the oldest message's time is the cursor", async () => {
    const { older } = await read(newerThread([newerMessage("a", AT)], { hasMore: true }))
    expect((await asked({ kind: "older", than: older!, count: 7 })).query.cursor).toBe(`${AT + 1}`)
  })

  test("trap 23: an older page is ruled out only where upstream says so and gives no cursor", async () => {
    const page = async (more: object) => {
      const { hasOlder, older } = await read(newerThread([newerMessage("a", AT)], more))
      return [hasOlder, older !== null]
    }
    expect(await page({ hasMore: undefined })).toEqual([null, true])
    expect(await page({ hasMore: false })).toEqual([false, false])
    expect(await page({ hasMore: false, cursor: "c" })).toEqual([false, true])
    expect(await page({ hasMore: true, cursor: null })).toEqual([true, true])
  })
})

describe("a thread", () => {
  test("trap 14: isSentByOwner says the direction, before any id", async () => {
    expect((await readOne(newerMessage("a", AT))).direction).toBe("inbound")
    expect((await readOne(newerMessage("a", AT, { isSentByOwner: true }))).direction).toBe("outbound")
  })

  test("trap 14: without it the sender's id is compared with the mailbox's owner", async () => {
    const own = newerMessage("a", AT, { isSentByOwner: undefined, senderProfileId: "ACoAAOWNER" })
    expect((await readOne(own)).direction).toBe("outbound")
    const unsaid = newerMessage("a", AT, { isSentByOwner: null })
    expect((await readOne(unsaid)).direction).toBe("inbound")
    const salesNav = { id: "urn:li:salesNav_thread:7", urn: "urn:li:salesNav_thread:7" }
    expect((await readOne(unsaid, { conversation: salesNav })).direction).toBe("unknown")
    expect((await readOne(own, { conversation: salesNav, profileUrn: OWNER })).direction).toBe("outbound")
  })

  test("trap 26: a system message, which nobody sent, is not received", async () => {
    const nobody = { senderProfileId: null, senderName: null, isSentByOwner: false }
    expect(await readOne(newerMessage("a", AT, nobody))).toMatchObject({ sender: null, direction: "unknown" })
    const bare = { messageUrn: "2-a", text: "Alice left", sentAt: AT, hasAttachment: false }
    expect(await readOne(bare)).toMatchObject({ sender: null, direction: "unknown" })
  })

  test("trap 27: an organisation has a name and no profile id, and its message is received", async () => {
    const message = await readOne(newerMessage("a", AT, { senderProfileId: null, senderName: "Sponsor" }))
    expect(message.direction).toBe("inbound")
    expect(message.sender).toMatchObject({ id: null, name: "Sponsor", urn: null })
  })

  test("trap 1: a message has the same id, text and sender URN as in the legacy dialect", async () => {
    const message = await readOne(newerMessage("a", AT, { messageUrn: `urn:li:msg_message:(${ALICE},2-a)` }))
    expect(message).toMatchObject({ id: "2-a", text: "text of a", sender: { id: "ACoAAALICE", urn: ALICE } })
  })

  test("trap 25: what the dialect lacks is null, not empty", async () => {
    expect(await readOne(newerMessage("a", AT))).toMatchObject({ reactions: null, subject: null, attachments: [] })
  })

  test("trap 30: other names for id and text are read, unknown fields ignored, and a bad message counted", async () => {
    const renamed = { id: "2-b", body: "by another name", sentAt: AT, senderName: "A", future: [1] }
    const wrongText = newerMessage("c", AT, { text: { body: "x" } })
    const thread = await read(newerThread([wrongText, "x", renamed]))
    expect(thread.unreadable).toBe(2)
    expect(thread.messages).toMatchObject([{ id: "2-b", text: "by another name" }])
  })

  test("the owner is the mailbox inside the conversation's URN; which account answered is not said", async () => {
    const thread = await read(newerThread([]))
    expect(thread).toMatchObject({ dialect: "conversations", profileUrn: OWNER, accountId: null, participants: [] })
  })

  test("a `data` wrapper is seen through", async () => {
    const thread = await read({ success: true, data: newerThread([newerMessage("a", AT)]) })
    expect(thread.messages).toHaveLength(1)
  })
})

describe("the list", () => {
  const conversation = { conversationUrn: THREAD.urn, lastActivityAt: "2026-11-14T23:46:40.000Z", participants: [] }
  const list = async (envelope: object = {}, conversations: unknown[] = [conversation]) =>
    await speaking({ success: true, conversations, fromCache: false, ...envelope }).upstream.listConversations(
      listRequest,
    )

  test("trap 8: the last activity is a date here, and the same instant", async () => {
    expect((await list()).conversations[0]!.lastActivityAt).toBe(AT)
  })

  test("trap 24: an answer from upstream's cache says so", async () => {
    expect((await list({ fromCache: true })).fromCache).toBe(true)
    expect((await list()).fromCache).toBe(false)
  })

  test("trap 22: the only account that the answer names is the one that answered; the owner is the mailbox", async () => {
    const one = { id: "account2", name: "Owner Example" }
    expect(await list({ accounts: [one] })).toMatchObject({ accountId: "account2", profileUrn: OWNER })
    expect((await list({ accounts: [one, { id: "account3" }] })).accountId).toBeNull()
    expect((await list()).accountId).toBeNull()
  })

  test("conversations of two mailboxes name no owner", async () => {
    const other = { ...conversation, conversationUrn: `urn:li:msg_conversation:(${ALICE},2-b)` }
    expect((await list({}, [conversation, other])).profileUrn).toBeNull()
  })

  test("`hasMore: false` ends the list whatever the cursor says", async () => {
    expect((await list({ hasMore: false, nextCursor: "c" })).nextCursor).toBeNull()
    expect((await list({ nextCursor: "linkedin:c" })).nextCursor).toBe("conversations:linkedin:c")
  })
})
