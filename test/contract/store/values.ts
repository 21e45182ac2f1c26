import { expect, it } from "vitest"

import { EVENT_BYTES_MAX } from "@posthorn/core/log-row"

import type { Subject } from "../store-contract.ts"
import { account, checkpoint, delivery, drain, endpoint, endpointId, event, eventId, logRow } from "../rows.ts"

/** An event whose JSON is exactly `bytes` long, filled with `letter`. */
const eventOf = (bytes: number, letter: string) => {
  const room = bytes - Buffer.byteLength(JSON.stringify(event(eventId("big"), "ada", { data: { text: "" } })))
  const size = Buffer.byteLength(JSON.stringify(letter)) - 2
  const text = letter.repeat(Math.floor(room / size)) + "x".repeat(room % size)
  return event(eventId("big"), "ada", { data: { text } })
}

const strings: [string, string][] = [
  ["nothing", ""],
  ["a null character", "a\u0000b\u0000"],
  ["emoji", "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽"],
  ["other scripts", "Größe 東京 العربية ไทย"],
  ["separators and controls", "\u2028\u2029\ufeff\u0001\u001f\u007f\r\n\t"],
  ["quotes", `'";--\\ %_ {"$ne":1} \${x}`],
  ["decomposed letters", "e\u0301 \u00e9"],
]

export const valueContract = (subject: () => Subject): void => {
  it.each([
    ["plain letters", "a"],
    ["quotes, which JSON doubles", '"'],
    ["emoji", "🦄"],
    ["controls, which JSON makes six of", "\u0001"],
  ])("keeps the largest event there may be, of %s", async (_, letter) => {
    const { store, settle } = subject()
    const big = eventOf(EVENT_BYTES_MAX, letter)
    expect(Buffer.byteLength(JSON.stringify(big))).toBe(EVENT_BYTES_MAX)
    const rows = [1, 2, 3].map((position) => logRow("ada", position, { event: big }))
    for (const row of rows) expect(await store.appendEvent(row)).toBe(true)
    expect(await store.getEvent("ada", 2)).toEqual(rows[1])
    await settle()
    expect(await store.findEventLagging(big.id)).toMatchObject({ event: big })
  })

  it("reads more than a megabyte of rows at once, and pages through them", async () => {
    const { store, settle } = subject()
    const big = eventOf(EVENT_BYTES_MAX, "a")
    const rows = Array.from({ length: 12 }, (_, index) => logRow("ada", index + 1, { event: big }))
    for (const row of rows) await store.appendEvent(row)
    expect(await store.readLog("ada", 0, 12)).toEqual(rows)
    await settle()
    expect(await drain((page) => store.listEventsLagging({}, page), 10)).toHaveLength(12)
  })

  it.each(strings)("keeps %s in an event", async (_, text) => {
    const { store } = subject()
    const row = logRow("ada", 1, { event: event(eventId(1), "ada", { data: { text, [`key ${text}`]: [text] } }) })
    await store.appendEvent(row)
    expect(await store.getEvent("ada", 1)).toEqual(row)
    expect(await store.readLog("ada", 0, 1)).toEqual([row])
  })

  it.each(strings)("keeps %s in the other rows", async (_, text) => {
    const { store } = subject()
    const ada = account("ada", { name: text, statusReason: text, front: { aaaaaaaaaaa: { print: text, unread: 0 } } })
    await store.createAccount(ada)
    expect(await store.getAccount("ada")).toEqual(ada)

    const hook = endpoint(endpointId(1), { description: text, metadata: { note: text }, headers: { "x-a": text } })
    await store.putEndpoint(hook, null)
    expect(await store.getEndpoint(hook.id)).toEqual(hook)

    const claim = { id: text, number: 1, trigger: "schedule", startedAt: 0, until: 0 } as const
    const row = delivery(eventId(1), hook.id, { claim })
    await store.putDelivery(row, null)
    expect(await store.getDelivery(row.eventId, row.endpointId)).toEqual(row)

    const mark = checkpoint("c", { glimpse: { print: text, unread: 0 }, sequences: { [`type ${text}`]: 1 } })
    await store.putCheckpoint("ada", mark, null)
    expect(await store.getCheckpoint("ada", "c")).toEqual(mark)
  })

  it.each(strings.filter(([, text]) => text !== ""))("finds by keys with %s", async (_, text) => {
    const { store } = subject()
    await store.createAccount(account(text))
    expect((await store.getAccount(text))?.id).toBe(text)
    await store.putCheckpoint(text, checkpoint(text), null)
    expect((await store.getCheckpoint(text, text))?.conversationId).toBe(text)
    await store.appendEvent(logRow(text, 1, { conversationId: text }))
    expect(await store.readLog(text, 0, 10)).toEqual([logRow(text, 1, { conversationId: text })])
  })

  it("tells decomposed letters in keys from composed ones", async () => {
    const { store } = subject()
    await store.createAccount(account("e\u0301"))
    expect(await store.getAccount("\u00e9")).toBeNull()
  })
}
