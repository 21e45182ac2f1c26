import { describe, expect, it } from "vitest"

import { knownGround, KNOWN_COUNT, KNOWN_SPAN_MS, newCheckpoint, PRINTS_COUNT, remember } from "./remember.ts"
import { T } from "./test-samples.ts"

const prints = { text: 1, attachments: 2, reactions: 3 }
const filled = (count: number, stepMs: number) => {
  let checkpoint = newCheckpoint("2-c", T)
  for (let index = 1; index <= count; index++)
    checkpoint = remember(checkpoint, {
      hash: `h${String(index).padStart(6, "0")}`,
      sentAt: T + index * stepMs,
      prints,
    })
  return checkpoint
}

describe("remember", () => {
  it("keeps the newest ids and raises the floor to the instant of what it drops", () => {
    const checkpoint = filled(KNOWN_COUNT + 5, 60_000)
    expect(checkpoint.known).toHaveLength(KNOWN_COUNT)
    expect(checkpoint.floor).toBe(T + 5 * 60_000)
  })

  it("keeps all ids of the newest span, however many", () => {
    const checkpoint = filled(KNOWN_COUNT + 100, 1_000)
    expect(checkpoint.known).toHaveLength(KNOWN_COUNT + 100)
    expect(checkpoint.floor).toBe(T)
  })

  it("drops all ids of one instant together", () => {
    let checkpoint = filled(0, 0)
    for (const hash of ["a", "b", "c"]) checkpoint = remember(checkpoint, { hash, sentAt: T + 1, prints })
    for (let index = 0; index < KNOWN_COUNT - 2; index++)
      checkpoint = remember(checkpoint, { hash: `n${index}`, sentAt: T + KNOWN_SPAN_MS * 2 + index, prints })
    expect(checkpoint.floor).toBe(T + 1)
    expect(checkpoint.known.some((known) => known.sentAt === T + 1)).toBe(false)
  })

  it("keeps prints of the newest only, and revisions of what it keeps", () => {
    const checkpoint = filled(KNOWN_COUNT, 60_000)
    expect(checkpoint.known.filter((known) => known.prints !== null)).toHaveLength(PRINTS_COUNT)
    const edited = { ...checkpoint, revisions: { h000001: 2, h000150: 3 } }
    const after = remember(edited, { hash: "new", sentAt: T + 999 * 60_000, prints })
    expect(after.revisions).toEqual({ h000150: 3 })
  })

  it("reads back over the whole span in which a message may come in late, but not below the floor", () => {
    expect(knownGround(filled(3, 1_000))).toBe(T)
    expect(knownGround(filled(100, 60_000))).toBe(T + 100 * 60_000 - KNOWN_SPAN_MS)
  })
})
