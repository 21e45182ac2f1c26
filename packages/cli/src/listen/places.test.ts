import { describe, expect, it } from "vitest"

import { inherit, type Neighbour } from "./places.ts"

const run = (types: string[] | null): Neighbour => ({
  file: `${String(types)}.json`,
  owner: types === null ? null : { target: "t", types },
  bookmark: "b",
  lastEventId: null,
})
const from = (types: string[], neighbours: Neighbour[]): string[] => inherit(types, neighbours).map(({ file }) => file)

describe("whose places tell where a new selection begins", () => {
  it("all that share types with it, whether or not one of them has all of them", () => {
    const neighbours = [run(["message.received"]), run(["account.*"]), run(["*"]), run(["message.sent"])]
    expect(from(["message.*"], neighbours)).toEqual(["message.received.json", "*.json", "message.sent.json"])
    expect(from(["message.sent"], neighbours)).toEqual(["*.json", "message.sent.json"])
    expect(from(["*"], neighbours)).toHaveLength(4)
  })

  it("none where none shares any: nothing of it was ever asked for", () => {
    expect(from(["account.*"], [run(["message.*"])])).toEqual([])
  })

  it("also that of an earlier version, which may have been for any types", () => {
    const neighbours = [run(null), run(["message.received"])]
    expect(from(["account.*"], neighbours)).toEqual(["null.json"])
    expect(from(["message.*"], neighbours)).toEqual(["null.json", "message.received.json"])
  })
})
