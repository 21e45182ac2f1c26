import { expect, it } from "vitest"

import { SYSTEM_LOG } from "@posthorn/core/event"

import type { Subject } from "../store-contract.ts"
import { event, eventId, logRow, successes, T0 } from "../rows.ts"

export const logContract = (subject: () => Subject): void => {
  it("gives back what was appended", async () => {
    const { store } = subject()
    const row = logRow("ada", 1, { conversationId: "2-abc==", sequence: 7, previous: 3 })
    expect(await store.appendEvent(row)).toBe(true)
    expect(await store.getEvent("ada", 1)).toEqual(row)
    expect(await store.getEvent("ada", 2)).toBeNull()
    expect(await store.getEvent("grace", 1)).toBeNull()
  })

  it("keeps for which endpoints alone an event is, none among them, and that it is for all", async () => {
    const { store } = subject()
    const only = [["ep_1", "ep_2"], [], undefined]
    const rows = only.map((ids, index) => logRow("ada", index + 1, ids === undefined ? {} : { only: ids }))
    for (const row of rows) await store.appendEvent(row)
    for (const row of rows) expect(await store.getEvent("ada", row.position)).toStrictEqual(row)
    expect(await store.readLog("ada", 0, 10)).toStrictEqual(rows)
    await store.forgetEvent("ada", 1)
    expect((await store.getEvent("ada", 1))?.only).toEqual(only[0])
  })

  it("takes a position once, and keeps what stands there", async () => {
    const { store } = subject()
    await store.appendEvent(logRow("ada", 1))
    expect(await store.appendEvent(logRow("ada", 1, { event: event(eventId("other"), "ada") }))).toBe(false)
    expect(await store.getEvent("ada", 1)).toEqual(logRow("ada", 1))
    expect(await store.appendEvent(logRow("grace", 1))).toBe(true)
  })

  it("of 20 parallel appends at one position one succeeds", async () => {
    const { store } = subject()
    const rows = Array.from({ length: 20 }, (_, index) =>
      logRow("ada", 1, { event: event(eventId(`writer ${index}`), "ada") }),
    )
    const answers = await Promise.all(rows.map((row) => store.appendEvent(row)))
    expect(successes(answers)).toBe(1)
    expect(await store.getEvent("ada", 1)).toEqual(rows[answers.indexOf(true)])
    expect(await store.lastPosition("ada")).toBe(1)
  })

  it("reads rows behind a position, ascending, up to the limit", async () => {
    const { store } = subject()
    for (let position = 1; position <= 12; position += 1) await store.appendEvent(logRow("ada", position))
    const positions = async (after: number, limit: number) =>
      (await store.readLog("ada", after, limit)).map(({ position }) => position)
    expect(await positions(0, 100)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(await positions(8, 3)).toEqual([9, 10, 11])
    expect(await positions(9, 1)).toEqual([10])
    expect(await positions(12, 10)).toEqual([])
    expect((await store.readLog("ada", 1, 1))[0]).toEqual(logRow("ada", 2))
  })

  it("reads its own appends at once", async () => {
    const { store } = subject()
    for (let position = 1; position <= 20; position += 1) {
      await store.appendEvent(logRow("ada", position))
      expect(await store.lastPosition("ada")).toBe(position)
      expect(await store.readLog("ada", position - 1, 5)).toHaveLength(1)
    }
  })

  it("reads on behind positions that are gone", async () => {
    const { store } = subject()
    for (const position of [40, 41, 45]) await store.appendEvent(logRow("ada", position))
    expect((await store.readLog("ada", 0, 10)).map(({ position }) => position)).toEqual([40, 41, 45])
    expect(await store.lastPosition("ada")).toBe(45)
  })

  it("orders positions as numbers", async () => {
    const { store } = subject()
    for (const position of [9, 10, 99, 100, 1_000_000]) await store.appendEvent(logRow("ada", position))
    expect((await store.readLog("ada", 9, 10)).map(({ position }) => position)).toEqual([10, 99, 100, 1_000_000])
    expect(await store.lastPosition("ada")).toBe(1_000_000)
  })

  it("has position 0 before the first row, and knows each log's own last", async () => {
    const { store } = subject()
    expect(await store.lastPosition("ada")).toBe(0)
    expect(await store.readLog("ada", 0, 10)).toEqual([])
    await store.appendEvent(logRow("ada", 1))
    await store.appendEvent(logRow("ada", 2))
    await store.appendEvent(logRow(SYSTEM_LOG, 1))
    expect(await store.lastPosition("ada")).toBe(2)
    expect(await store.lastPosition(SYSTEM_LOG)).toBe(1)
    expect(await store.lastPosition("a")).toBe(0)
    expect(await store.lastPosition("adam")).toBe(0)
  })

  it("keeps apart logs of which one's name begins with the other's", async () => {
    const { store } = subject()
    for (const log of ["1", "10", "1#1", "1#"]) await store.appendEvent(logRow(log, 1))
    for (const log of ["1", "10", "1#1", "1#"]) expect(await store.readLog(log, 0, 10)).toEqual([logRow(log, 1)])
  })

  it("finds an event by its id", async () => {
    const { store, settle } = subject()
    await store.appendEvent(logRow("ada", 1))
    await store.appendEvent(logRow("ada", 2))
    await settle()
    expect(await store.findEventLagging(eventId("ada/2"))).toEqual(logRow("ada", 2))
    expect(await store.findEventLagging(eventId("none"))).toBeNull()
  })

  it("takes the same event twice, as the system's log may have it", async () => {
    const { store, settle } = subject()
    const twice = event(eventId("twice"), "ada")
    expect(await store.appendEvent(logRow(SYSTEM_LOG, 1, { event: twice }))).toBe(true)
    expect(await store.appendEvent(logRow(SYSTEM_LOG, 2, { event: twice }))).toBe(true)
    await settle()
    expect((await store.findEventLagging(twice.id))?.event).toEqual(twice)
  })

  it("publishes upwards only", async () => {
    const { store } = subject()
    expect(await store.getPublished(SYSTEM_LOG)).toBe(0)
    await store.raisePublished(SYSTEM_LOG, 5)
    await store.raisePublished(SYSTEM_LOG, 3)
    await store.raisePublished(SYSTEM_LOG, 5)
    expect(await store.getPublished(SYSTEM_LOG)).toBe(5)
    await store.raisePublished(SYSTEM_LOG, 6)
    expect(await store.getPublished(SYSTEM_LOG)).toBe(6)
  })

  it("publishes upwards only when 20 do so in parallel", async () => {
    const { store } = subject()
    const positions = Array.from({ length: 20 }, (_, index) => ((index * 7) % 20) + 1)
    await Promise.all(positions.map((position) => store.raisePublished(SYSTEM_LOG, position)))
    expect(await store.getPublished(SYSTEM_LOG)).toBe(20)
  })

  it("gives back an event byte for byte: receivers compare what they get across attempts", async () => {
    const { store } = subject()
    const reversed = {
      data: event("x", "ada").data,
      timestamp: "2026-11-01T00:00:00.000Z",
      type: "ping",
      id: eventId(1),
    }
    await store.appendEvent(logRow("ada", 1, { event: reversed as never, seenAt: T0 }))
    expect(JSON.stringify((await store.getEvent("ada", 1))?.event)).toBe(JSON.stringify(reversed))
    expect(JSON.stringify((await store.readLog("ada", 0, 1))[0]?.event)).toBe(JSON.stringify(reversed))
  })
}
