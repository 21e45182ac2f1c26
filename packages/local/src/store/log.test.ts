import { afterEach, beforeEach, expect, it } from "vitest"

import type { LogRow } from "@posthorn/core/log-row"

import { openStore, type SqliteStore } from "./open.ts"

const row = (position: number, type: "ping" | "endpoint.disabled"): LogRow => ({
  log: "ada",
  position,
  event: { id: `evt_${position}`, type, timestamp: "", data: {} as never },
  seenAt: position,
  conversationId: null,
  sequence: null,
  previous: null,
  forgotten: false,
})

let store: SqliteStore
beforeEach(() => {
  store = openStore({ path: ":memory:" })
})
afterEach(() => store.close())

it("finds a rare event over pages that are short, so that none of them stops the process", async () => {
  const appends = Array.from({ length: 5_000 }, (_, index) =>
    store.appendEvent(row(index + 1, [2, 3_001].includes(index + 1) ? "endpoint.disabled" : "ping")),
  )
  await Promise.all(appends)
  const found: number[] = []
  let pages = 0
  for (let cursor: string | null = null; pages === 0 || cursor !== null; pages += 1) {
    const page = await store.listEventsLagging({ types: ["endpoint.disabled"] }, { limit: 10, cursor })
    found.push(...page.rows.map(({ position }) => position))
    cursor = page.cursor
  }
  // The second is the last row that the first page looks at.
  expect(found).toEqual([3_001, 2])
  expect(pages).toBe(3)
})

it("gives the same row to all who read it, and nobody can change it", async () => {
  await store.appendEvent(row(1, "ping"))
  const first = (await store.getEvent("ada", 1))!
  expect(await store.getEvent("ada", 1)).toBe(first)
  expect(() => {
    first.event.timestamp = "changed"
  }).toThrow(TypeError)
})
