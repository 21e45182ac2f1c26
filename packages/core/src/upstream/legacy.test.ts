import { describe, expect, test } from "vitest"

import { ALICE, fakeUpstream, legacyMessage, legacyThread, listRequest, OWNER, readRequest, THREAD } from "./fake.ts"
import type { Thread, ThreadWindow } from "./thread.ts"

const read = async (answer: object, window: ThreadWindow = { kind: "newest" }): Promise<Thread> => {
  const { upstream } = fakeUpstream(() => ({ json: answer }))
  return await upstream.readThread({ ...readRequest, window })
}
const readOne = async (message: unknown, envelope: object = {}) => {
  const { messages } = await read(legacyThread([message], envelope))
  return messages[0]!
}
const list = async (conversation: object, envelope: object = {}) => {
  const { upstream } = fakeUpstream(() => ({
    json: { success: true, accountId: "account1", profileUrn: OWNER, conversations: [conversation], ...envelope },
  }))
  return await upstream.listConversations(listRequest)
}
const asked = async (window: ThreadWindow) => {
  const { upstream, requests } = fakeUpstream(() => ({ json: legacyThread([]) }))
  await upstream.readThread({ ...readRequest, window })
  return requests[0]!
}

describe("windows", () => {
  test("the newest messages are asked for without any anchor", async () => {
    const { path, query } = await asked({ kind: "newest" })
    expect(path).toBe("/messaging/conversation-details")
    expect(query).toEqual({ accountId: "account1", conversationUrn: THREAD.urn })
  })

  test("newer messages are anchored 1 ms earlier: those of the instant itself are in, whether the anchor counts or not", async () => {
    const { query } = await asked({ kind: "newer", from: 5_000, count: 20 })
    expect(query).toMatchObject({ deliveredAt: "4999", countBefore: "0", countAfter: "20" })
  })

  test("the next older page is anchored 1 ms above the oldest message: its neighbours of the same instant are in", async () => {
    const page = await read(
      legacyThread([legacyMessage("b", 1_794_700_000_500), legacyMessage("a", 1_794_700_000_000)]),
    )
    const { query } = await asked({ kind: "older", than: page.older!, count: 30 })
    expect(query).toMatchObject({ deliveredAt: "1794700000001", countBefore: "30", countAfter: "0" })
  })

  test("an empty page has no older one", async () => {
    expect((await read(legacyThread([]))).older).toBeNull()
  })
})

describe("a thread", () => {
  test("trap 5: is sorted by time, then id, and holds each message once", async () => {
    const at = 1_794_700_000_000
    const shown = [
      legacyMessage("c", at + 9),
      legacyMessage("b", at),
      legacyMessage("a", at),
      legacyMessage("c", at + 9),
    ]
    const { messages } = await read(legacyThread(shown))
    expect(messages.map(({ id }) => id)).toEqual(["2-a", "2-b", "2-c"])
  })

  test("trap 15: the mailbox inside a message's id does not decide who sent it", async () => {
    const throughOwner = await readOne(legacyMessage("a", 1_794_700_000_000))
    expect(throughOwner.urn).toContain(OWNER)
    expect(throughOwner.direction).toBe("inbound")
    const own = { profileId: "ACoAAOWNER", name: "Owner Example" }
    const throughAlice = legacyMessage("a", 1_794_700_000_000, {
      messageId: `urn:li:msg_message:(${ALICE},2-a)`,
      sender: own,
    })
    expect((await readOne(throughAlice)).direction).toBe("outbound")
    const unsigned = { messageId: `urn:li:msg_message:(${OWNER},2-a)`, sender: null }
    expect((await readOne(legacyMessage("a", 1_794_700_000_000, unsigned))).direction).toBe("unknown")
  })

  test("trap 14: the owner is the answer's, else the mailbox in the conversation's URN, else the one known before", async () => {
    const own = legacyMessage("a", 1_794_700_000_000, { sender: { profileId: "ACoAAOWNER", name: "Same Name" } })
    const other = { profileUrn: null, conversationUrn: "urn:li:messagingThread:2-x" }
    expect((await readOne(own)).direction).toBe("outbound")
    expect((await readOne(own, { profileUrn: null })).direction).toBe("outbound")
    const { upstream } = fakeUpstream(() => ({ json: legacyThread([own], other) }))
    const conversation = { id: "2-x", urn: "urn:li:messagingThread:2-x" }
    const known = await upstream.readThread({ ...readRequest, conversation, profileUrn: OWNER })
    const unknown = await upstream.readThread({ ...readRequest, conversation })
    expect([known.messages[0]!.direction, unknown.messages[0]!.direction]).toEqual(["outbound", "unknown"])
  })

  test("trap 14: a stranger who has the owner's name is a stranger", async () => {
    const namesake = { profileId: "ACoAAALICE", name: "Owner Example" }
    expect((await readOne(legacyMessage("a", 1_794_700_000_000, { sender: namesake }))).direction).toBe("inbound")
    const nameOnly = { name: "Owner Example" }
    expect((await readOne(legacyMessage("a", 1_794_700_000_000, { sender: nameOnly }))).direction).toBe("unknown")
  })

  test("trap 22: the account and owner that answered are passed on as they are", async () => {
    const thread = await read(legacyThread([], { accountId: "account2", profileUrn: ALICE }))
    expect([thread.accountId, thread.profileUrn]).toEqual(["account2", ALICE])
  })

  test.each([
    ["null", { attachments: null, reactions: null }],
    ["[]", { attachments: [], reactions: [] }],
    ["missing", { attachments: undefined, reactions: undefined, subject: undefined, hasAttachment: undefined }],
    ["of another type", { attachments: "none", reactions: 7, subject: 7 }],
  ])("trap 25: attachments and reactions that are %s are none", async (_form, fields) => {
    const message = await readOne(legacyMessage("a", 1_794_700_000_000, fields))
    expect(message).toMatchObject({ attachments: [], reactions: [], subject: null })
  })

  test("trap 25: an attachment that only `hasAttachment` knows of is shown as unknown; the reverse is taken from the list", async () => {
    const unlisted = await readOne(legacyMessage("a", 1_794_700_000_000, { hasAttachment: true }))
    expect(unlisted.attachments).toEqual([{ type: "unknown", url: null, name: null }])
    const attachments = [{ type: "image", url: "https://x.test/1" }, { type: "brand-new", fileName: "a.pdf" }, 7]
    const listed = await readOne(legacyMessage("a", 1_794_700_000_000, { attachments, hasAttachment: false }))
    expect(listed.attachments).toEqual([
      { type: "image", url: "https://x.test/1", name: null },
      { type: "brand-new", url: null, name: "a.pdf" },
      { type: "unknown", url: null, name: null },
    ])
  })

  test.each([[null], [undefined], [""]])("trap 25: a text that is %j is empty", async (text) => {
    expect((await readOne(legacyMessage("a", 1_794_700_000_000, { text }))).text).toBe("")
  })

  test("trap 26: a system message has no sender and an unknown direction", async () => {
    for (const sender of [null, undefined, {}]) {
      const message = await readOne(legacyMessage("a", 1_794_700_000_000, { sender }))
      expect(message).toMatchObject({ sender: null, direction: "unknown" })
    }
  })

  test("trap 27: an organisation's message is received, and its sender has no profile id", async () => {
    const sender = { name: "Sponsor", participantUrn: "urn:li:msg_messagingParticipant:urn:li:fsd_company:7" }
    const message = await readOne(legacyMessage("a", 1_794_700_000_000, { sender }))
    expect(message.direction).toBe("inbound")
    expect(message.sender).toMatchObject({ id: null, name: "Sponsor", urn: "urn:li:fsd_company:7" })
  })

  test.each([
    ["not an object", "[object Object]"],
    ["null", null],
    ["without an id", legacyMessage("x", 1_794_700_000_000, { messageId: null, backendMessageUrn: undefined })],
    ["without a time", legacyMessage("x", 1_794_700_000_000, { sentAt: undefined })],
    ["with an impossible time", legacyMessage("x", 1_794_700_000_000, { sentAt: "soon" })],
    ["with a text that is an object", legacyMessage("x", 1_794_700_000_000, { text: { body: "x" } })],
  ])("trap 30: a message %s is counted as unreadable, and the others stand", async (_what, bad) => {
    const good = legacyMessage("a", 1_794_700_000_000, {
      brandNew: { field: [1] },
      sender: { profileId: 7, name: "A" },
    })
    const thread = await read(legacyThread([bad, good], { brandNew: true }))
    expect(thread.unreadable).toBe(1)
    expect(thread.messages.map(({ id }) => id)).toEqual(["2-a"])
  })

  test("trap 31: text passes through untouched, whatever is in it", async () => {
    const text = "  \u0000\u001b[31m\u202e <script> 👩‍👩‍👧 \ud800 trailing  \r\n"
    expect((await readOne(legacyMessage("a", 1_794_700_000_000, { text }))).text).toBe(text)
    const long = "ä".repeat(500_000)
    expect((await readOne(legacyMessage("a", 1_794_700_000_000, { text: long }))).text).toBe(long)
  })

  test("trap 33: a profile's address is passed on as it is, and no vanity address is made of it", async () => {
    const { sender } = await readOne(legacyMessage("a", 1_794_700_000_000))
    expect(sender!.profileUrl).toBe("https://www.linkedin.com/in/ACoAAALICE")
    const without = { profileId: "ACoAAALICE", name: "Alice Example", profileUrl: null }
    expect((await readOne(legacyMessage("a", 1_794_700_000_000, { sender: without }))).sender!.profileUrl).toBeNull()
  })

  test("trap 23: only upstream itself says whether older messages exist; `total` says nothing", async () => {
    const may = async (more: object) =>
      (await read(legacyThread([legacyMessage("a", 1_794_700_000_000)], more))).hasOlder
    expect(await may({})).toBeNull()
    expect(await may({ total: 1 })).toBeNull()
    expect(await may({ pagination: "odd" })).toBeNull()
    expect(await may({ pagination: { hasMoreBefore: true } })).toBe(true)
    expect(await may({ pagination: { hasMoreBefore: false } })).toBe(false)
    expect(await may({ hasPrevPage: false })).toBe(false)
  })

  test("participants are null where the answer has none, and never hold the owner", async () => {
    expect((await read(legacyThread([]))).participants).toBeNull()
    const participants = [{ profileId: "ACoAAOWNER" }, { profileId: "ACoAAALICE", name: "Alice Example" }, 7]
    const thread = await read(legacyThread([], { participants }))
    expect(thread.participants).toEqual([
      { id: "ACoAAALICE", name: "Alice Example", headline: null, profileUrl: null, pictureUrl: null, urn: ALICE },
    ])
  })
})

describe("the list", () => {
  const conversation = {
    conversationId: "2-dGhyZWFk",
    conversationUrn: THREAD.urn,
    participants: [{ profileId: "ACoAAALICE", name: "Alice Example" }],
    unreadCount: 1,
    lastActivityAt: 1_794_700_000_000,
    latestMessage: { text: "Hello", sentAt: 1_794_700_000_000, senderName: "Alice Example", hasAttachment: false },
  }

  test("trap 13: a preview of the owner's own message is a preview like others; who wrote it is left to the thread", async () => {
    const latestMessage = { ...conversation.latestMessage, senderName: "Owner Example", senderUrn: OWNER }
    const [mine] = (await list({ ...conversation, latestMessage })).conversations
    const [theirs] = (await list(conversation)).conversations
    expect(mine!.preview).not.toBe(theirs!.preview)
    expect({ ...mine, preview: "" }).toEqual({ ...theirs, preview: "" })
  })

  test.each([[null], [undefined], [{}], ["odd"]])("a preview that is %j is none", async (latestMessage) => {
    const [listed] = (await list({ ...conversation, latestMessage })).conversations
    expect(listed).toMatchObject({ preview: "", previewSentAt: null, lastActivityAt: 1_794_700_000_000 })
  })

  test("a preview changes with id, time, text, sender and attachment, and with nothing else", async () => {
    const preview = async (more: object) => {
      const latestMessage = { ...conversation.latestMessage, ...more }
      return (await list({ ...conversation, latestMessage })).conversations[0]!.preview
    }
    const same = await preview({})
    expect(await preview({ senderProfileUrl: "https://x.test/signed?at=2" })).toBe(same)
    const changes = [
      { text: "Hi" },
      { sentAt: 1 },
      { senderName: "Bob" },
      { hasAttachment: true },
      { messageUrn: "2-b" },
    ]
    for (const change of changes) expect(await preview(change)).not.toBe(same)
  })

  test("trap 26: a group is a conversation of more than one other, with or without the owner among them", async () => {
    const [alice] = conversation.participants
    const owner = { profileId: "ACoAAOWNER" }
    const bob = { profileId: "ACoAAABOB" }
    const group = async (participants: object[]) =>
      (await list({ ...conversation, participants })).conversations[0]!.isGroup
    expect(await group([alice!])).toBe(false)
    expect(await group([alice!, owner])).toBe(false)
    expect(await group([alice!, bob])).toBe(true)
  })

  test("trap 30: a conversation without an id or a time is counted, and the others stand", async () => {
    const { upstream } = fakeUpstream(() => ({
      json: { success: true, profileUrn: OWNER, conversations: [{}, null, { conversationUrn: "urn:x" }, conversation] },
    }))
    const { conversations, unreadable } = await upstream.listConversations(listRequest)
    expect([conversations.length, unreadable]).toEqual([1, 3])
  })

  test("trap 22: account and owner are those that the answer names", async () => {
    expect(await list(conversation, { accountId: "account2", profileUrn: ALICE })).toMatchObject({
      dialect: "legacy",
      accountId: "account2",
      profileUrn: ALICE,
    })
    expect((await list(conversation, { profileUrn: undefined })).profileUrn).toBe(OWNER)
  })

  test.each([[null], [""], [undefined]])("a cursor that is %j ends the list", async (nextCursor) => {
    expect((await list(conversation, { nextCursor })).nextCursor).toBeNull()
  })
})
