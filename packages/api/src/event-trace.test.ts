import { describe, expect, it } from "vitest"

import { accountRow, deliveryRow, logRow, NOW, testApi } from "./fixture.ts"

interface Traced {
  endpointId: string
  wanted: boolean
  refusal: { clause: string; path: string } | null
  delivery: { attempts: object[] } | null
  explanation: string
}

const setUp = async () => {
  const api = testApi()
  await api.store.createAccount(accountRow("a1", { published: 0 }))
  const row = logRow("a1", 1, NOW)
  await api.store.appendEvent(row)
  const trace = async () => {
    const { status, body } = await api.call("GET", `/v1/events/${row.event.id}/trace`)
    expect(status).toBe(200)
    return body as unknown as { published: boolean; position: number; endpoints: Traced[] }
  }
  return { ...api, row, trace, publish: () => api.store.raisePublished("a1", 1) }
}

describe("a trace", () => {
  it("tells what the bus has, and what is on its way", async () => {
    const { trace, publish, makeEndpoint } = await setUp()
    await makeEndpoint()
    const before = await trace()
    expect([before.published, before.position, before.endpoints[0]?.explanation]).toEqual([
      false,
      1,
      "Stored, and not yet handed to the bus.",
    ])
    await publish()
    expect((await trace()).endpoints[0]?.explanation).toBe("On its way to the first attempt.")
  })

  it("names the clause that says no", async () => {
    const { trace, publish, makeEndpoint } = await setUp()
    await publish()
    await makeEndpoint({ eventTypes: ["message.sent"] })
    await makeEndpoint({ filter: { data: { message: { text: ["never"] } } } })
    const refusals = (await trace()).endpoints.map(({ wanted, refusal }) => [wanted, refusal?.clause, refusal?.path])
    expect(refusals).toContainEqual([false, "eventTypes", "/type"])
    expect(refusals).toContainEqual([false, "filter", "/data/message/text"])
  })

  it("shows each attempt, and says what became of the delivery", async () => {
    const { trace, publish, makeEndpoint, store, row } = await setUp()
    await publish()
    const { id } = await makeEndpoint()
    await store.putDelivery(deliveryRow(row.event.id, id), null)
    const [traced] = (await trace()).endpoints
    expect(traced?.delivery?.attempts).toHaveLength(1)
    expect(traced?.explanation).toBe("Failed so far, after 1 attempt; the next is planned. The receiver answered 503.")
  })

  it("says of what is held why, and that a replay waits for its turn", async () => {
    const { trace, publish, makeEndpoint, store, row } = await setUp()
    await publish()
    const held = { status: "held", work: { kind: "held", replay: true, at: NOW } } as const
    const [paused, replayed] = [await makeEndpoint(), await makeEndpoint()]
    await store.putDelivery(deliveryRow(row.event.id, paused.id, { ...held, statusReason: "paused" }), null)
    await store.putDelivery(deliveryRow(row.event.id, replayed.id, { ...held, statusReason: null }), null)
    const { endpoints } = await trace()
    const explanationOf = (id: string) => endpoints.find(({ endpointId }) => endpointId === id)?.explanation
    expect(explanationOf(paused.id)).toBe("Held (paused): it goes out when that ends.")
    expect(explanationOf(replayed.id)).toBe("Held: a replay, which waits for its turn.")
  })

  it("remembers a deleted endpoint that had to do with it, and no other", async () => {
    const { trace, publish, makeEndpoint, store, row, call } = await setUp()
    await publish()
    const [had, hadNot] = [await makeEndpoint(), await makeEndpoint()]
    await store.putDelivery(deliveryRow(row.event.id, had.id), null)
    for (const { id } of [had, hadNot]) await call("DELETE", `/v1/endpoints/${id}`)
    const { endpoints } = await trace()
    expect(endpoints.map(({ endpointId, explanation }) => [endpointId, explanation])).toEqual([
      [had.id, "Cancelled: the endpoint was deleted."],
    ])
  })

  it("says that a backfill brought it for others", async () => {
    const { call, store, makeEndpoint } = await setUp()
    const [mine, other] = [await makeEndpoint({ eventTypes: ["*"] }), await makeEndpoint({ eventTypes: ["*"] })]
    const row = { ...logRow("a1", 2, NOW), only: [other.id] }
    await store.appendEvent(row)
    await store.raisePublished("a1", 2)
    const { body } = await call("GET", `/v1/events/${row.event.id}/trace`)
    const traced = (body["endpoints"] as Traced[]).map(({ endpointId, wanted, explanation }) => [
      endpointId,
      wanted,
      explanation,
    ])
    expect(traced).toContainEqual([mine.id, false, "A backfill brought this event, for other endpoints alone."])
    expect(traced).toContainEqual([other.id, true, "On its way to the first attempt."])
  })

  it("says that an endpoint is younger than the event", async () => {
    const { trace, publish, makeEndpoint, clock } = await setUp()
    await publish()
    clock.at += 1_000
    await makeEndpoint()
    expect((await trace()).endpoints[0]?.explanation).toMatch(/made after this event/)
  })

  it("404 for what is not kept", async () => {
    const { call, row, clock } = await setUp()
    expect((await call("GET", "/v1/events/evt_0123456789012345678901/trace")).status).toBe(404)
    clock.at += 31 * 86_400_000
    expect((await call("GET", `/v1/events/${row.event.id}/trace`)).status).toBe(404)
  })
})
