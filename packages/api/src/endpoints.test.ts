import { beforeEach, describe, expect, it } from "vitest"

import { NOW, URL_A, deliveryRow, testApi } from "./fixture.ts"

let api: ReturnType<typeof testApi>
beforeEach(() => {
  api = testApi()
})

const UNKNOWN_ID = "ep_0123456789012345678901"
const rowOf = async (id: string) => (await api.store.getEndpoint(id))!

describe("get and list", () => {
  it("404 for an unknown, ill-formed or deleted id", async () => {
    const { id } = await api.makeEndpoint()
    await api.call("DELETE", `/v1/endpoints/${id}`)
    for (const path of [UNKNOWN_ID, "ep_x", "evt_0123456789012345678901", "%00", "%E0%A4%A", id])
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const { status, body } = await api.call(method, `/v1/endpoints/${path}`, method === "PATCH" ? {} : undefined)
        expect([path, method, status, body.code]).toEqual([path, method, 404, "not_found"])
      }
  })

  it("is newest first, in pages that hold when the last row of one is deleted", async () => {
    const ids: string[] = []
    for (let count = 0; count < 5; count++) {
      ids.unshift((await api.makeEndpoint()).id)
      api.clock.at += 1
    }
    const first = await api.call("GET", "/v1/endpoints?limit=2")
    await api.call("DELETE", `/v1/endpoints/${ids[1]!}`)
    const second = await api.call("GET", `/v1/endpoints?limit=1&cursor=${first.body.nextCursor!}`)
    const third = await api.call("GET", `/v1/endpoints?limit=2&cursor=${second.body.nextCursor!}`)
    expect([first, second, third].map(({ body }) => body.data.map(({ id }) => id))).toEqual([
      ids.slice(0, 2),
      ids.slice(2, 3),
      ids.slice(3),
    ])
    expect(third.body.nextCursor).toBeNull()
  })

  it("finds by status and by url", async () => {
    const { id } = await api.makeEndpoint({ url: `${URL_A}other` })
    await api.makeEndpoint()
    const find = async (query: string) =>
      (await api.call("GET", `/v1/endpoints?${query}`)).body.data.map((row) => row.id)
    expect(await find(`url=${encodeURIComponent(`${URL_A}other`)}`)).toEqual([id])
    expect(await find("status=enabled,paused")).toHaveLength(2)
    expect(await find("status=paused")).toEqual([])
  })

  it("counts what is held, and shows when the previous secret ends", async () => {
    const { id } = await api.makeEndpoint()
    const row = await rowOf(id)
    const secrets = [...row.secrets, { sealed: "old", expiresAt: NOW + 1_000 }]
    await api.store.putEndpoint({ ...row, version: 2, secrets }, 1)
    const held = deliveryRow("evt_0123456789012345678901", id, { status: "held", statusReason: "paused" })
    await api.store.putDelivery({ ...held, work: { kind: "held", replay: false, at: NOW } }, null)
    const path = `/v1/endpoints/${id}`
    const previousSecretExpiresAt = "2026-11-14T23:47:22.200Z"
    expect((await api.call("GET", path)).body).toMatchObject({ heldCount: 1, previousSecretExpiresAt })
    api.clock.at = NOW + 1_000
    expect((await api.call("GET", path)).body).toMatchObject({ heldCount: 1, previousSecretExpiresAt: null })
  })
})

describe("delete", () => {
  it("204, then 404; the row stays behind as a tombstone", async () => {
    const { id } = await api.makeEndpoint()
    api.clock.at += 1_000
    const first = await api.call("DELETE", `/v1/endpoints/${id}`)
    expect([first.status, first.text]).toEqual([204, ""])
    expect((await api.call("DELETE", `/v1/endpoints/${id}`)).status).toBe(404)
    expect(await rowOf(id)).toMatchObject({ deletedAt: NOW + 1_000, version: 2, revision: 2 })
    expect((await api.call("GET", "/v1/endpoints")).body.data).toEqual([])
  })
})

describe("test", () => {
  it("202 with a delivery of a ping that goes through the queue", async () => {
    const { id } = await api.makeEndpoint()
    const { status, headers, body } = await api.call("POST", `/v1/endpoints/${id}/test`)
    expect([status, headers.get("location")]).toEqual([202, `/v1/deliveries/${body.id}`])
    expect(body).toMatchObject({
      eventType: "ping",
      endpointId: id,
      status: "pending",
      attemptCount: 0,
      lastAttempt: null,
    })
    expect(api.sent).toMatchObject([{ body: { endpointId: id, eventId: body["eventId"], number: 1 } }])
    expect((await api.call("GET", `/v1/deliveries/${body.id}`)).body).toMatchObject({ id: body.id, attempts: [] })
    expect((await api.call("POST", `/v1/endpoints/${UNKNOWN_ID}/test`)).status).toBe(404)
  })

  it("409 for one that is gone, since it would be cancelled; one that is failing holds it", async () => {
    const { id } = await api.makeEndpoint()
    const disable = async (disabledReason: "gone" | "failing") => {
      const row = await rowOf(id)
      const disabled = { status: "disabled", disabledReason, disabledAt: NOW, version: row.version + 1 } as const
      expect(await api.store.putEndpoint({ ...row, ...disabled }, row.version)).toBe(true)
    }
    await disable("gone")
    expect((await api.call("POST", `/v1/endpoints/${id}/test`)).body.code).toBe("conflict")
    expect([api.sent, (await api.call("GET", "/v1/events")).body.data]).toEqual([[], []])
    await disable("failing")
    expect((await api.call("POST", `/v1/endpoints/${id}/test`)).status).toBe(202)
  })
})

describe("pausing", () => {
  it("holds until it is resumed, and says so", async () => {
    const api = testApi()
    const { id } = await api.makeEndpoint()
    const statusOf = async (path: string) => {
      const { status, body } = await api.call("POST", `/v1/endpoints/${id}/${path}`)
      return [status, body["status"]]
    }
    expect(await statusOf("pause")).toEqual([200, "paused"])
    expect(await statusOf("pause")).toEqual([200, "paused"])
    expect(await statusOf("resume")).toEqual([200, "enabled"])
    expect((await api.call("POST", "/v1/endpoints/ep_0123456789012345678901/pause")).status).toBe(404)
  })
})
