import { describe, expect, it } from "vitest"

import { CUSTOM_DATA_DEPTH_MAX } from "./custom-events.ts"
import { testApi } from "./fixture.ts"

/** So many objects in each other. As text: no program writes thousands of them as JSON. */
const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`

const deal = { type: "custom.deal_won", data: { amount: 5, nested: { at: [1, 2] } } }

describe("an event of one's own", () => {
  it("goes on the bus, and is found like any other", async () => {
    const { call, published } = testApi()
    const made = await call("POST", "/v1/events", deal)
    expect([made.status, made.headers.get("location")]).toEqual([201, `/v1/events/${made.body.id}`])
    expect(made.body).toMatchObject(deal)
    expect(published.map(({ event }) => event.id)).toEqual([made.body.id])
    expect((await call("GET", `/v1/events/${made.body.id}`)).body).toEqual(made.body)
    expect((await call("GET", "/v1/events?type=custom.deal_won")).body.data).toEqual([made.body])
    expect((await call("GET", "/v1/events?after=start")).body.data).toEqual([made.body])
  })

  it("is published once for an Idempotency-Key, and refused with another body", async () => {
    const { call, published } = testApi()
    const headers = { "idempotency-key": "deal-1" }
    const first = await call("POST", "/v1/events", deal, headers)
    const again = await call("POST", "/v1/events", { data: deal.data, type: deal.type }, headers)
    const other = await call("POST", "/v1/events", { ...deal, data: {} }, headers)
    expect([first.body, again.status, other.status, other.body.code]).toEqual([
      again.body,
      201,
      422,
      "idempotency_key_reused",
    ])
    expect(published).toHaveLength(1)
  })

  it("nests as deep as its bound, and is refused as a caller's mistake however much deeper", async () => {
    const { call, published } = testApi()
    const publish = (depth: number) => call("POST", "/v1/events", `{"type":"custom.deep","data":${nested(depth)}}`)
    expect((await publish(CUSTOM_DATA_DEPTH_MAX)).status).toBe(201)
    for (const depth of [CUSTOM_DATA_DEPTH_MAX + 1, 10_000, 40_000]) {
      const { status, body } = await publish(depth)
      expect([status, body.errors.map(({ pointer }) => pointer)]).toEqual([400, ["/data"]])
    }
    expect(published).toHaveLength(1)
  })

  it.each([
    [{ ...deal, type: "message.received" }, "/type"],
    [{ ...deal, type: "custom." }, "/type"],
    [{ ...deal, type: "custom.Deal" }, "/type"],
    [{ type: deal.type }, "/data"],
    [{ ...deal, data: [] }, "/data"],
    [{ ...deal, data: { text: "x".repeat(65_536) } }, "/data"],
    [{ ...deal, id: "evt_mine" }, "/id"],
  ])("refuses %#", async (body, pointer) => {
    const { status, body: problem } = await testApi().call("POST", "/v1/events", body)
    expect([status, problem.errors[0]?.pointer]).toEqual([400, pointer])
  })
})
