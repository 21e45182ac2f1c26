import { describe, expect, it } from "vitest"

import { stepJob } from "@posthorn/core/replay/step"
import { silentLogger } from "@posthorn/core/logger"
import { accountRow, deliveryRow, logRow, NOW, testApi } from "./fixture.ts"

const SEEN = NOW - 3_600_000
const since = new Date(SEEN).toISOString()

const start = async (events = 3) => {
  const api = testApi()
  const endpoint = await api.makeEndpoint()
  await api.store.createAccount(accountRow("a1", { published: events }))
  const rows = Array.from({ length: events }, (_, index) => logRow("a1", index + 1, SEEN + index * 1_000))
  for (const row of rows) await api.store.appendEvent(row)
  await api.store.raisePublished("a1", events)
  const replay = (body: unknown, headers: Record<string, string> = {}) =>
    api.call("POST", `/v1/endpoints/${endpoint.id}/replay`, body, headers)
  /** What the queue's consumer does with the job's messages. */
  const work = async () => {
    for (;;) {
      const index = api.sent.findIndex(({ body }) => "job" in body)
      const [message] = index < 0 ? [] : api.sent.splice(index, 1)
      if (message === undefined || !("job" in message.body)) return
      const { store, queue, clock, random } = api.deps
      await stepJob(message.body, {
        store,
        queue,
        clock,
        random,
        bus: { publish: async (entries) => entries.map(() => null) },
        logger: silentLogger,
        startReleaser: async () => {},
        settings: { retentionMs: api.deps.retentionMs },
      })
    }
  }
  return { ...api, endpoint, rows, replay, work }
}

describe("POST /v1/endpoints/:id/replay", () => {
  it("makes a job, at Location, whose first step is on its way", async () => {
    const { replay, endpoint, sent, call, work } = await start()
    const { status, headers, body } = await replay({ since })
    expect([status, headers.get("location")]).toEqual([202, `/v1/jobs/${body.id}`])
    expect(body).toEqual({
      id: body.id,
      kind: "replay",
      status: "queued",
      endpointId: endpoint.id,
      accountId: null,
      input: { since, until: null, eventTypes: null, eventIds: null, onlyFailed: false },
      matched: 3,
      done: 0,
      missing: null,
      error: null,
      createdAt: new Date(NOW).toISOString(),
      finishedAt: null,
    })
    expect(sent.at(-1)).toEqual({ group: body.id, notBefore: NOW, body: { v: 1, job: body.id, tick: 1 } })
    await work()
    expect((await call("GET", `/v1/jobs/${body.id}`)).body).toMatchObject({
      status: "succeeded",
      done: 3,
      finishedAt: new Date(NOW).toISOString(),
    })
    const held = (await call("GET", `/v1/deliveries?endpointId=${endpoint.id}&status=held`)).body.data
    expect(held).toHaveLength(3)
  })

  it("dryRun counts, and does nothing else", async () => {
    const { replay, sent, call } = await start()
    const { status, body } = await replay({ since, dryRun: true })
    expect(status).toBe(200)
    expect(body).toEqual({ matched: 3, oldest: since, newest: new Date(SEEN + 2_000).toISOString(), exact: true })
    expect([sent, (await call("GET", "/v1/jobs")).body.data]).toEqual([[], []])
  })

  it("takes one event by its id, and only what failed where that is asked for", async () => {
    const { replay, rows, store, endpoint } = await start()
    const id = rows[1]!.event.id
    expect((await replay({ eventIds: [id], dryRun: true })).body).toMatchObject({ matched: 1 })
    expect((await replay({ eventIds: [id], onlyFailed: true, dryRun: true })).body).toMatchObject({ matched: 0 })
    await store.putDelivery(deliveryRow(id, endpoint.id, { status: "exhausted", finishedAt: NOW, work: null }), null)
    expect((await replay({ eventIds: [id, id], onlyFailed: true, dryRun: true })).body).toMatchObject({ matched: 1 })
  })

  it.each([
    [{}, "/since", "is required where there are no eventIds"],
    [{ since: "yesterday" }, "/since", "must be an ISO 8601 time such as 2026-11-14T23:46:40Z"],
    [{ since, until: since }, "/until", "must be after since"],
    [
      { since, eventTypes: [] },
      "/eventTypes",
      "must name at least one event type; leave it out for all that the endpoint asks for",
    ],
    [
      { since, eventTypes: ["message.recieved"] },
      "/eventTypes/0",
      `"message.recieved" is not an event type to replay. Did you mean "message.received"?`,
    ],
    [{ eventIds: [] }, "/eventIds", "must name at least one event; leave it out for all since an instant"],
    [{ eventIds: ["evt_1"] }, "/eventIds/0", "must be an event's id: evt_…"],
    [
      { eventIds: Array.from({ length: 101 }, () => `evt_${"a".repeat(22)}`) },
      "/eventIds",
      "must have at most 100 ids; ask for more by since and until",
    ],
    [
      { eventIds: [`evt_${"a".repeat(22)}`] },
      "/eventIds/0",
      "no event has this id: retention may have removed it, or it is seconds old and not indexed yet",
    ],
    [{ since, onlyfailed: true }, "/onlyfailed", `is not a field here. Did you mean "onlyFailed"?`],
  ])("refuses %j, and says where and why", async (body, pointer, message) => {
    const { replay, sent } = await start()
    const answer = await replay(body)
    expect([answer.status, answer.body.code]).toEqual([400, "validation_failed"])
    expect(answer.body.errors).toContainEqual({ in: "body", pointer, message })
    expect(sent).toEqual([])
  })

  it("the same Idempotency-Key and request again make nothing new; another request is refused", async () => {
    const { replay, call, makeEndpoint } = await start()
    const key = { "idempotency-key": "replay-1" }
    const first = await replay({ since }, key)
    const again = await replay({ since, onlyFailed: false }, key)
    expect([again.status, again.body.id]).toEqual([202, first.body.id])
    expect((await replay({ since, onlyFailed: true }, key)).body.code).toBe("idempotency_key_reused")
    const other = await makeEndpoint({ url: "https://other.example.com/" })
    const elsewhere = await call("POST", `/v1/endpoints/${other.id}/replay`, { since }, key)
    expect(elsewhere.body.code).toBe("idempotency_key_reused")
    expect((await call("GET", "/v1/jobs")).body.data).toHaveLength(1)
  })

  it("one at a time for an endpoint; the conflict names the other", async () => {
    const { replay, work } = await start()
    const first = await replay({ since })
    const second = await replay({ since })
    expect([second.status, second.body.code]).toEqual([409, "conflict"])
    expect(second.body.detail).toContain(first.body.id)
    await work()
    expect((await replay({ since })).status).toBe(202)
  })

  it("an endpoint that is deleted, or never was, is not found", async () => {
    const { replay, call, endpoint } = await start()
    await call("DELETE", `/v1/endpoints/${endpoint.id}`)
    expect((await replay({ since })).status).toBe(404)
    expect((await call("POST", `/v1/endpoints/ep_${"a".repeat(22)}/replay`, { since })).status).toBe(404)
  })
})
