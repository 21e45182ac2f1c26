import { expect, it } from "vitest"
import { type Bundle, createAppTester, type ZObject } from "zapier-platform-core"

import { conversationIn, useStage, write } from "../../../test/flow/stage.ts"
import { until } from "../../../test/relay.ts"
import { accountList } from "../src/account-list.ts"
import app from "../src/index.ts"
import { connected, type Row, run, search, type } from "./zapier.ts"

const { start } = useStage()
const keysOf = (value: object): string[] => Object.keys(value).toSorted()

it("finds the newest event of a conversation, an account or a type, and any event by its id", async () => {
  const relay = await start()
  const [one, two] = [conversationIn(relay), conversationIn(relay)]
  await write(relay, one, "first")
  await write(relay, two, "second")
  await until(async () => (await search(connected(relay), { type: "message.received" }))[0]?.["text"] === "second")
  const [found] = await search(connected(relay), { conversation_id: one.id, type: "message.received" })
  expect(found).toMatchObject({ text: "first", conversation_id: one.id, type: "message.received" })
  expect(keysOf(found!)).toEqual(keysOf(app.searches.find_event.operation.sample as Row))
  expect(await search(connected(relay), { event_id: ` ${String(found!["id"])} `, type: "message.sent" })).toEqual([
    found,
  ])
  const [created] = await search(connected(relay), { conversation_id: two.id, type: "conversation.created" })
  expect(created).toMatchObject({ conversation_id: two.id, text: null, attachments: [] })
  expect(await search(connected(relay), { account: relay.accountId })).toHaveLength(1)
})

it("an event of one's own is found whole", async () => {
  const relay = await start()
  const event = { type: "custom.deal_won", data: { deal: 7 } }
  const { id } = (await relay.api<{ id: string }>("/v1/events", { body: event })).body
  await until(async () => (await search(connected(relay), { event_id: id })).length === 1)
  const [found] = await search(connected(relay), { event_id: id })
  expect(found).toMatchObject({ id, type: "custom.deal_won", text: null })
  expect(JSON.parse(found!["data_json"] as string)).toEqual({ deal: 7 })
})

it("nothing found is an empty list, and nothing asked for is an error", async () => {
  const relay = await start()
  expect(await search(connected(relay), { event_id: "evt_unknown" })).toEqual([])
  expect(await search(connected(relay), { event_id: "../accounts" })).toEqual([])
  expect(await search(connected(relay), { conversation_id: "2-bm9uZQ==" })).toEqual([])
  await expect(search(connected(relay), {})).rejects.toThrow(/Fill in an event ID/)
  await expect(search(connected(relay), { event_id: "  " })).rejects.toThrow(/Fill in an event ID/)
})

it("a typing indicator reaches upstream for the right account and conversation, and an unknown one nobody", async () => {
  const relay = await start({ simulator: { accounts: 2 } })
  const conversation = conversationIn(relay)
  await write(relay, conversation, "hello")
  const answer = await type(connected(relay), { account: relay.accountId, conversation_id: conversation.id })
  const expected = { id: conversation.id, account_id: relay.accountId, conversation_id: conversation.id }
  expect(answer).toEqual(expected)
  expect(keysOf(answer)).toEqual(keysOf(app.creates.send_typing_indicator.operation.sample as Row))
  const { sideEffects } = relay.simulator.world
  expect(sideEffects.map(({ action, accountId }) => [action, accountId])).toEqual([
    ["messaging/typing-indicator", relay.accountId],
  ])
  expect(sideEffects[0]?.conversationUrn).toContain(conversation.id)
  const unknown = { account: relay.accountId, conversation_id: "2-bm9uZQ==" }
  await expect(type(connected(relay), unknown)).rejects.toThrow(/not_found/)
})

it("the dropdown has every account, by the name that people gave it", async () => {
  const relay = await start({ simulator: { accounts: 105 } })
  await relay.api(`/v1/accounts/${relay.accountId}`, { method: "PATCH", body: { label: "Sales" } })
  const { perform } = accountList.operation as { perform: (z: ZObject, bundle: Bundle) => Promise<Row[]> }
  const accounts = await run<Row[], Bundle>(perform, { ...connected(relay) })
  expect(accounts).toHaveLength(105)
  expect(new Set(accounts.map(({ id }) => id)).size).toBe(105)
  expect(accounts.find(({ id }) => id === relay.accountId)).toEqual({ id: relay.accountId, name: "Sales" })
})

it("Zapier's own runtime checks are at work here, so that a failing one fails these tests", async () => {
  const perform = async (): Promise<Row[]> => await Promise.resolve([{ name: "without an id" }])
  const trigger = { key: "t", noun: "T", display: { hidden: true }, operation: { type: "polling", perform } }
  const tester = createAppTester({ version: "1.0.0", platformVersion: "19.1.0", triggers: { t: trigger } })
  await expect(tester(perform as never, {})).rejects.toThrow(/missing the "id" property/)
})
