import { noCounts, bucketOf } from "@posthorn/core/stats"
import { describe, expect, it } from "vitest"

import { NOW, testApi } from "./fixture.ts"

const MINUTE = 60_000
const thisMinute = Math.floor(NOW / MINUTE) * MINUTE
const iso = (at: number) => new Date(at).toISOString()
const durations = (...taken: number[]) => {
  const counts = noCounts().durations
  for (const ms of taken) counts[bucketOf(ms)]! += 1
  return counts
}

const setUp = async () => {
  const api = testApi()
  const { id } = await api.makeEndpoint()
  const add = (endpointId: string | null, minute: number, more: object) =>
    api.store.addStats({ endpointId, minute, ...noCounts(), ...more })
  await add(null, thisMinute - MINUTE, { seen: 4, succeeded: 3, failed: 1 })
  await add(null, thisMinute - 90 * MINUTE, { seen: 9 })
  await add(id, thisMinute - MINUTE, { succeeded: 3, failed: 1, held: 2, durations: durations(4, 30, 30, 9_000) })
  return { ...api, id }
}

describe("figures", () => {
  it("are of the last hour, minute by minute and endpoint by endpoint", async () => {
    const { call, id } = await setUp()
    const { status, body } = await call("GET", "/v1/stats")
    expect(status).toBe(200)
    expect(body).toMatchObject({
      until: iso(NOW),
      minutes: [{ at: iso(thisMinute - MINUTE), seen: 4, succeeded: 3, failed: 1, held: 0 }],
      endpoints: [{ endpointId: id, succeeded: 3, failed: 1, held: 2, successRate: 0.75 }],
    })
    const [endpoint] = body["endpoints"] as { p50Ms: number; p95Ms: number }[]
    expect(bucketOf(endpoint!.p50Ms)).toBe(bucketOf(30))
    expect(bucketOf(endpoint!.p95Ms)).toBe(bucketOf(9_000))
  })

  it("of an endpoint without attempts have no rate", async () => {
    const { call, makeEndpoint } = await setUp()
    const { id } = await makeEndpoint()
    const { body } = await call("GET", `/v1/stats?endpointId=${id}`)
    expect([body["minutes"], body["endpoints"]]).toEqual([
      [],
      [{ endpointId: id, succeeded: 0, failed: 0, held: 0, successRate: null, p50Ms: null, p95Ms: null }],
    ])
  })

  it("reach back as far as they are asked to, to a day at most", async () => {
    const { call } = await setUp()
    const asked = async (query: string) => (await call("GET", `/v1/stats?${query}`)).body
    expect((await asked(`since=${iso(NOW - 120 * MINUTE)}`))["minutes"]).toHaveLength(2)
    expect((await asked(`since=${iso(NOW - 1_500 * MINUTE)}`)).errors[0]?.pointer).toBe("since")
    expect((await asked(`since=${iso(NOW)}&until=${iso(NOW - MINUTE)}`)).errors[0]?.pointer).toBe("since")
  })

  it("refuses a span that begins before the years that can be written", async () => {
    const { call } = testApi()
    expect((await call("GET", "/v1/stats?until=0000-01-01T00:00:00Z")).status).toBe(400)
  })
})
