import { describe, expect, it } from "vitest"

import { accountRow, logRow, NOW, testApi } from "./fixture.ts"

const DAY = 86_400_000
const setUp = async (logs: Record<string, number[]>) => {
  const api = testApi()
  for (const [account, seen] of Object.entries(logs)) {
    await api.store.createAccount(accountRow(account, { published: 0 }))
    for (const [index, seenAt] of seen.entries()) await api.store.appendEvent(logRow(account, index + 1, seenAt))
    await api.store.raisePublished(account, seen.length)
  }
  const walk = async (after: string, limit = 20) => {
    const { status, body } = await api.call("GET", `/v1/events?after=${after}&limit=${String(limit)}`)
    expect(status).toBe(200)
    return { ids: body.data.map(({ id }) => id), next: body.nextCursor ?? "" }
  }
  return { ...api, walk }
}
const idsOf = (account: string, ...positions: number[]) =>
  positions.map((position) => logRow(account, position, 0).event.id)

describe("the forward walk", () => {
  it("shows each published event once, logs interleaved by when it was seen, whatever the page size", async () => {
    const { walk } = await setUp({ a1: [NOW - 50, NOW - 30, NOW - 10], a2: [NOW - 40, NOW - 20] })
    const all = [...idsOf("a1", 1), ...idsOf("a2", 1), ...idsOf("a1", 2), ...idsOf("a2", 2), ...idsOf("a1", 3)]
    for (const limit of [1, 2, 3, 5, 100]) {
      const seen: string[] = []
      let after = "start"
      for (;;) {
        const page = await walk(after, limit)
        expect(page.ids.length).toBeLessThanOrEqual(limit)
        after = page.next
        if (page.ids.length === 0) break
        seen.push(...page.ids)
      }
      expect(seen).toEqual(all)
    }
  })

  it("does not show what the bus does not have yet, and shows it once it has", async () => {
    const { walk, store } = await setUp({ a1: [NOW - 50] })
    await store.appendEvent(logRow("a1", 2, NOW - 40))
    const { ids, next } = await walk("start")
    expect(ids).toEqual(idsOf("a1", 1))
    expect((await walk(next)).ids).toEqual([])
    await store.raisePublished("a1", 2)
    expect((await walk(next)).ids).toEqual(idsOf("a1", 2))
  })

  it("an account that is new to the bookmark is walked from its first row", async () => {
    const { walk, store } = await setUp({ a1: [NOW - 50] })
    const { next } = await walk("start")
    await store.createAccount(accountRow("a0", { published: 0 }))
    await store.appendEvent(logRow("a0", 1, NOW - 90))
    await store.raisePublished("a0", 1)
    expect((await walk(next)).ids).toEqual(idsOf("a0", 1))
  })

  it("now is a bookmark behind everything", async () => {
    const { walk, store } = await setUp({ a1: [NOW - 50] })
    const { ids, next } = await walk("now")
    expect(ids).toEqual([])
    await store.appendEvent(logRow("a1", 2, NOW - 5))
    await store.raisePublished("a1", 2)
    expect((await walk(next)).ids).toEqual(idsOf("a1", 2))
  })

  it("goes on right behind an event, and takes up the other accounts two minutes before it", async () => {
    const at = NOW - 600_000
    const { walk } = await setUp({
      a1: [at - 200_000, at, at + 1],
      a2: [at - 150_000, at - 119_999, at + 500],
      a3: [at - 500_000],
    })
    const [second = ""] = idsOf("a1", 2)
    expect((await walk(second)).ids).toEqual([...idsOf("a2", 2), ...idsOf("a1", 3), ...idsOf("a2", 3)])
  })

  it("starts behind an event whose webhook was faster than the write that it is published", async () => {
    const { walk, store } = await setUp({ a1: [NOW - 50] })
    for (const position of [2, 3]) await store.appendEvent(logRow("a1", position, NOW - 40 + position))
    const { ids, next } = await walk(idsOf("a1", 2)[0] ?? "")
    expect(ids).toEqual([])
    await store.raisePublished("a1", 3)
    expect((await walk(next)).ids).toEqual(idsOf("a1", 3))
  })

  it("a bookmark behind retention is 410, and start is the oldest that is kept", async () => {
    const { walk, call, clock } = await setUp({ a1: [NOW - 20 * DAY, NOW - 10 * DAY, NOW] })
    const { next } = await walk("start", 1)
    clock.at += 15 * DAY
    expect((await walk(next)).ids).toEqual(idsOf("a1", 2, 3))
    clock.at += 10 * DAY
    const { status, body } = await call("GET", `/v1/events?after=${next}`)
    expect([status, body.code]).toEqual([410, "cursor_expired"])
    expect((await walk("start")).ids).toEqual(idsOf("a1", 3))
  })

  it("a bookmark whose next row is gone is 410, though later ones are there", async () => {
    const { walk, call, store } = await setUp({ a1: [NOW - 50, NOW - 40, NOW - 30] })
    const { next } = await walk("start", 1)
    store.db.exec("DELETE FROM events WHERE position = 2")
    expect((await call("GET", `/v1/events?after=${next}`)).status).toBe(410)
  })

  it("neither pings nor forgotten events are shown, nor stand in the way", async () => {
    const { walk, store } = await setUp({ a1: [NOW - 50, NOW - 40, NOW - 30, NOW - 20] })
    await store.forgetEvent("a1", 1)
    await store.forgetEvent("a1", 3)
    const page = await walk("start", 1)
    expect(page.ids).toEqual(idsOf("a1", 2))
    const last = await walk(page.next, 1)
    expect(last.ids).toEqual(idsOf("a1", 4))
    expect((await walk(last.next, 1)).ids).toEqual([])
  })

  it.each([
    ["after=", "after"],
    ["after=nonsense!", "after"],
    ["after=AQ&type=message.sent", "type"],
    ["after=start&since=2026-01-01T00:00:00Z", "since"],
    ["after=start&cursor=x", "cursor"],
  ])("refuses %s", async (query, pointer) => {
    const { status, body } = await testApi().call("GET", `/v1/events?${query}`)
    expect([status, body.errors[0]?.pointer]).toEqual([400, pointer])
  })

  it("an event's id that is not known is 410", async () => {
    const { status, body } = await testApi().call("GET", "/v1/events?after=evt_0123456789012345678901")
    expect([status, body.code]).toEqual([410, "cursor_expired"])
  })
})

it("events beyond retention are hidden, in lists and by id", async () => {
  const { call, clock } = await setUp({ a1: [NOW - DAY, NOW] })
  const [old = "", young = ""] = idsOf("a1", 1, 2)
  expect((await call("GET", `/v1/events/${old}`)).status).toBe(200)
  clock.at += 29.5 * DAY
  expect((await call("GET", `/v1/events/${old}`)).status).toBe(404)
  expect((await call("GET", "/v1/events")).body.data.map(({ id }) => id)).toEqual([young])
})
