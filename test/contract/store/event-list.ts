import { expect, it } from "vitest"

import { VisibleError } from "@posthorn/core/error"
import type { EventFilters } from "@posthorn/core/ports"
import type { LogRow } from "@posthorn/core/log-row"

import type { Subject } from "../store-contract.ts"
import { drain, event, eventId, logRow, T0 } from "../rows.ts"

const place = ({ log, position }: LogRow): string => `${log}/${position}`

export const eventListContract = (subject: () => Subject): void => {
  /** Three logs, of which every instant has three rows. */
  const fill = async (count: number): Promise<LogRow[]> => {
    const { store, settle } = subject()
    const rows: LogRow[] = []
    for (let index = 0; index < count; index += 1) {
      const log = ["ada", "grace", "system"][index % 3]!
      const position = Math.floor(index / 3) + 1
      const type = index % 2 === 0 ? "account.status_changed" : "message.received"
      const row = logRow(log, position, {
        event: event(eventId(`${log}/${position}`), log, { type }),
        conversationId: index % 4 === 0 ? null : `c${index % 4}`,
      })
      rows.push(row)
      await store.appendEvent(row)
    }
    await settle()
    return rows
  }
  const places = async (filters: EventFilters, limit = 4): Promise<string[]> =>
    (await drain((page) => subject().store.listEventsLagging(filters, page), limit)).map(place)

  it("is empty at first", async () => {
    expect(await subject().store.listEventsLagging({}, { limit: 10, cursor: null })).toEqual({ rows: [], cursor: null })
  })

  it.each([1, 2, 3, 4, 7, 30, 100])("shows each row once, newest first, %i to a page", async (limit) => {
    const rows = await fill(30)
    const listed = await drain((page) => subject().store.listEventsLagging({}, page), limit)
    expect(listed.map(({ seenAt }) => seenAt)).toEqual(rows.map(({ seenAt }) => seenAt).sort((a, b) => b - a))
    expect(listed.map(place).sort()).toEqual(rows.map(place).sort())
    expect(rows).toContainEqual(listed[0])
  })

  it("pages through rows that were all seen at one instant", async () => {
    const { store, settle } = subject()
    for (let position = 1; position <= 11; position += 1)
      await store.appendEvent(logRow("ada", position, { seenAt: T0 }))
    await settle()
    expect((await places({}, 3)).sort()).toEqual(Array.from({ length: 11 }, (_, index) => `ada/${index + 1}`).sort())
  })

  it.each<[string, EventFilters, (row: LogRow) => boolean]>([
    ["one type", { types: ["message.received"] }, ({ event }) => event.type === "message.received"],
    ["several types", { types: ["message.received", "account.status_changed"] }, () => true],
    ["a type of which there is none", { types: ["ping"] }, () => false],
    ["no type", { types: [] }, () => false],
    ["an account", { accountId: "grace" }, ({ log }) => log === "grace"],
    ["an unknown account", { accountId: "nobody" }, () => false],
    ["a conversation", { conversationId: "c2" }, ({ conversationId }) => conversationId === "c2"],
    ["since, inclusive", { since: T0 + 4_000 }, ({ seenAt }) => seenAt >= T0 + 4_000],
    ["until, exclusive", { until: T0 + 4_000 }, ({ seenAt }) => seenAt < T0 + 4_000],
    [
      "all of them",
      { types: ["message.received"], accountId: "ada", conversationId: "c1", since: T0 + 1_000, until: T0 + 9_000 },
      ({ log, event, conversationId, seenAt }) =>
        log === "ada" &&
        event.type === "message.received" &&
        conversationId === "c1" &&
        seenAt >= T0 + 1_000 &&
        seenAt < T0 + 9_000,
    ],
  ])("filters by %s", async (_, filters, wanted) => {
    const rows = await fill(36)
    expect((await places(filters)).sort()).toEqual(rows.filter(wanted).map(place).sort())
    expect((await places(filters, 1)).sort()).toEqual(rows.filter(wanted).map(place).sort())
  })

  it("keeps its place when rows come in between pages", async () => {
    const { store, settle } = subject()
    const rows = await fill(12)
    const listed = await drain(
      (page) => store.listEventsLagging({}, page),
      5,
      async (pages) => {
        await store.appendEvent(logRow("late", pages, { seenAt: T0 + 60_000 + pages }))
        await settle()
      },
    )
    expect(listed.map(place).sort()).toEqual(rows.map(place).sort())
  })

  it("takes a cursor that it did not give for the caller's fault", async () => {
    await fill(3)
    for (const cursor of ["", "nonsense", "eyJhIjoxfQ", "%%%"]) {
      await expect(subject().store.listEventsLagging({}, { limit: 1, cursor })).rejects.toBeInstanceOf(VisibleError)
    }
  })
}
