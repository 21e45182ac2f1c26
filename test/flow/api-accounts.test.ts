import { createHmac } from "node:crypto"

import { describe, expect, it } from "vitest"

import type { Relay } from "../relay.ts"
import { alice, conversationIn, eventsAt, textsAt, useStage, write } from "./stage.ts"

const { start, receive } = useStage()

describe("a hint", () => {
  const SECRET = "the-secret-of-hints"
  const bodyOf = (account: string): string =>
    JSON.stringify({
      event: "message.received",
      object: "event",
      data: { id: "urn:li:messagingMessage:2-FORGED", account_id: account, body: "forged" },
    })
  const hint = async (relay: Relay, body: string, headers: Record<string, string>): Promise<number> => {
    const response = await fetch(`${relay.runtime.url}/v1/hints/connectsafely`, { method: "POST", body, headers })
    return response.status
  }
  const signed = (body: string, secret = SECRET) => ({
    "x-webhook-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  })
  const lists = (relay: Relay): number => relay.simulator.requests.length

  it("that is signed brings the message although the next poll is an hour away, and nothing of its own", async () => {
    const relay = await start({ env: { POSTHORN_HINT_SECRET: SECRET } })
    const receiver = await receive()
    await relay.endpoint(receiver.url)
    const { nextPollAt } = (await relay.api<{ nextPollAt: string }>(`/v1/accounts/${relay.accountId}`)).body
    expect(Date.parse(nextPollAt)).toBeGreaterThan(Date.now() + 30 * 60_000)
    relay.simulator.world.write({ conversation: conversationIn(relay), from: alice, text: "hinted at" })
    expect(await hint(relay, bodyOf(relay.accountId), signed(bodyOf(relay.accountId)))).toBe(202)
    await receiver.waitFor(1)
    await relay.runtime.idle()
    expect(textsAt(receiver)).toEqual(["hinted at"])
    expect(JSON.stringify((await relay.api("/v1/events?after=start")).body)).not.toMatch(/forged/i)
  })

  it("with a wrong signature, none, or an unknown account gets one and the same answer, and upstream is left alone", async () => {
    const relay = await start({ env: { POSTHORN_HINT_SECRET: SECRET } })
    const before = lists(relay)
    const known = bodyOf(relay.accountId)
    const unknown = bodyOf("5eed5eed5eed5eed99999999")
    expect([
      await hint(relay, known, signed(known, "another-secret-entirely")),
      await hint(relay, known, {}),
      await hint(relay, known, { authorization: "Bearer another-secret-entirely" }),
      await hint(relay, unknown, signed(unknown)),
      await hint(relay, `${known} `, signed(known)),
    ]).toEqual(Array(5).fill(401))
    await relay.runtime.idle()
    expect(lists(relay)).toBe(before)
  })

  it("has no route while there is no hint secret", async () => {
    const relay = await start()
    expect(await hint(relay, bodyOf(relay.accountId), signed(bodyOf(relay.accountId)))).toBe(404)
  })
})

describe("a conversation, live", () => {
  interface Messages {
    data: { id: string; text: string; sentAt: string }[]
    nextCursor: string | null
  }

  it("a typing indicator reaches upstream for the right account and conversation, and an unknown one nobody", async () => {
    const relay = await start({ simulator: { accounts: 2 } })
    const conversation = conversationIn(relay)
    await write(relay, conversation, "hello")
    const path = `/v1/accounts/${relay.accountId}/typing`
    const { status, body } = await relay.api(path, { body: { conversationId: conversation.id } })
    expect([status, body]).toEqual([200, { accountId: relay.accountId, conversationId: conversation.id }])
    const { sideEffects } = relay.simulator.world
    expect(sideEffects.map(({ action, accountId }) => [action, accountId])).toEqual([
      ["messaging/typing-indicator", relay.accountId],
    ])
    expect(sideEffects[0]?.conversationUrn).toContain(conversation.id)

    expect((await relay.api(path, { body: { conversationId: "2-bm9uZQ==" } })).status).toBe(404)
    relay.simulator.faults.add({ kind: "status", status: 500, shape: "B", match: "typing-indicator" })
    const refused = await relay.api(path, { body: { conversationId: conversation.id } })
    expect([refused.status, refused.body["code"]]).toEqual([502, "upstream_failed"])
  })

  describe.each(["legacy", "conversations"] as const)("in the dialect %s", (dialect) => {
    const read = async (relay: Relay, conversation: { id: string }, limit: number): Promise<Messages["data"]> => {
      const path = `/v1/accounts/${relay.accountId}/conversations/${encodeURIComponent(conversation.id)}/messages`
      const messages: Messages["data"] = []
      for (let cursor = ""; ;) {
        const { status, body } = await relay.api<Messages>(`${path}?limit=${limit}${cursor}`)
        expect([status, body.data.length <= limit]).toEqual([200, true])
        messages.push(...body.data)
        if (body.nextCursor === null) return messages
        cursor = `&cursor=${body.nextCursor}`
      }
    }

    it("its messages are those of the events and what is newer, newest first, and nothing is marked as read", async () => {
      const [relay, receiver] = [await start({ simulator: { dialect, pageSize: { thread: 10 } } }), await receive()]
      await relay.endpoint(receiver.url)
      const conversation = conversationIn(relay)
      const texts = Array.from({ length: 24 }, (_, index) => `n${index}`)
      await write(relay, conversation, ...texts)
      await relay.poll()
      await receiver.waitFor(24)
      relay.simulator.world.write({ conversation, from: "owner", text: "not polled yet", sentAt: Date.now() + 1_000 })

      const messages = await read(relay, conversation, 10)
      expect(messages.map(({ text }) => text)).toEqual(["not polled yet", ...texts.toReversed()])
      const sent = new Map(eventsAt(receiver).map(({ data }) => [data.message.id, data.message]))
      for (const message of messages.slice(1)) expect(message).toEqual(sent.get(message.id))
      expect(relay.simulator.world.sideEffects).toEqual([])
    })

    it.each(["exclusive", "inclusive"] as const)(
      "each message comes once whatever the limit, ties and an %s anchor too",
      async (anchor) => {
        const relay = await start({ simulator: { dialect, anchor, pageSize: { thread: 10 } } })
        const conversation = conversationIn(relay)
        await write(relay, conversation, "first")
        const at = Date.now() + 1_000
        for (let index = 0; index < 24; index++)
          relay.simulator.world.write({
            conversation,
            from: alice,
            text: `n${index}`,
            sentAt: at + Math.floor(index / 4),
          })
        for (const limit of [1, 3, 7, 100]) {
          const texts = (await read(relay, conversation, limit)).map(({ text }) => text)
          expect([texts.length, new Set(texts).size, texts.at(-1)]).toEqual([25, 25, "first"])
        }
      },
    )
  })
})
