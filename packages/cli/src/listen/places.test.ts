import { describe, expect, it } from "vitest"

import { inherit, type Neighbour } from "./places.ts"

let savedAt = 0
/** Each written after the one before. */
const run = (types: string[] | null): Neighbour => ({
  file: `${String(types)}.json`,
  owner: types === null ? null : { target: "t", types },
  bookmark: "b",
  lastEventId: null,
  savedAt: ++savedAt,
})
const from = (types: string[], neighbours: Neighbour[]): string[] => inherit(types, neighbours).map(({ file }) => file)

describe("whose place a new selection takes up", () => {
  it("that of one that covers it; of several, the one written last", () => {
    const neighbours = [run(["message.received"]), run(["*"]), run(["message.*"]), run(["account.*"])]
    expect(from(["message.received", "message.sent"], neighbours)).toEqual(["message.*.json"])
    expect(from(["message.received", "message.sent"], neighbours.toReversed())).toEqual(["message.*.json"])
  })

  it("those of all that share types with it, where none covers it", () => {
    const neighbours = [run(["message.received"]), run(["account.*"]), run(["message.sent"])]
    expect(from(["message.*"], neighbours)).toEqual(["message.received.json", "message.sent.json"])
    expect(from(["*"], neighbours)).toHaveLength(3)
  })

  it("none where none shares any: nothing of it was ever asked for", () => {
    expect(from(["account.*"], [run(["message.*"])])).toEqual([])
  })

  it("that of an earlier version, which may have been for any types, but behind one that is known to cover it", () => {
    const early = run(null)
    expect(from(["account.*"], [early, run(["message.*"])])).toEqual(["null.json"])
    expect(from(["message.*"], [early, run(["message.received"])])).toEqual(["null.json"])
    expect(from(["message.*"], [early, run(["*"])])).toEqual(["*.json"])
  })
})
