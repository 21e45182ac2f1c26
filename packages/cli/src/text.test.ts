import { describe, expect, it } from "vitest"

import { duration, jsonText, plain, table } from "./text.ts"
import { collectTypes, typeFilter } from "./type-filter.ts"

describe("text for a terminal", () => {
  it("has nothing in it that a terminal would obey, nor half a character", () => {
    expect(plain("a\u001b[2J\u009b31m\u202eb\r\nc\u2028d")).toBe("a [2J 31m b c d")
    expect(plain(`${"x".repeat(8)}😀yy`, 10)).toBe(`${"x".repeat(8)}\ufffd…`)
  })

  it("JSON stays JSON, without control characters", () => {
    const value = { text: "\u0007\u009b31m\u2028 é" }
    expect(jsonText(value)).not.toMatch(/\p{Cc}|\u2028/u)
    expect(JSON.parse(jsonText(value, 2))).toEqual(value)
  })

  it.each([
    [400, "0 s"],
    [119_000, "119 s"],
    [-300_000, "5 min"],
    [3 * 3_600_000, "3 h"],
    [72 * 3_600_000, "3 d"],
  ])("%i ms are %s", (ms, words) => {
    expect(duration(ms)).toBe(words)
  })

  it("columns stand under each other", () => {
    expect(
      table([
        ["id", "n"],
        ["a", "10"],
        ["long", ""],
      ]),
    ).toBe("id    n\na     10\nlong")
  })
})

describe("a filter of types", () => {
  it("takes names, and what begins with one that ends in a star", () => {
    const isWanted = typeFilter(["message.*", "ping"])
    expect(["message.received", "ping", "messages.x", "ping.x", "conversation.created"].map(isWanted)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    expect(typeFilter(["*"])("custom.x")).toBe(true)
    expect(typeFilter(undefined)("custom.x")).toBe(true)
  })

  it.each(["message.received", "message.*", "*", "m*", "custom.deal_won", "custom.*", "custom.deal*", "c*", "ping"])(
    "%s may be asked for",
    (name) => {
      expect(collectTypes(name, undefined)).toEqual([name])
    },
  )

  it.each(["mesage.*", "message", "message.received.x", "message.*d", "*.received", "custom", "custom.", "Message.*"])(
    "%s matches no type: that is said, with what there is",
    (name) => {
      expect(() => collectTypes(`ping,${name}`, undefined)).toThrow(/message\.received, .*custom\./)
    },
  )

  it("a list may be given in parts, and is not empty", () => {
    expect(collectTypes("ping, message.*", ["account.*"])).toEqual(["account.*", "ping", "message.*"])
    expect(() => collectTypes(" , ", undefined)).toThrow(/message\.received/)
  })
})
