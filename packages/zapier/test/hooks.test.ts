import { expect, it } from "vitest"

import { alice, conversationIn, useStage, write } from "../../../test/flow/stage.ts"
import type { Relay } from "../../../test/relay.ts"
import { until } from "../../../test/relay.ts"
import { connected, endpoints, operationOf, zapOf } from "./zapier.ts"

const { start, receive } = useStage()
const keysOf = (value: object): string[] => Object.keys(value).toSorted()

const happenings: [string, string, (relay: Relay) => Promise<void>][] = [
  ["new_message", "message.received", async (relay) => await write(relay, conversationIn(relay), "Hello there")],
  [
    "message_sent",
    "message.sent",
    async (relay) => {
      relay.simulator.world.write({ conversation: conversationIn(relay), from: "owner", text: "On my way" })
      await relay.poll()
    },
  ],
  ["new_conversation", "conversation.created", async (relay) => await write(relay, conversationIn(relay), "Hello")],
  [
    "account_status",
    "account.status_changed",
    async (relay) => {
      relay.simulator.faults.add({ kind: "status", status: 401, shape: "B" })
      await relay.poll()
    },
  ],
]

it.each(happenings)(
  "%s: a hook from the relay gives one item, of the shape of sample and list",
  async (key, type, happen) => {
    const [relay, hook] = [await start(), await receive()]
    const zap = zapOf(key, connected(relay))
    const subscription = await zap.switchOn(hook.url)
    expect(keysOf(subscription)).toEqual(["id", "secret"])
    await happen(relay)
    const [request] = await hook.waitFor(1)
    const items = await zap.hook(request!, subscription)
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ id: request!.headers["webhook-id"], type, account_id: relay.accountId })

    const recent = await zap.recent()
    expect(recent[0]).toEqual(items[0])
    for (const item of [...items, ...recent]) expect(keysOf(item)).toEqual(keysOf(operationOf(key).sample))
  },
)

it("an item says what was written, by whom and where", async () => {
  const [relay, hook] = [await start(), await receive()]
  const zap = zapOf("new_message", connected(relay))
  const subscription = await zap.switchOn(hook.url)
  const conversation = conversationIn(relay)
  relay.simulator.world.write({
    conversation,
    from: alice,
    text: "Grüße 👋 see the file, {{name}}",
    attachments: [{ type: "file", url: "https://example.com/f.pdf", name: "f.pdf" } as never],
  })
  await relay.poll()
  const [request] = await hook.waitFor(1)
  const [item] = await zap.hook(request!, subscription)
  const { data } = JSON.parse(request!.body) as { data: { message: { attachments: object[] } } }
  expect(item).toMatchObject({
    text: "Grüße 👋 see the file, {{name}}",
    direction: "inbound",
    sender_name: "Alice Example",
    conversation_id: conversation.id,
    is_group: false,
    participant_names: "Alice Example",
    participants: [{ name: "Alice Example", id: alice.profileId }],
    attachments: data.message.attachments,
    sequence: 1,
    backfill: false,
  })
})

it("the list has the newest first, at most ten, of its own type only, and is empty where nothing happened", async () => {
  const relay = await start()
  const zap = zapOf("new_message", connected(relay))
  expect(await zap.recent()).toEqual([])
  const conversation = conversationIn(relay)
  const texts = Array.from({ length: 12 }, (_, index) => `n${index}`)
  await write(relay, conversation, ...texts)
  await until(async () => (await zap.recent())[0]?.["text"] === "n11", "the newest in the list")
  const recent = await zap.recent()
  expect(recent.map(({ text }) => text)).toEqual(texts.toReversed().slice(0, 10))
  expect(new Set(recent.map(({ id }) => id)).size).toBe(10)
})

it("only what Posthorn signed for this subscription makes a Zap run", async () => {
  const [relay, hook, other] = [await start(), await receive(), await receive()]
  const zap = zapOf("new_message", connected(relay))
  const subscription = await zap.switchOn(hook.url)
  const another = await zap.switchOn(other.url)
  expect(another.secret).not.toBe(subscription.secret)
  await write(relay, conversationIn(relay), "pay 10 EUR")
  const request = (await hook.waitFor(1))[0]!
  expect(await zap.hook(request, subscription)).toHaveLength(1)

  const tampered = { ...request, body: request.body.replace("10 EUR", "99 EUR") }
  expect(tampered.body).not.toBe(request.body)
  const { "webhook-signature": _, ...unsigned } = request.headers
  await expect(zap.hook(tampered, subscription)).rejects.toThrow(/refused: its signature does not fit/)
  await expect(zap.hook({ ...request, headers: unsigned }, subscription)).rejects.toThrow(/refused: it is not signed/)
  await expect(zap.hook(request, another)).rejects.toThrow(/refused: its signature does not fit/)
  await expect(zap.hook(request, { id: subscription.id })).rejects.toThrow(/Switch the Zap off and on again/)
})

it("a test of the endpoint arrives, and runs no Zap", async () => {
  const [relay, hook] = [await start(), await receive()]
  const zap = zapOf("new_message", connected(relay))
  const subscription = await zap.switchOn(hook.url)
  await relay.api(`/v1/endpoints/${subscription.id}/test`, { method: "POST" })
  const [ping] = await hook.waitFor(1)
  expect(JSON.parse(ping!.body)).toMatchObject({ type: "ping" })
  expect(await zap.hook(ping!, subscription)).toEqual([])
})

it("an account that was chosen is the only one that is heard of, in hooks and in the list", async () => {
  const [relay, hook] = [await start({ simulator: { accounts: 2 } }), await receive()]
  const [first, second] = [...relay.simulator.world.accounts.keys()] as [string, string]
  const zap = zapOf("new_message", connected(relay), { account: second })
  const subscription = await zap.switchOn(hook.url)
  expect((await endpoints(relay))[0]?.filter).toEqual({ data: { account: { id: [second] } } })
  await write(relay, conversationIn(relay, first), "for the first")
  await write(relay, conversationIn(relay, second), "for the second")
  const [request] = await hook.waitFor(1)
  await relay.runtime.idle()
  expect(hook.requests).toHaveLength(1)
  expect((await zap.hook(request!, subscription))[0]).toMatchObject({ text: "for the second", account_id: second })
  expect((await zap.recent()).map(({ text }) => text)).toEqual(["for the second"])
})
