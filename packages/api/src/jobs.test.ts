import { describe, expect, it } from "vitest"

import { derivedId } from "@posthorn/core/id"
import type { JobRow } from "@posthorn/core/job"
import { NOW, testApi } from "./fixture.ts"

const jobRow = (name: string, more: Partial<JobRow> = {}): JobRow => ({
  id: derivedId("job", name),
  version: 1,
  kind: "replay",
  status: "running",
  endpointId: derivedId("endpoint", "e1"),
  accountId: null,
  input: { since: null },
  progress: { secret: "of the steps alone" },
  matched: 120,
  done: 80,
  missing: null,
  error: null,
  next: { tick: 3, at: NOW },
  requestHash: null,
  createdAt: NOW,
  updatedAt: NOW,
  finishedAt: null,
  expiresAt: null,
  ...more,
})
const backfill = { kind: "backfill", endpointId: null, accountId: "a1", next: null } as const

const start = async (...rows: JobRow[]) => {
  const api = testApi()
  for (const row of rows) await api.store.putJob(row, null)
  const ids = async (query: string) => (await api.call("GET", `/v1/jobs${query}`)).body.data.map(({ id }) => id)
  return { ...api, ids }
}

describe("jobs", () => {
  it("are listed newest first, by kind, endpoint, account and status", async () => {
    const one = jobRow("one", { createdAt: NOW })
    const two = jobRow("two", { ...backfill, createdAt: NOW + 1, status: "failed" })
    const three = jobRow("three", { endpointId: derivedId("endpoint", "e2"), createdAt: NOW + 2, status: "queued" })
    const { ids } = await start(one, two, three)
    expect(await ids("")).toEqual([three.id, two.id, one.id])
    expect(await ids("?kind=replay")).toEqual([three.id, one.id])
    expect(await ids(`?endpointId=${one.endpointId!}`)).toEqual([one.id])
    expect(await ids("?accountId=a1")).toEqual([two.id])
    expect(await ids("?status=queued,running")).toEqual([three.id, one.id])
  })

  it("page by page, each once", async () => {
    const rows = Array.from({ length: 5 }, (_, index) => jobRow(String(index), { createdAt: NOW + index }))
    const { call } = await start(...rows)
    const seen: string[] = []
    let cursor = ""
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await call("GET", `/v1/jobs?limit=2${cursor}`)
      seen.push(...body.data.map(({ id }) => id))
      cursor = `&cursor=${String(body.nextCursor)}`
      expect(body.nextCursor === null).toBe(pages === 2)
    }
    expect(seen).toEqual(rows.map(({ id }) => id).toReversed())
  })

  it("a wrong filter is refused with what there is", async () => {
    const { call } = await start()
    const { status, body } = await call("GET", "/v1/jobs?kind=replays")
    expect([status, body.detail]).toEqual([400, `query kind: "replays" is not one of replay, backfill, reconcile`])
  })

  it("show what resources.md shows, and nothing of how they work", async () => {
    const row = jobRow("one")
    const { call, text } = await start(row).then(async ({ call }) => ({
      call,
      ...(await call("GET", `/v1/jobs/${row.id}`)),
    }))
    expect(JSON.parse(text)).toEqual({
      id: row.id,
      kind: "replay",
      status: "running",
      endpointId: row.endpointId,
      accountId: null,
      input: { since: null },
      matched: 120,
      done: 80,
      missing: null,
      error: null,
      createdAt: new Date(NOW).toISOString(),
      finishedAt: null,
    })
    expect((await call("GET", `/v1/jobs/${derivedId("job", "none")}`)).status).toBe(404)
    expect((await call("GET", "/v1/jobs/nonsense")).status).toBe(404)
  })
})

describe("cancelling a job", () => {
  const cancel = (api: Awaited<ReturnType<typeof start>>, row: JobRow, headers = {}) =>
    api.call("POST", `/v1/jobs/${row.id}/cancel`, undefined, headers)

  it.each([
    ["replay", {}],
    ["backfill", backfill],
    ["reconciliation", { ...backfill, kind: "reconcile" as const }],
  ])("ends a %s for whoever works on it, and takes it out of its steps", async (_, more) => {
    const row = jobRow("one", more)
    const api = await start(row)
    const { status, body } = await cancel(api, row)
    expect([status, body["status"], body["finishedAt"]]).toEqual([200, "cancelled", new Date(NOW).toISOString()])
    expect(await api.store.getJob(row.id)).toMatchObject({ status: "cancelled", next: null, progress: null, done: 80 })
    expect((await api.store.getJob(row.id))!.expiresAt).toBe(NOW + 7 * 86_400_000)
  })

  it("that has ended changes nothing, however often", async () => {
    const row = jobRow("one", { status: "succeeded", finishedAt: NOW - 5, expiresAt: NOW + 5 })
    const api = await start(row)
    expect((await cancel(api, row)).body["status"]).toBe("succeeded")
    expect(await api.store.getJob(row.id)).toEqual(row)
  })

  it("wins over a step that writes at the same moment", async () => {
    const row = jobRow("one")
    const api = await start(row)
    const { store } = api
    let reads = 0
    const slow = testApi({
      store: {
        ...store,
        getJob: async (id) => {
          const read = await store.getJob(id)
          if (++reads === 2) await store.putJob({ ...row, version: 2, done: 90 }, 1)
          return read
        },
      },
    })
    const { body } = await slow.call("POST", `/v1/jobs/${row.id}/cancel`)
    expect([body["status"], body["done"]]).toEqual(["cancelled", 90])
  })

  it("needs a key that may write endpoints; what is no replay needs an admin's", async () => {
    const [replay, other] = [jobRow("one"), jobRow("two", backfill)]
    const api = await start(replay, other)
    const keyWith = async (...scopes: string[]) => {
      const { body } = await api.call("POST", "/v1/keys", { name: scopes.join(), scopes })
      return { authorization: `Bearer ${String(body["key"])}` }
    }
    const [reader, writer] = [await keyWith("read"), await keyWith("endpoints")]
    expect((await cancel(api, replay, reader)).status).toBe(403)
    expect((await cancel(api, other, writer)).body.detail).toMatch(/"admin"/)
    expect((await api.store.getJob(other.id))?.status).toBe("running")
    expect((await cancel(api, replay, writer)).status).toBe(200)
  })
})
