import type { ListedConversation } from "@posthorn/core/upstream/thread"
import { UpstreamError } from "@posthorn/core/upstream/thread"
import { DAY_MS, iso } from "@posthorn/core/time"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { ApiDeps } from "./deps.ts"
import { accountRow, NOW, testApi } from "./fixture.ts"

type Asked = NonNullable<ApiDeps["upstream"]>

let api: ReturnType<typeof testApi>
let listed: number[]
let failure: UpstreamError | null
let budget: number

beforeEach(async () => {
  listed = []
  failure = null
  budget = 10
  const upstream: Asked = {
    readThread: () => Promise.reject(new Error("an estimate reads no thread")),
    sendTyping: () => Promise.resolve(),
    listConversations: async ({ cursor }) => {
      if (failure !== null) throw failure
      const start = Number(cursor ?? 0)
      const conversations = listed
        .map((at, index) => ({ id: `2-${index}`, lastActivityAt: at, previewSentAt: null }) as ListedConversation)
        .slice(start, start + 2)
      return {
        dialect: "legacy",
        accountId: null,
        profileUrn: null,
        conversations,
        unreadable: 0,
        nextCursor: start + 2 < listed.length ? String(start + 2) : null,
        fromCache: false,
        date: null,
      }
    },
  }
  api = testApi({ upstream, takeUpstreamRequest: async () => budget-- > 0 })
  await api.store.createAccount(accountRow("a1"))
})
afterEach(() => api.store.close())

const week = iso(NOW - 7 * DAY_MS)
const backfill = (body: object, headers: Record<string, string> = {}) =>
  api.call("POST", "/v1/accounts/a1/backfill", body, headers)

describe("POST /v1/accounts/:id/backfill", () => {
  it("makes a job that the account's polls work on, and has it polled at once", async () => {
    const { status, headers, body } = await backfill({ since: week })
    expect(status).toBe(202)
    expect(headers.get("location")).toBe(`/v1/jobs/${body.id}`)
    expect(body).toMatchObject({
      kind: "backfill",
      status: "queued",
      accountId: "a1",
      input: { since: week, endpointIds: null },
    })
    expect(await api.store.getAccount("a1")).toMatchObject({ jobId: body.id })
    expect(api.polled).toEqual(["a1"])
    expect((await api.call("GET", `/v1/jobs/${body.id}`)).body).toEqual(body)
  })

  it("is one at a time", async () => {
    const { body: first } = await backfill({ since: week })
    const { status, body } = await backfill({ since: week })
    expect([status, body.code]).toEqual([409, "conflict"])
    expect(body.detail).toContain(first.id)
    await api.call("POST", `/v1/jobs/${first.id}/cancel`)
    expect((await backfill({ since: week })).status).toBe(202)
  })

  it("makes one job of one Idempotency-Key, and refuses it with another request", async () => {
    const { endpointIds } = { endpointIds: [(await api.makeEndpoint()).id] }
    const first = await backfill({ since: week }, { "idempotency-key": "k" })
    expect((await backfill({ since: week }, { "idempotency-key": "k" })).body).toEqual(first.body)
    const other = await backfill({ since: week, endpointIds }, { "idempotency-key": "k" })
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"])
  })

  it.each([
    [{}, "since: must be an ISO 8601 time"],
    [{ since: "yesterday" }, "since: must be an ISO 8601 time"],
    [{ since: iso(NOW + 1) }, "since: must be in the past"],
    [{ since: iso(NOW - 91 * DAY_MS) }, "since: may be at most 90 days ago: 2026-08-16T23:47:21.200Z"],
    [{ since: week, endpointIds: [] }, "endpointIds: must name at least one endpoint"],
    [{ since: week, endpointIds: ["ep_x"] }, "endpointIds[0]: must be an endpoint's id"],
    [{ since: week, endpointIds: [`ep_${"x".repeat(22)}`] }, "endpointIds[0]: there is no endpoint with this id"],
    [{ since: week, endpoints: [] }, "endpoints: "],
  ])("refuses %j and says what would be right", async (body, detail) => {
    const answer = await backfill(body)
    expect([answer.status, answer.body.code]).toEqual([400, "validation_failed"])
    expect(answer.body.detail).toContain(detail)
  })

  it("refuses an account that is paused, has no baseline, or is not there", async () => {
    await api.store.setWishes("a1", { paused: true })
    expect(await backfill({ since: week })).toMatchObject({ status: 409, body: { code: "conflict" } })
    await api.store.createAccount(accountRow("a2", { baselinedAt: null }))
    expect(await api.call("POST", "/v1/accounts/a2/backfill", { since: week })).toMatchObject({ status: 409 })
    expect(await api.call("POST", "/v1/accounts/a3/backfill", { since: week })).toMatchObject({ status: 404 })
  })

  it("estimates by the list alone with dryRun, and does nothing", async () => {
    listed = [1, 2, 3, 30].map((days) => NOW - days * DAY_MS)
    expect(await backfill({ since: week, dryRun: true })).toMatchObject({
      status: 200,
      body: { conversations: 3, oldest: iso(NOW - 3 * DAY_MS), newest: iso(NOW - DAY_MS), exact: true },
    })
    expect(await api.store.listJobs()).toEqual([])
    expect(budget).toBe(8)
  })

  it("says so where an estimate did not see the whole list", async () => {
    listed = Array.from({ length: 20 }, (_, index) => NOW - (index + 1) * 60_000)
    expect((await backfill({ since: week, dryRun: true })).body).toMatchObject({ conversations: 10, exact: false })
    budget = 1
    expect((await backfill({ since: week, dryRun: true })).body).toMatchObject({ conversations: 2, exact: false })
    const none = await backfill({ since: week, dryRun: true })
    expect([none.status, none.headers.get("retry-after")]).toEqual([429, "39"])
  })

  it("passes on why upstream could not be asked", async () => {
    failure = new UpstreamError("server_error", "ConnectSafely answered 500.")
    expect(await backfill({ since: week, dryRun: true })).toMatchObject({
      status: 502,
      body: { code: "upstream_failed", detail: "ConnectSafely answered 500." },
    })
  })
})

describe("POST /v1/accounts/:id/reconcile", () => {
  it("makes a job, and refuses a body that it would ignore", async () => {
    expect((await api.call("POST", "/v1/accounts/a1/reconcile", { since: week })).status).toBe(400)
    const { status, body } = await api.call("POST", "/v1/accounts/a1/reconcile")
    expect([status, body.kind, body.missing]).toEqual([202, "reconcile", null])
    expect(api.polled).toEqual(["a1"])
  })
})
