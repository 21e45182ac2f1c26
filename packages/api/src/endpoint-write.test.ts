import { beforeEach, describe, expect, it } from "vitest"

import { closedCircuit } from "@posthorn/core/endpoint"
import { NOW, URL_A, testApi } from "./fixture.ts"

let api: ReturnType<typeof testApi>
beforeEach(() => {
  api = testApi()
})

const rowOf = async (id: string) => (await api.store.getEndpoint(id))!

describe("patch", () => {
  const patch = (id: string, body: object) => api.call("PATCH", `/v1/endpoints/${id}`, body)

  it("changes what is given, leaves the rest, raises version and updatedAt", async () => {
    const { id } = await api.makeEndpoint({ description: "a", metadata: { a: "1" } })
    api.clock.at += 5_000
    const { status, body } = await patch(id, { eventTypes: ["message.sent"] })
    expect(status).toBe(200)
    expect(body).toMatchObject({ description: "a", metadata: { a: "1" }, eventTypes: ["message.sent"] })
    expect(body["updatedAt"]).toBe("2026-11-14T23:47:26.200Z")
    expect(await rowOf(id)).toMatchObject({ version: 2, revision: 1 })
  })

  it("a new url brings back an endpoint whose old one answered 410, and nothing else does", async () => {
    const { id } = await api.makeEndpoint()
    const gone = { status: "disabled", disabledReason: "gone", disabledAt: api.clock.at } as const
    await api.store.putEndpoint({ ...(await rowOf(id)), ...gone, version: 2 }, 1)
    expect((await patch(id, { description: "still gone" })).body).toMatchObject({ status: "disabled" })
    const { body } = await patch(id, { url: "https://receiver.example/new" })
    expect(body).toMatchObject({ status: "enabled", disabledReason: null, disabledAt: null })
  })

  it("null sets a field back to its default, but url has none", async () => {
    const set = { description: "a", eventTypes: ["*"], headers: { a: "1" }, metadata: { a: "1" } }
    const { id } = await api.makeEndpoint(set)
    const nulls = Object.fromEntries(Object.keys(set).map((name) => [name, null]))
    const rest = { filter: null, format: null, ordering: null, rateLimit: null }
    expect((await patch(id, { ...nulls, ...rest })).body).toMatchObject({
      ...{ url: URL_A, description: null, eventTypes: ["message.received"], headers: {}, metadata: {} },
      ...{ filter: null, format: "standard", ordering: "none", rateLimit: null },
    })
    expect((await patch(id, { url: null })).body.errors).toMatchObject([{ pointer: "/url" }])
  })

  it("[redacted] keeps the stored value: what GET shows can be sent back", async () => {
    const { id } = await api.makeEndpoint({ headers: { "x-a": "1", "x-b": "2" } })
    const before = await rowOf(id)
    const { body } = await patch(id, { headers: { "X-A": "[redacted]", "x-b": "3", "x-c": "4" } })
    expect(body["headers"]).toEqual({ "x-a": "[redacted]", "x-b": "[redacted]", "x-c": "[redacted]" })
    const after = await rowOf(id)
    const valueOf = (name: string) => api.deps.seal.open(after.headers[name]!, `endpoint:${id}:header:${name}`)
    expect(after.headers["x-a"]).toBe(before.headers["x-a"])
    expect([valueOf("x-b"), valueOf("x-c")]).toEqual(["3", "4"])
    expect((await patch(id, { headers: { "x-d": "[redacted]" } })).body.errors).toMatchObject([
      { pointer: "/headers/x-d" },
    ])
    expect((await patch(id, { headers: { "x-b": "[redacted]" } })).body["headers"]).toEqual({ "x-b": "[redacted]" })
  })

  it("replaces a header's value that no key opens any more", async () => {
    const { id } = await api.makeEndpoint()
    const row = await rowOf(id)
    await api.store.putEndpoint({ ...row, version: 2, headers: { a: "v1.lost.x" } }, 1)
    expect((await patch(id, { headers: { a: "new" } })).status).toBe(200)
    expect(api.deps.seal.open((await rowOf(id)).headers["a"]!, `endpoint:${id}:header:a`)).toBe("new")
  })

  it("raises the revision when, and only when, what is dialled changes", async () => {
    const { id } = await api.makeEndpoint({ headers: { a: "1" } })
    const revisionAfter = async (body: object) => {
      await patch(id, body)
      return (await rowOf(id)).revision
    }
    expect(await revisionAfter({ description: "x", eventTypes: ["*"], metadata: { a: "b" } })).toBe(1)
    expect(await revisionAfter({ url: URL_A, headers: { A: "1" } })).toBe(1)
    expect(await revisionAfter({ headers: { a: "[redacted]" } })).toBe(1)
    expect(await revisionAfter({ headers: { a: "2" } })).toBe(2)
    expect(await revisionAfter({ headers: null })).toBe(3)
    expect(await revisionAfter({ url: `${URL_A}2` })).toBe(4)
  })

  it("writes nothing when nothing changes", async () => {
    const { id } = await api.makeEndpoint({ headers: { a: "1" } })
    api.clock.at += 5_000
    for (const body of [{}, { url: URL_A, headers: { a: "1" }, eventTypes: ["message.received"], description: null }])
      expect((await patch(id, body)).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ version: 1, updatedAt: NOW })
  })

  it("loses no change that another writer makes at the same moment", async () => {
    const { id } = await api.makeEndpoint()
    const putEndpoint = api.store.putEndpoint.bind(api.store)
    let disturbed = false
    api.deps.store.putEndpoint = async (row, expected) => {
      if (!disturbed) {
        disturbed = true
        const stored = await rowOf(id)
        await putEndpoint({ ...stored, version: 2, notBefore: NOW + 60_000 }, 1)
      }
      return putEndpoint(row, expected)
    }
    expect((await patch(id, { description: "mine" })).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ version: 3, description: "mine", notBefore: NOW + 60_000 })
  })

  it("gives up with 409 when the row never stands still", async () => {
    const { id } = await api.makeEndpoint()
    let tries = 0
    api.deps.store.putEndpoint = async () => {
      tries++
      return false
    }
    expect((await patch(id, { description: "mine" })).status).toBe(409)
    expect(tries).toBe(10)
  })

  it("judges the new URL, and has no secret to set", async () => {
    const { id } = await api.makeEndpoint()
    expect((await patch(id, { url: "https://10.0.0.1/" })).body.code).toBe("url_not_allowed")
    expect((await patch(id, { secret: "whsec_x" })).body.errors).toMatchObject([{ pointer: "/secret" }])
    expect((await rowOf(id)).version).toBe(1)
  })
})

describe("a new URL", () => {
  it("is probed at once where the old one had its circuit open, and is not held by its Retry-After", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const row = (await api.store.getEndpoint(id))!
    const circuit = {
      ...closedCircuit,
      state: "open",
      openedAt: NOW - 1,
      nextProbeAt: NOW + 600_000,
      failures: 30,
    } as const
    const releaser = { tick: 7, at: NOW + 600_000, out: ["evt_x"] }
    await api.store.putEndpoint({ ...row, version: 2, circuit, notBefore: NOW + 9_000, releaser }, 1)
    await api.call("PATCH", `/v1/endpoints/${id}`, { description: "the same URL" })
    expect(api.sent).toEqual([])
    await api.call("PATCH", `/v1/endpoints/${id}`, { url: `${URL_A}new` })
    expect(await api.store.getEndpoint(id)).toMatchObject({
      notBefore: null,
      circuit: { state: "open", nextProbeAt: NOW, failures: 0 },
      releaser: { tick: 8, at: NOW, out: [] },
    })
    expect(api.sent.map(({ body }) => body)).toEqual([{ v: 1, release: id, tick: 8 }])
  })
})
