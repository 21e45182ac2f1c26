import { expect, it } from "vitest"

import type { Event } from "../event.ts"
import { filterMistakes, wants, whyNot, type Asking } from "./match.ts"

const eventOf = (type: string, data: object = {}): Event =>
  ({ id: "evt_1", type, timestamp: "2026-11-14T23:46:40.000Z", data }) as unknown as Event
const asking = (eventTypes: string[], filter: unknown = null): Asking => ({ eventTypes, filter })

it("an endpoint gets the types it names; * is every message, conversation and account type", () => {
  for (const type of ["message.received", "conversation.created", "account.status_changed", "message.later"])
    expect(wants(asking(["*"]), eventOf(type))).toBe(true)
  for (const type of ["endpoint.disabled", "delivery.exhausted", "ping", "custom.order"]) {
    expect(wants(asking(["*"]), eventOf(type))).toBe(false)
    expect(wants(asking(["*", type]), eventOf(type))).toBe(true)
  }
  expect(wants(asking(["custom.order"]), eventOf("custom.order.paid"))).toBe(false)
})

it("its filter is for events of every type, operational, custom and ping too", () => {
  for (const type of ["message.received", "endpoint.disabled", "ping", "custom.order"]) {
    const endpoint = asking([type], { data: { city: ["Rome"] } })
    expect(wants(endpoint, eventOf(type, { city: "Rome" }))).toBe(true)
    expect(wants(endpoint, eventOf(type, { city: "Oslo" }))).toBe(false)
  }
})

it("says why not: the types first, then the clause", () => {
  const endpoint = asking(["a", "b"], { data: { city: ["Rome"] } })
  expect(whyNot(endpoint, eventOf("c"))).toEqual({
    clause: "eventTypes",
    path: "/type",
    wanted: ["a", "b"],
    found: ["c"],
  })
  const clause = { clause: "filter", path: "/data/city", wanted: ["Rome"], found: ["Oslo"] }
  expect(whyNot(endpoint, eventOf("a", { city: "Oslo" }))).toEqual(clause)
  expect(whyNot(endpoint, eventOf("a", { city: "Rome" }))).toBeNull()
  expect(whyNot(asking(["a"]), eventOf("a"))).toBeNull()
})

it("a stored filter that cannot be read matches nothing, throws nothing, and is told", () => {
  for (const filter of ["type", 5, true, [], {}, { type: "a" }, { type: [{ prefx: "a" }] }]) {
    const endpoint = asking(["a"], filter)
    expect(wants(endpoint, eventOf("a"))).toBe(false)
    expect(whyNot(endpoint, eventOf("a"))?.clause).toBe("unreadable_filter")
    expect(filterMistakes(endpoint)).toHaveLength(1)
  }
  expect(filterMistakes(asking(["a"]))).toEqual([])
})

it("a row's filter is read once, a changed one anew", () => {
  let reads = 0
  const filter = new Proxy({ type: ["a"] }, { ownKeys: (target) => (reads++, Reflect.ownKeys(target)) })
  const endpoint = asking(["a", "b"], filter)
  expect(wants(endpoint, eventOf("a"))).toBe(true)
  const before = reads
  expect(before).toBeGreaterThan(0)
  for (let times = 0; times < 100; times++) wants({ ...endpoint }, eventOf("a"))
  expect(reads).toBe(before)
  expect(wants({ ...endpoint, filter: { type: ["b"] } }, eventOf("a"))).toBe(false)
})
