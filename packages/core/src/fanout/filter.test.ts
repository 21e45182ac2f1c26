import { describe, expect, it } from "vitest"

import { explain, FOUND_CHARS_MAX, matches } from "./filter-match.ts"
import { ALTERNATIVES_MAX, COMBINATIONS_MAX, FILTER_BYTES_MAX, OR_BRANCHES_MAX, parseFilter } from "./filter.ts"

const read = (json: unknown) => {
  const parsed = parseFilter(json)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  return parsed.filter
}
const mistakesOf = (json: unknown) => {
  const parsed = parseFilter(json)
  return parsed.ok ? [] : parsed.mistakes
}
const under = (alternative: unknown) => ({ data: { message: { text: [alternative] } } })
const nested = (depth: number): object => Array.from({ length: depth }).reduce<object>((inner) => ({ a: inner }), ["x"])

describe("a filter that cannot be read is refused with the place of the mistake", () => {
  const at = "/data/message/text/0"
  it.each([
    [null, "", "must be a JSON object with the fields of an event"],
    [[], "", "must be a JSON object with the fields of an event"],
    [{}, "", "must name a field"],
    [{ data: {} }, "/data", "must name a field"],
    [{ type: "ping" }, "/type", 'must be a list of what the field may be, like ["ping"], or an object'],
    [{ type: [] }, "/type", "must have at least one alternative"],
    [{ "a/b~c": [] }, "/a~1b~0c", "must have at least one alternative"],
    [JSON.parse('{"__proto__":["x"]}'), "/__proto__", "cannot be a name"],
    [{ "\ud800": ["x"] }, "/\ud800", "cannot be a name"],
    [under(["x"]), at, "must be a value or an operator: lists do not stand inside lists"],
    [under("\ud800"), at, "has half a character in it (a lone surrogate)"],
    [under(JSON.parse("1e999")), at, "is too large a number"],
    [under({}), at, /^must be a value or one operator: prefix, suffix, /],
    [under({ prefix: "a", suffix: "b" }), at, /^must be a value or one operator: prefix, suffix, /],
    [under({ cidr: "10.0.0.0/8" }), at, /^must be a value or one operator: prefix, suffix, /],
    [under({ constructor: "a" }), at, /^must be a value or one operator: prefix, suffix, /],
    [under({ prefix: 5 }), `${at}/prefix`, "must be a string"],
    [under({ prefix: { suffix: "x" } }), `${at}/prefix`, 'must be a string or {"equals-ignore-case": "a string"}'],
    [under({ suffix: { "equals-ignore-case": 5 } }), `${at}/suffix/equals-ignore-case`, "must be a string"],
    [under({ exists: "yes" }), `${at}/exists`, "must be true or false"],
    [under({ numeric: [">", "5"] }), `${at}/numeric/1`, "must be a number"],
    [under({ numeric: ["~", 5] }), `${at}/numeric`, /^must be one comparison/],
    [under({ numeric: ["<", 5, ">", 1] }), `${at}/numeric`, /^must be one comparison/],
    [under({ numeric: [">", 5, "<", 5] }), `${at}/numeric/3`, "must be more than 5, or nothing is between"],
    [under({ wildcard: "a**" }), `${at}/wildcard`, "has two * side by side; one stands for any text"],
    [under({ wildcard: "a\\n" }), `${at}/wildcard`, /^has a \\ before something else/],
    [under({ "anything-but": ["a", 1] }), `${at}/anything-but`, /^must be a string, a number, or a list of only/],
    [under({ "anything-but": null }), `${at}/anything-but`, /^must be a string, a number, or a list of only/],
    [under({ "anything-but": [] }), `${at}/anything-but`, "must not be empty"],
    [under({ "anything-but": { prefix: ["a", 5] } }), `${at}/anything-but/prefix/1`, "must be a string"],
    [under({ "anything-but": { suffix: "" } }), `${at}/anything-but/suffix`, /^must not be empty: every text/],
    [
      under({ "anything-but": { numeric: ["=", 1] } }),
      `${at}/anything-but`,
      /^must be a value, a list of values, or one/,
    ],
    [{ $or: [{ a: ["x"] }] }, "/$or", `must be a list of 2 to ${OR_BRANCHES_MAX} patterns`],
    [{ $or: { a: ["x"] } }, "/$or", `must be a list of 2 to ${OR_BRANCHES_MAX} patterns`],
    [{ data: { $or: [{ a: ["x"] }, "b"] } }, "/data/$or/1", /^must be a pattern/],
    [{ $or: [{ prefix: ["x"] }, { a: ["x"] }] }, "/$or/0/prefix", /^is an operator, and those stand in a field's list/],
    [{ $or: [{ a: ["x"] }, { b: ["y"] }], a: ["z"] }, "/$or/0/a", /^is a field that stands outside of this \$or too/],
  ])("%j at %s", (json, path, message) => {
    const [first, ...others] = mistakesOf(json)
    expect(first?.path).toBe(path)
    expect(first?.message).toMatch(message)
    expect(others).toEqual([])
  })

  it("all mistakes are named at once", () => {
    const json = { type: [{ prefx: "a" }, "ok", { exists: 1 }], $or: [{ id: [] }, { data: 5 }] }
    const paths = ["/type/0", "/type/2/exists", "/$or/0/id", "/$or/1/data"]
    expect(mistakesOf(json).map(({ path }) => path)).toEqual(paths)
  })
})

describe("a filter is bounded", () => {
  it("in bytes, not characters", () => {
    const filter = (length: number) => ({ id: ["ü".repeat(length)] })
    const most = (FILTER_BYTES_MAX - JSON.stringify(filter(0)).length) / 2
    expect(mistakesOf(filter(Math.floor(most)))).toEqual([])
    expect(mistakesOf(filter(Math.floor(most) + 1))).toEqual([
      { path: "", message: "must be at most 4096 bytes as JSON" },
    ])
  })

  it("in depth, also when it is far too deep to be walked", () => {
    expect(mistakesOf(nested(6))).toEqual([])
    expect(mistakesOf(nested(7))).toMatchObject([{ message: "must nest at most 6 names" }])
    expect(mistakesOf(nested(100_000))).toEqual([{ path: "", message: "must nest at most 6 names" }])
    const ors = {
      $or: [{ a: ["x"] }, { $or: [{ b: ["x"] }, { $or: [{ c: ["x"] }, { $or: [nested(3), { d: ["x"] }] }] }] }],
    }
    expect(mistakesOf(ors)).toMatchObject([{ path: "/$or/1/$or/1/$or/1/$or/0/a/a/a" }])
  })

  it("in alternatives, branches, and ways in which branches go together", () => {
    const alternatives = (count: number) => Array.from({ length: count }, (_, index) => index)
    expect(mistakesOf({ a: alternatives(ALTERNATIVES_MAX) })).toEqual([])
    expect(mistakesOf({ a: alternatives(ALTERNATIVES_MAX + 1) })).toMatchObject([{ path: "/a" }])
    const excluded = [{ "anything-but": alternatives(ALTERNATIVES_MAX + 1) }]
    expect(mistakesOf({ a: excluded })).toMatchObject([{ path: "/a/0/anything-but" }])
    const or = (count: number, name: string) => ({ $or: alternatives(count).map((one) => ({ [name]: [one] })) })
    expect(mistakesOf(or(OR_BRANCHES_MAX, "a"))).toEqual([])
    expect(mistakesOf(or(OR_BRANCHES_MAX + 1, "a"))).toMatchObject([{ path: "/$or" }])
    const product = (count: number) => ({ a: or(10, "x"), b: or(count, "x") })
    expect(mistakesOf(product(COMBINATIONS_MAX / 10))).toEqual([])
    const oneMore = { $or: [product(COMBINATIONS_MAX / 10), { c: [1] }] }
    expect(mistakesOf(oneMore)).toMatchObject([{ path: "" }])
  })

  it("in the work that an event can make of it: lists that all match are not multiplied with each other", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"]
    const filter = read({
      ...Object.fromEntries(names.map((name) => [name, { x: [{ exists: true }], y: [{ "anything-but": "no" }] }])),
      z: ["never"],
    })
    const event = Object.fromEntries(names.map((name) => [name, Array.from({ length: 300 }, () => ({ x: 1, y: 2 }))]))
    expect(matches(filter, event)).toBe(false)
    expect(matches(filter, { ...event, z: "never" })).toBe(true)
  })

  it("in the work that one long list can make: its elements are not held against each other", () => {
    const filter = read({ a: { x: [1], y: [2], z: ["never"] } })
    expect(matches(filter, { a: Array.from({ length: 60_000 }, () => ({ x: 1, y: 2, z: 3 })) })).toBe(false)
  })

  it("in the work that a text can make of a wildcard", () => {
    const filter = read({ a: [{ wildcard: `${"*a".repeat(1_000)}*b` }] })
    expect(matches(filter, { a: "a".repeat(100_000) })).toBe(false)
    expect(matches(filter, { a: `${"a".repeat(100_000)}b` })).toBe(true)
  })
})

it("the parts of a wildcard share no letter", () => {
  const holds = (wildcard: string, text: string) => matches(read({ a: [{ wildcard }] }), { a: text })
  for (const wildcard of ["*ab*ba*", "ab*ba", "*ab*ba", "ab*ba*"])
    expect([holds(wildcard, "aba"), holds(wildcard, "abba"), holds(wildcard, "ab-ba")]).toEqual([false, true, true])
})

describe("the examples of the EventBridge user guide", () => {
  const event = {
    time: "2017-10-02T18:43:48Z",
    detail: {
      state: "running",
      "c-count": 3,
      "d-count": 2,
      "x-limit": 301.8,
      FileName: "Pic.PNG",
      resources: ["a", "b"],
    },
  }
  it.each([
    [{ time: [{ prefix: "2017-10-02" }] }, true],
    [{ detail: { FileName: [{ suffix: ".png" }] } }, false],
    [{ detail: { FileName: [{ suffix: { "equals-ignore-case": ".png" } }] } }, true],
    [{ detail: { state: [{ "anything-but": ["stopped", "overloaded"] }] } }, true],
    [{ detail: { state: [{ "anything-but": { prefix: "run" } }] } }, false],
    [
      {
        detail: {
          "c-count": [{ numeric: [">", 0, "<=", 5] }],
          "d-count": [{ numeric: ["<", 10] }],
          "x-limit": [{ numeric: ["=", 3.018e2] }],
        },
      },
      true,
    ],
    [{ detail: { "c-count": [{ exists: true }], missing: [{ exists: false }] } }, true],
    [{ detail: { $or: [{ "c-count": [{ numeric: [">", 5] }] }, { "d-count": [{ numeric: ["<", 3] }] }] } }, true],
    [{ detail: { resources: ["b", "c"] } }, true],
    [{ detail: { missing: [{ "anything-but": "x" }] } }, false],
  ])("%j: %s", (json, verdict) => {
    expect(matches(read(json), event)).toBe(verdict)
  })

  it("fields in objects of one list must hold in the same object", () => {
    const employees = [
      { firstName: "Anna", lastName: "Smith" },
      { firstName: "Peter", lastName: "Jones" },
    ]
    expect(matches(read({ employees: { firstName: ["Anna"], lastName: ["Smith"] } }), { employees })).toBe(true)
    expect(matches(read({ employees: { firstName: ["Anna"], lastName: ["Jones"] } }), { employees })).toBe(false)
  })
})

describe("the clause that said no", () => {
  const event = {
    type: "t",
    data: {
      text: "Hello",
      people: [
        { name: "Ann", city: "Rome" },
        { name: "Bob", city: "Oslo" },
      ],
    },
  }

  it("is the first by name, with what was wanted and what is there", () => {
    const filter = read({ type: ["u"], data: { text: ["Bye", { prefix: "B" }] } })
    expect(explain(filter, event)).toEqual({ path: "/data/text", wanted: ["Bye", { prefix: "B" }], found: ["Hello"] })
    expect(explain(filter, { type: "t", data: { text: "Bye" } })).toEqual({
      path: "/type",
      wanted: ["u"],
      found: ["t"],
    })
    expect(explain(filter, { type: "u", data: { text: "Bye" } })).toBeNull()
  })

  it("shows nothing, null and several values as what they are", () => {
    const found = (name: string, data: object) => explain(read({ data: { [name]: ["x"] } }), { data })?.found
    expect(found("a", {})).toEqual([])
    expect(found("a", { a: null })).toEqual([null])
    expect(found("a", { a: [1, "y", { b: 2 }] })).toEqual([1, "y"])
  })

  it("is the second field where two hold, but not in the same object", () => {
    const filter = read({ data: { people: { city: ["Rome"], name: ["Bob"] } } })
    expect(explain(filter, event)).toEqual({ path: "/data/people/name", wanted: ["Bob"], found: ["Ann", "Bob"] })
  })

  it("is an $or as a whole when none of its patterns holds, after the fields outside of it", () => {
    const $or = [{ text: ["Bye"] }, { people: { name: ["Cy"] } }]
    const found = ["Hello", "Ann", "Bob"]
    expect(explain(read({ data: { $or } }), event)).toEqual({ path: "/data/$or", wanted: $or, found })
    expect(explain(read({ data: { $or }, type: ["u"] }), event)?.path).toBe("/type")
  })

  it("is short, and cuts no character in half", () => {
    const shown = (text: string) => explain(read({ data: ["x"] }), { data: [text, "b"] })?.found
    expect(shown("a".repeat(FOUND_CHARS_MAX))).toEqual(["a".repeat(FOUND_CHARS_MAX)])
    expect(shown("a".repeat(FOUND_CHARS_MAX + 1))).toEqual([`${"a".repeat(FOUND_CHARS_MAX)}…`])
    expect(shown(`${"a".repeat(FOUND_CHARS_MAX - 1)}👋👋`)).toEqual([`${"a".repeat(FOUND_CHARS_MAX - 1)}…`])
    expect(shown("a".repeat(FOUND_CHARS_MAX - 1))).toEqual(["a".repeat(FOUND_CHARS_MAX - 1), "b"])
  })
})
