import { describe, expect, test } from "vitest"

import type { Endpoint } from "../../api/resources.ts"
import {
  addPair,
  changeOf,
  emptyForm,
  formOf,
  inputOf,
  parseFilterText,
  repeatedName,
  typesOf,
} from "./endpoint-form.ts"

const endpoint: Endpoint = {
  id: "ep_1",
  url: "https://crm.example.com/hook",
  description: "CRM",
  eventTypes: ["message.sent", "custom.crm.synced", "message.received"],
  filter: { data: { message: { direction: ["inbound"] } } },
  format: "slack",
  ordering: "conversation",
  headers: { "x-crm-token": "[redacted]", "x-tenant": "[redacted]" },
  rateLimit: 5,
  metadata: { owner: "sales" },
  status: "enabled",
  disabledReason: null,
  disabledAt: null,
  circuit: { state: "closed", openedAt: null, nextProbeAt: null },
  notBefore: null,
  heldCount: 0,
  previousSecretExpiresAt: null,
  createdAt: "2026-11-14T23:46:40.000Z",
  updatedAt: "2026-11-14T23:46:40.000Z",
}
const form = formOf(endpoint)

describe("inputOf", () => {
  test("an empty form with a URL stands for the defaults", () => {
    expect(inputOf({ ...emptyForm, url: " https://example.com/hook " })).toEqual({
      url: "https://example.com/hook",
      description: null,
      eventTypes: ["message.received"],
      filter: null,
      format: "standard",
      ordering: "none",
      headers: {},
      metadata: {},
      rateLimit: null,
      secret: null,
    })
  })

  test("a rate that is no number goes to the API as it is, which says what would be right", () => {
    expect(inputOf({ ...emptyForm, rateLimit: "fast" })?.rateLimit).toBe("fast")
    expect(inputOf({ ...emptyForm, rateLimit: "0.5" })?.rateLimit).toBe(0.5)
  })

  test("a row without a name is sent too, so that its value is not lost without a word; an empty row is none", () => {
    const rows = addPair(addPair([]))
    expect(rows.map(({ key }) => key)).toEqual([0, 1])
    expect(inputOf({ ...emptyForm, headers: rows })?.headers).toEqual({})
    expect(
      inputOf({ ...emptyForm, headers: rows.map((row, at) => (at === 1 ? { ...row, value: "v" } : row)) })?.headers,
    ).toEqual({
      "": "v",
    })
  })

  test("what is no JSON, or would drop a row, is not sent", () => {
    expect(inputOf({ ...form, filter: "{ data: 1 }" })).toBeNull()
    const twice = [...form.metadata, ...form.metadata.map((row) => ({ ...row, key: 9, value: "other" }))]
    expect(repeatedName(twice)).toBe("owner")
    expect(inputOf({ ...form, metadata: twice })).toBeNull()
  })
})

describe("changeOf", () => {
  test("nothing touched, nothing sent", () => {
    expect(changeOf(form, form)).toEqual({})
    expect(changeOf(form, { ...form, filter: JSON.stringify(endpoint.filter) })).toEqual({})
  })

  test("only what was touched is sent; emptied fields are null, which clears them", () => {
    expect(changeOf(form, { ...form, description: "", rateLimit: "", filter: " " })).toEqual({
      description: null,
      rateLimit: null,
      filter: null,
    })
  })

  test("a stored header that was not written anew keeps its value; one that was removed goes", () => {
    const [token, tenant] = form.headers
    expect(token).toMatchObject({ name: "x-crm-token", value: "", isStored: true })
    expect(changeOf(form, { ...form, headers: [token!, { ...tenant!, value: "acme" }] })).toEqual({
      headers: { "x-crm-token": "[redacted]", "x-tenant": "acme" },
    })
    expect(changeOf(form, { ...form, headers: [tenant!] })).toEqual({ headers: { "x-tenant": "[redacted]" } })
  })
})

describe("typesOf", () => {
  test("types of one's own are kept beside the catalogue's", () => {
    expect(typesOf(form)).toEqual(["message.received", "message.sent", "custom.crm.synced"])
  })

  test("* stands for what it covers, and for no operational type", () => {
    expect(typesOf({ types: new Set(["*", "message.sent", "delivery.exhausted"]), customTypes: "" })).toEqual([
      "*",
      "delivery.exhausted",
    ])
  })
})

describe("parseFilterText", () => {
  test("an empty text is no filter, and a broken one says where it breaks", () => {
    expect(parseFilterText(" \n")).toEqual({ ok: true, filter: null })
    const broken = parseFilterText('{"a": }')
    expect(broken.ok ? "" : broken.message).toMatch(/^This is not JSON: .+/)
  })
})
