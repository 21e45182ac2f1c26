import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { typeFilter } from "../type-filter.ts"
import { overlaps, selectionOf } from "./selection.ts"

/** Small words, so that heads and types meet often. */
const type = fc.stringMatching(/^[ab]\.[ab]{0,2}$/)
const name = fc.oneof(
  type,
  fc.stringMatching(/^[ab]?\*$/),
  type.map((text) => `${text}*`),
)
const names = fc.array(name, { minLength: 1, maxLength: 5 })

describe("a selection", () => {
  it.each<[string[] | undefined, string[]]>([
    [undefined, ["*"]],
    [[], ["*"]],
    [["*", "ping"], ["*"]],
    [
      ["ping", "message.sent", "message.*", "ping"],
      ["message.*", "ping"],
    ],
    [["message*", "message.*"], ["message*"]],
  ])("%j is %j", (given, wanted) => {
    expect(selectionOf(given)).toEqual(wanted)
  })

  it("is the same in any order and however often a name stands in it, and lets the same types through", () => {
    const twice = names.chain((given) => {
      const doubled = [...given, ...given]
      return fc.tuple(fc.constant(given), fc.shuffledSubarray(doubled, { minLength: doubled.length }))
    })
    fc.assert(
      fc.property(twice, type, ([given, shuffled], each) => {
        expect(selectionOf(shuffled)).toEqual(selectionOf(given))
        expect(typeFilter(selectionOf(given))(each)).toBe(typeFilter(given)(each))
      }),
    )
  })

  it("overlaps another where some type is one of both", () => {
    fc.assert(
      fc.property(names, names, type, (one, other, each) => {
        const [isOne, isOther] = [typeFilter(one)(each), typeFilter(other)(each)]
        if (isOne && isOther) expect(overlaps(one, other)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each<[string[], string[], boolean]>([
    [["*"], ["message.*"], true],
    [["message.*"], ["message.received", "message.sent"], true],
    [["message.*"], ["message.received", "account.*"], true],
    [["message.*"], ["account.*"], false],
    [["message.received"], ["message.sent"], false],
    // Another type to be, not this and more.
    [["message.received"], ["message.received2"], false],
  ])("%j to %j: overlaps %s", (one, other, isShared) => {
    expect([overlaps(one, other), overlaps(other, one)]).toEqual([isShared, isShared])
  })
})
