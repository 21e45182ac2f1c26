import { expect, it } from "vitest"

import { catalogue, eventTypes, isCoveredByStar } from "../event.ts"
import { unknownFields } from "./filter-fields.ts"
import { parseFilter } from "./filter.ts"

const mistakes = (json: unknown, ...types: string[]) => {
  const parsed = parseFilter(json)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  return unknownFields(parsed.filter, types.length === 0 ? ["message.received"] : types)
}

it("takes every field that an event of the type has, into lists and past null", () => {
  for (const inner of [
    { account: { id: ["a"], name: [null, "Jane"] } },
    {
      conversation: { id: ["2-x"], isGroup: [true], participants: { name: ["Al"], headline: [{ wildcard: "*CTO*" }] } },
    },
    { message: { sender: { name: [{ exists: true }] }, attachments: { type: ["image"] }, reactions: { count: [1] } } },
    { message: { sender: [null] } },
    { sequence: [{ numeric: [">", 1] }], backfill: [false] },
  ])
    expect(mistakes({ data: inner })).toEqual([])
  expect(mistakes({ id: ["evt_1"], type: ["message.received"], timestamp: [{ prefix: "2026-" }] })).toEqual([])
})

it("refuses a name that is in no event of the types asked for, with the nearest that is", () => {
  expect(mistakes({ data: { mesage: { text: ["x"] } } })).toEqual([
    { path: "/data/mesage", message: 'is a field that no "message.received" event has. Did you mean "message"?' },
  ])
  expect(mistakes({ $or: [{ id: ["x"] }, { data: { message: { txt: ["x"], direction: ["inbound"] } } }] })).toEqual([
    { path: "/$or/1/data/message/txt", message: expect.stringContaining('Did you mean "text"?') as string },
  ])
  expect(mistakes({ "data.message.text": ["x"] })).toEqual([
    { path: "/data.message.text", message: expect.stringContaining("There are id, type, timestamp, data.") as string },
  ])
})

it("goes by the types: a field of another type would never be there", () => {
  const filter = { data: { revision: [2] } }
  expect(mistakes(filter, "message.updated")).toEqual([])
  expect(mistakes(filter, "message.received", "message.updated")).toEqual([])
  expect(mistakes(filter, "*")).toEqual([])
  expect(mistakes(filter, "message.received", "message.sent")).toMatchObject([
    { path: "/data/revision", message: expect.stringContaining("no event of the types asked for") as string },
  ])
  expect(mistakes({ data: { delivery: { id: ["x"] } } }, "*")).toHaveLength(1)
  expect(mistakes({ data: { delivery: { id: ["x"] } } }, "*", "delivery.exhausted")).toEqual([])
})

it("refuses a list for an object, and an object for a value", () => {
  expect(mistakes({ data: { conversation: ["2-x"] } })).toMatchObject([
    {
      path: "/data/conversation",
      message: expect.stringMatching(/^is an object; name one of its fields: id, urn/) as string,
    },
  ])
  expect(mistakes({ data: { message: { text: { prefix: ["x"] } } } })).toMatchObject([
    { path: "/data/message/text", message: expect.stringMatching(/^has no fields of its own/) as string },
  ])
})

it("refuses values that the field never has, with the nearest that it may", () => {
  const path = "/data/message/direction/1"
  expect(mistakes({ data: { message: { direction: ["inbound", "inbond"] } } })).toEqual([
    { path, message: 'is never the value of this field. Did you mean "inbound"?' },
  ])
  expect(mistakes({ data: { message: { direction: ["inbound", "received"] } } })).toEqual([
    { path, message: "is never the value of this field. There are inbound, outbound, unknown." },
  ])
  expect(mistakes({ data: { conversation: { isGroup: ["true"] } } })).toHaveLength(1)
  expect(mistakes({ type: ["message.sent"] })).toHaveLength(1)
  expect(mistakes({ timestamp: ["2026-11-14"] })).toHaveLength(1)
})

it("leaves the data of custom types free, but not the envelope", () => {
  expect(mistakes({ data: { order: { total: [{ numeric: [">", 5] }] } } }, "custom.order")).toEqual([])
  expect(mistakes({ data: { order: { total: [5] } } }, "message.received", "custom.order")).toEqual([])
  expect(mistakes({ data: ["x"] }, "custom.order")).toEqual([])
  expect(mistakes({ dta: { order: ["x"] } }, "custom.order")).toMatchObject([{ path: "/dta" }])
  expect(mistakes({ type: ["custom.ordr"] }, "custom.order")).toMatchObject([{ path: "/type/0" }])
})

it("knows the fields of every type from the catalogue", () => {
  for (const type of eventTypes)
    for (const name of Object.keys(catalogue[type].data.shape)) {
      const asks = (json: object) => mistakes(json, isCoveredByStar(type) ? "*" : type)
      expect(
        [asks({ data: { [name]: [{ exists: true }] } }), asks({ data: { [name]: { x: ["x"] } } })].flat().length,
      ).toBeLessThan(3)
      expect(asks({ data: { [`${name}_`]: ["x"] } })).toMatchObject([
        { message: expect.stringContaining(name) as string },
      ])
    }
})
