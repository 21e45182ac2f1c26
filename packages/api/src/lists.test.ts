import { beforeEach, describe, expect, it } from "vitest"

import { catalogue, eventTypes } from "@posthorn/core/event"
import { deliveryId } from "@posthorn/core/id"
import { NOW, URL_A, accountRow, deliveryRow, logRow, testApi, type Answered } from "./fixture.ts"

let api: ReturnType<typeof testApi>
beforeEach(() => {
  api = testApi()
})

const get = async (path: string) => (await api.call("GET", path)).body
const idsOf = (body: Answered) => body.data.map(({ id }) => id)
const EVENT = (n: number) => `evt_${String(n).padStart(22, "0")}`
const ENDPOINT = "ep_0123456789012345678901"

describe("accounts", () => {
  beforeEach(async () => {
    for (let n = 1; n <= 3; n++) await api.store.createAccount(accountRow(`a${n}`, { createdAt: NOW - 10_000 + n }))
  })

  it("shows every field of an account, and nothing of how polling remembers", async () => {
    expect(await get("/v1/accounts/a1")).toEqual({
      id: "a1",
      name: "Jane Smith",
      publicId: "jane-smith",
      profileUrn: "urn:li:fsd_profile:ACoAAOWN",
      pictureUrl: null,
      status: "healthy",
      statusReason: null,
      statusChangedAt: "2026-11-14T23:47:16.200Z",
      dialect: "legacy",
      baselinedAt: "2026-11-14T23:47:17.200Z",
      lastPolledAt: "2026-11-14T23:47:19.200Z",
      lastAttemptedAt: "2026-11-14T23:47:19.200Z",
      nextPollAt: "2026-11-14T23:48:21.200Z",
      lastMessageAt: null,
      lagMs: 41200,
      consecutiveFailures: 0,
      lastError: { kind: "rate_limited", message: "Too many requests.", status: 429, at: "2026-11-14T23:47:12.200Z" },
      conversations: { tracked: 214, quarantined: 1 },
      unreadableMessages: 0,
      label: null,
      paused: false,
      pollSeconds: null,
      lastReconciliation: null,
      createdAt: "2026-11-14T23:47:11.201Z",
      updatedAt: "2026-11-14T23:47:19.200Z",
    })
  })

  it("lists them newest first, in pages", async () => {
    const first = await get("/v1/accounts?limit=2")
    expect(idsOf(first)).toEqual(["a3", "a2"])
    const second = await get(`/v1/accounts?limit=2&cursor=${first.nextCursor!}`)
    expect([idsOf(second), second.nextCursor]).toEqual([["a1"], null])
  })

  it("poll answers 202 with the account after asking for a poll", async () => {
    const { status, body } = await api.call("POST", "/v1/accounts/a2/poll")
    expect([status, api.polled]).toEqual([202, ["a2"]])
    expect(body).toMatchObject({ id: "a2", nextPollAt: "2026-11-14T23:47:21.200Z" })
  })

  it("404 for an unknown one, and no poll", async () => {
    expect((await api.call("GET", "/v1/accounts/nobody")).status).toBe(404)
    expect((await api.call("POST", "/v1/accounts/nobody/poll")).status).toBe(404)
    expect(api.polled).toEqual([])
  })
})

describe("events", () => {
  beforeEach(async () => {
    for (let n = 1; n <= 5; n++) await api.store.appendEvent(logRow("a1", n, NOW - 10_000 + n * 1_000))
    await api.store.appendEvent(logRow("a2", 1, NOW))
  })

  it("are the very JSON that webhooks carry", async () => {
    const { event } = logRow("a1", 2, NOW - 8_000)
    expect(await get(`/v1/events/${event.id}`)).toEqual(event)
    expect((await api.call("GET", `/v1/events/${EVENT(0)}`)).status).toBe(404)
  })

  it("are listed newest first, each once", async () => {
    const seen: Answered[] = []
    let cursor: string | null = null
    do {
      const page: Answered = await get(`/v1/events?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`)
      seen.push(...page.data)
      cursor = page.nextCursor
    } while (cursor !== null)
    const times = seen.map(({ data }) => (data as unknown as { seenAt: string }).seenAt)
    expect(times).toEqual(times.toSorted().toReversed())
    expect(new Set(seen.map(({ id }) => id)).size).toBe(6)
  })

  it.each([
    ["accountId=a2", 1],
    ["conversationId=2-MTEx", 6],
    ["conversationId=2-other", 0],
    ["type=message.sent", 0],
    ["type=message.sent,message.received&accountId=a1", 5],
    ["since=2026-11-14T23:47:13.200Z", 5],
    ["until=2026-11-14T23:47:13.200Z", 1],
    ["since=2026-11-15T00:47:13.200%2B01:00&until=2026-11-14T23:47:14.200Z", 1],
  ])("are found by %s: since inclusive, until exclusive", async (query, count) => {
    expect((await get(`/v1/events?${query}`)).data).toHaveLength(count)
  })
})

describe("deliveries", () => {
  const path = (n: number, endpointId = ENDPOINT) => `/v1/deliveries/${deliveryId(EVENT(n), endpointId)}`

  it("shows attempts on one, and the newest only in lists", async () => {
    await api.store.putDelivery(deliveryRow(EVENT(1), ENDPOINT), null)
    const attempt = {
      id: "att_0123456789012345678901",
      number: 1,
      trigger: "schedule",
      startedAt: "2026-11-14T23:47:20.200Z",
      durationMs: 132,
      outcome: "failed",
      errorKind: "http_status",
      errorMessage: "The receiver answered 503.",
      responseStatus: 503,
      retryAfterSeconds: null,
      responseBody: "busy",
      responseBodyTruncated: false,
    }
    const shown = {
      id: deliveryId(EVENT(1), ENDPOINT),
      eventId: EVENT(1),
      eventType: "message.received",
      endpointId: ENDPOINT,
      accountId: "a1",
      status: "retrying",
      statusReason: null,
      attemptCount: 1,
      nextAttemptAt: "2026-11-14T23:47:26.200Z",
      createdAt: "2026-11-14T23:47:19.200Z",
      updatedAt: "2026-11-14T23:47:20.200Z",
      finishedAt: null,
      lastAttempt: attempt,
    }
    expect(await get(path(1))).toEqual({ ...shown, attempts: [attempt] })
    expect(await get("/v1/deliveries")).toEqual({ data: [shown], nextCursor: null })
  })

  it("404 for an unknown or ill-formed id", async () => {
    for (const id of [deliveryId(EVENT(9), ENDPOINT), "dlv_x", EVENT(1), "dlv_01234567890123456789012"])
      for (const [method, suffix] of [
        ["GET", ""],
        ["POST", "/retry"],
      ] as const)
        expect((await api.call(method, `/v1/deliveries/${id}${suffix}`)).body.code).toBe("not_found")
  })

  it.each([
    [`endpointId=${ENDPOINT}`, [3, 1]],
    [`eventId=${EVENT(2)}`, [2]],
    ["accountId=a1", [3, 2, 1]],
    ["accountId=a2", []],
    ["status=succeeded", [2]],
    ["status=succeeded,retrying", [3, 2, 1]],
    ["since=2026-11-14T23:47:21.200Z", [3, 2]],
    ["until=2026-11-14T23:47:21.200Z", [1]],
  ])("are found by %s", async (query, expected) => {
    const other = "ep_aaaaaaaaaaaaaaaaaaaaaa"
    await api.store.putDelivery(deliveryRow(EVENT(1), ENDPOINT, { createdAt: NOW - 1 }), null)
    const done = { status: "succeeded", finishedAt: NOW, work: null, nextAttemptAt: null } as const
    await api.store.putDelivery(deliveryRow(EVENT(2), other, { createdAt: NOW, ...done }), null)
    await api.store.putDelivery(deliveryRow(EVENT(3), ENDPOINT, { createdAt: NOW + 1 }), null)
    expect((await get(`/v1/deliveries?${query}`)).data.map(({ eventId }) => eventId)).toEqual(expected.map(EVENT))
  })

  it("an open one of a deleted endpoint is shown as cancelled, a finished one as it ended", async () => {
    const { id } = await api.makeEndpoint()
    const held = { status: "held", statusReason: "paused", work: { kind: "held", replay: false, at: NOW } } as const
    const done = { status: "succeeded", finishedAt: NOW, work: null, nextAttemptAt: null } as const
    await api.store.putDelivery(deliveryRow(EVENT(1), id, held), null)
    await api.store.putDelivery(deliveryRow(EVENT(2), id, done), null)
    expect(await get(path(1, id))).toMatchObject({ status: "held", statusReason: "paused" })
    await api.call("DELETE", `/v1/endpoints/${id}`)
    const finishedAt = "2026-11-14T23:47:21.200Z"
    const cancelled = { status: "cancelled", statusReason: "endpoint_deleted", nextAttemptAt: null, finishedAt }
    expect(await get(path(1, id))).toMatchObject(cancelled)
    expect(await get(path(2, id))).toMatchObject({ status: "succeeded", statusReason: null })
    expect(await get(`/v1/deliveries?eventId=${EVENT(1)}`)).toMatchObject({ data: [cancelled] })
    expect((await get("/v1/deliveries?status=held")).data).toEqual([])
    expect((await api.call("POST", `${path(1, id)}/retry`)).status).toBe(409)
  })

  it("retry is 202 with the delivery opened again, and one message in the queue", async () => {
    const { id } = await api.makeEndpoint()
    const exhausted = { status: "exhausted", finishedAt: NOW, work: null, nextAttemptAt: null } as const
    await api.store.putDelivery(deliveryRow(EVENT(1), id, exhausted), null)
    const { status, headers, body } = await api.call("POST", `${path(1, id)}/retry`)
    expect([status, headers.get("location")]).toEqual([202, path(1, id)])
    expect(body).toMatchObject({ status: "retrying", finishedAt: null, attemptCount: 1 })
    expect(body).not.toHaveProperty("attempts")
    expect(api.sent).toMatchObject([{ body: { eventId: EVENT(1), endpointId: id, number: 2 } }])
  })
})

describe("queries", () => {
  const lists = ["/v1/endpoints", "/v1/events", "/v1/deliveries", "/v1/accounts"]
  const refused = async (path: string) => {
    const { status, body } = await api.call("GET", path)
    return [status, body.code, body.errors.map((error) => `${error.in} ${error.pointer}`).join()]
  }

  it.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=-1", "limit"],
    ["limit=1.5", "limit"],
    ["limit=", "limit"],
    ["limit=ten", "limit"],
    ["limit=1e1", "limit"],
    ["limit=5&limit=6", "limit"],
    ["cursor=", "cursor"],
    ["cursor=x", "cursor"],
    ["cursor=%00", "cursor"],
    ["cursor=a&cursor=b", "cursor"],
    ["colour=red", "colour"],
    ["Limit=5", "Limit"],
  ])("every list refuses ?%s, naming it", async (query, name) => {
    for (const list of lists)
      expect(await refused(`${list}?${query}`)).toEqual([400, "validation_failed", `query ${name}`])
  })

  it.each([
    ["/v1/events?type=message.recieved", "type"],
    ["/v1/events?type=", "type"],
    ["/v1/events?type=message.sent,", "type"],
    ["/v1/events?accountId=", "accountId"],
    ["/v1/events?since=yesterday", "since"],
    ["/v1/events?since=2026-11-14", "since"],
    ["/v1/events?until=2026-13-14T00:00:00Z", "until"],
    ["/v1/events?until=2026-11-14T00:00:00", "until"],
    ["/v1/deliveries?endpointId=evt_0123456789012345678901", "endpointId"],
    ["/v1/deliveries?eventId=x", "eventId"],
    ["/v1/deliveries?status=lost", "status"],
    ["/v1/jobs?endpointId=x", "endpointId"],
    ["/v1/events?since=2026-11-15T00:00:00Z&until=2026-11-15T00:00:00Z", "until"],
    ["/v1/deliveries?since=2026-11-15T00:00:00Z&until=2026-11-14T00:00:00Z", "until"],
    ["/v1/endpoints?status=gone", "status"],
    ["/v1/me?x=1", "x"],
    ["/health?x=1", "x"],
    [`/v1/endpoints/${ENDPOINT}?expand=all`, "expand"],
  ])("%s is a 400 naming %s", async (path, name) => {
    expect(await refused(path)).toEqual([400, "validation_failed", `query ${name}`])
  })

  it.each([
    ["/v1/deliveries?endpointId=x", "must be an endpoint's id: ep_…"],
    ["/v1/deliveries?eventId=x", "must be an event's id: evt_…"],
    ["/v1/stats?endpointId=x", "must be an endpoint's id: ep_…"],
    ["/v1/events?accountId=", "is empty: leave it out, or write a value"],
    [`/v1/events?accountId=${"x".repeat(2_049)}`, "must be at most 2048 characters long"],
    ["/v1/events?accountId=a&accountId=b", "must be a value, once"],
    ["/v1/events?since=2026-11-15T00:00:00Z&until=2026-11-14T00:00:00Z", "must be after since"],
  ])("%s says what would be right", async (path, message) => {
    expect((await api.call("GET", path)).body.errors.map((error) => error.message)).toEqual([message])
  })

  it("a limit of 1 and of 100 is fine, and none is 20", async () => {
    for (let n = 0; n < 21; n++) await api.makeEndpoint({ url: URL_A })
    expect((await get("/v1/endpoints")).data).toHaveLength(20)
    expect((await get("/v1/endpoints?limit=1")).data).toHaveLength(1)
    expect((await get("/v1/endpoints?limit=100")).data).toHaveLength(21)
  })

  it("a cursor belongs to its list and its filters, but not to its limit", async () => {
    for (let n = 1; n <= 5; n++) await api.store.appendEvent(logRow("a1", n, NOW + n))
    for (let n = 1; n <= 3; n++) await api.store.putDelivery(deliveryRow(EVENT(n), ENDPOINT), null)
    const query = "accountId=a1&since=2026-11-14T00:00:00Z"
    const { nextCursor } = await get(`/v1/events?${query}&limit=2`)
    const cursor = nextCursor!
    expect(
      (await get(`/v1/events?limit=3&cursor=${cursor}&since=2026-11-14T00:00:00Z&accountId=a1`)).data,
    ).toHaveLength(3)
    const wrong = [
      `/v1/events?cursor=${cursor}`,
      `/v1/events?accountId=a2&since=2026-11-14T00:00:00Z&cursor=${cursor}`,
      `/v1/events?${query}&type=message.sent&cursor=${cursor}`,
      `/v1/events?${query}&cursor=${cursor.slice(0, -2)}`,
      `/v1/events?${query}&cursor=${cursor.slice(0, -3)}xyz`,
      `/v1/deliveries?${query}&cursor=${cursor}`,
      `/v1/events?${query}&cursor=${"A".repeat(5_000)}`,
    ]
    for (const path of wrong)
      expect([path, ...(await refused(path))]).toEqual([path, 400, "validation_failed", "query cursor"])
  })
})

describe("every type of the catalogue", () => {
  it("can be asked for", async () => {
    for (const type of eventTypes) expect((await api.call("GET", `/v1/events?type=${type}`)).status).toBe(200)
    expect((await get(`/v1/events?type=${Object.keys(catalogue).join(",")}`)).data).toEqual([])
  })
})
