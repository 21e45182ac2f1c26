import { setImmediate } from "node:timers/promises"

import { expect, it } from "vitest"

import type { Bookmark } from "@posthorn/core/catchup/bookmark"
import { bookmarkBehind, walk } from "@posthorn/core/catchup/walk"
import { SYSTEM_LOG } from "@posthorn/core/event"

import { withIndexLag } from "../index-lag.ts"
import type { Subject } from "../store-contract.ts"
import { account, event, logRow, T0 } from "../rows.ts"

const LOGS = ["ada", "grace", SYSTEM_LOG]
const EVENTS = 60
/** Pages are small against what is written meanwhile, so that the walk is always behind. */
const LIMITS = [1, 3, 7, 2]

export const catchupContract = (subject: () => Subject): void => {
  const write = async (log: string): Promise<void> => {
    const { store } = subject()
    for (let position = 1; position <= EVENTS; position += 1) {
      const id = `${log}/${String(position)}`
      await store.appendEvent(logRow(log, position, { seenAt: T0 + position, event: event(id, log) }))
      // Now and then several at once, as a poll publishes them.
      if (position % 3 !== 1) await store.raisePublished(log, position)
    }
  }

  it("shows each event once, without a gap, while writers append and indexes trail", async () => {
    const store = withIndexLag(subject().store, { operations: 20 })
    for (const log of LOGS) if (log !== SYSTEM_LOG) await store.createAccount(account(log))
    const writers = { left: LOGS.length }
    const written = Promise.all(LOGS.map((log) => write(log).finally(() => (writers.left -= 1))))
    const seen: string[] = []
    let bookmark: Bookmark = new Map()
    for (let pages = 0; ; pages += 1) {
      const isEnd = writers.left === 0
      const page = await walk(bookmark, { limit: LIMITS[pages % LIMITS.length] ?? 1, keptSince: 0 }, { store })
      if (page.kind === "expired") throw new Error("expired")
      seen.push(...page.rows.map((row) => row.event.id))
      bookmark = page.bookmark
      if (isEnd && page.rows.length === 0) break
      // A store in this process answers within a tick: its writers need the next one.
      await setImmediate()
    }
    await written
    for (const log of LOGS) {
      const all = Array.from({ length: EVENTS }, (_, index) => `${log}/${String(index + 1)}`)
      expect(seen.filter((id) => id.startsWith(`${log}/`))).toEqual(all)
    }
    expect(seen).toHaveLength(LOGS.length * EVENTS)
  })

  it("goes on right behind an event, and misses nothing of the other logs", async () => {
    const { store } = subject()
    const minute = (count: number) => T0 + count * 60_000
    for (const log of ["ada", "grace"]) await store.createAccount(account(log))
    for (let position = 1; position <= 9; position += 1) {
      await store.appendEvent(logRow("ada", position, { seenAt: minute(position) }))
      await store.appendEvent(logRow("grace", position, { seenAt: minute(position) + 1 }))
    }
    await store.raisePublished("ada", 9)
    await store.raisePublished("grace", 9)
    const bookmark = await bookmarkBehind({ log: "ada", position: 5, seenAt: minute(5) }, { store })
    const page = await walk(bookmark ?? new Map(), { limit: 100, keptSince: 0 }, { store })
    if (page.kind === "expired") throw new Error("expired")
    const positions = (log: string) => page.rows.filter((row) => row.log === log).map(({ position }) => position)
    expect([positions("ada"), positions("grace")]).toEqual([
      [6, 7, 8, 9],
      [3, 4, 5, 6, 7, 8, 9],
    ])
  })
}
