import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { checkpoint, known, successes, T0 } from "../rows.ts"

export const checkpointContract = (subject: () => Subject): void => {
  it("gives back what was put, and null where there is nothing", async () => {
    const { store } = subject()
    const row = checkpoint("2-abc==", {
      sequences: { "message.received": 12, "message.sent": 3 },
      revisions: { aaaaaaaaaaa: 2 },
      unreadable: 1,
    })
    expect(await store.getCheckpoint("ada", "2-abc==")).toBeNull()
    expect(await store.putCheckpoint("ada", row, null)).toBe(true)
    expect(await store.getCheckpoint("ada", "2-abc==")).toEqual(row)
    expect(await store.getCheckpoint("ada", "2-other")).toBeNull()
    expect(await store.getCheckpoint("grace", "2-abc==")).toBeNull()
  })

  it("keeps empty and null fields as they are", async () => {
    const { store } = subject()
    const row = checkpoint("c", { upto: 0, lastPosition: null, sequences: {}, known: [], glimpse: null, floor: 0 })
    await store.putCheckpoint("ada", row, null)
    expect(await store.getCheckpoint("ada", "c")).toEqual(row)
  })

  it("keeps 200 known messages, with and without prints", async () => {
    const { store } = subject()
    const row = checkpoint("c", { known: known(200) })
    await store.putCheckpoint("ada", row, null)
    expect(await store.getCheckpoint("ada", "c")).toEqual(row)
  })

  it("writes only over the row that was read", async () => {
    const { store } = subject()
    await store.putCheckpoint("ada", checkpoint("c", { upto: 3 }), null)
    expect(await store.putCheckpoint("ada", checkpoint("c", { upto: 4 }), null)).toBe(false)
    expect(await store.putCheckpoint("ada", checkpoint("c", { upto: 4 }), 2)).toBe(false)
    expect((await store.getCheckpoint("ada", "c"))?.upto).toBe(3)
    expect(await store.putCheckpoint("ada", checkpoint("c", { upto: 4, floor: T0 + 1 }), 3)).toBe(true)
    expect(await store.getCheckpoint("ada", "c")).toEqual(checkpoint("c", { upto: 4, floor: T0 + 1 }))
  })

  it("tells a row at position 0 from no row", async () => {
    const { store } = subject()
    expect(await store.putCheckpoint("ada", checkpoint("c", { upto: 0 }), 0)).toBe(false)
    expect(await store.getCheckpoint("ada", "c")).toBeNull()
    expect(await store.putCheckpoint("ada", checkpoint("c", { upto: 0 }), null)).toBe(true)
    expect(await store.putCheckpoint("ada", checkpoint("c", { upto: 0, unreadable: 2 }), 0)).toBe(true)
    expect((await store.getCheckpoint("ada", "c"))?.unreadable).toBe(2)
  })

  it("of 20 parallel writers over one row one succeeds", async () => {
    const { store } = subject()
    await store.putCheckpoint("ada", checkpoint("c"), null)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.putCheckpoint("ada", checkpoint("c", { upto: 2 + index }), 1)),
    )
    expect(successes(answers)).toBe(1)
    expect((await store.getCheckpoint("ada", "c"))?.upto).toBe(2 + answers.indexOf(true))
  })

  it("keeps apart keys that would be one if they were joined", async () => {
    const { store } = subject()
    await store.putCheckpoint("a#b", checkpoint("c", { upto: 1 }), null)
    expect(await store.putCheckpoint("a", checkpoint("b#c", { upto: 2 }), null)).toBe(true)
    expect((await store.getCheckpoint("a#b", "c"))?.upto).toBe(1)
    expect((await store.getCheckpoint("a", "b#c"))?.upto).toBe(2)
  })
}
