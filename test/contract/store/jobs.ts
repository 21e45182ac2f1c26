import type { JobRow } from "@posthorn/core/job"
import { derivedId } from "@posthorn/core/id"
import { expect, it } from "vitest"

import type { Subject } from "../store-contract.ts"
import { endpointId, successes, T0 } from "../rows.ts"

const id = (name: string | number): string => derivedId("job", "contract", String(name))

const job = (name: string | number, change: Partial<JobRow> = {}): JobRow => ({
  id: id(name),
  version: 1,
  kind: "replay",
  status: "queued",
  endpointId: endpointId("p"),
  accountId: null,
  input: {},
  progress: null,
  matched: 0,
  done: 0,
  missing: null,
  error: null,
  next: null,
  requestHash: null,
  createdAt: T0,
  updatedAt: T0,
  finishedAt: null,
  expiresAt: null,
  ...change,
})

export const jobContract = (subject: () => Subject): void => {
  it("gives back what was put, and null where there is nothing", async () => {
    const { store } = subject()
    const row = job(1, {
      kind: "reconcile",
      status: "failed",
      endpointId: null,
      accountId: "ada",
      input: {
        since: "2026-11-01T00:00:00.000Z",
        statuses: ["held"],
        nested: { empty: {}, none: null, text: "é👍\u0000" },
      },
      progress: { cursor: { ada: 12 }, seen: [1, 2.5, null, true] },
      matched: 120,
      done: 100,
      missing: 2,
      error: "upstream refused",
      next: { tick: 3, at: T0 + 5_000 },
      requestHash: "hash",
      finishedAt: T0 + 9,
      expiresAt: T0 + 10,
    })
    expect(await store.getJob(row.id)).toBeNull()
    expect(await store.listJobs()).toEqual([])
    expect(await store.putJob(row, null)).toBe(true)
    expect(await store.putJob(job(2), null)).toBe(true)
    expect(await store.getJob(row.id)).toEqual(row)
    expect(await store.getJob(id(2))).toEqual(job(2))
    expect(await store.getJob(id(3))).toBeNull()
  })

  it("writes only over the version that was read", async () => {
    const { store } = subject()
    expect(await store.putJob(job(1, { version: 2 }), 1)).toBe(false)
    expect(await store.getJob(id(1))).toBeNull()
    await store.putJob(job(1), null)
    expect(await store.putJob(job(1, { done: 1 }), null)).toBe(false)
    expect(await store.putJob(job(1, { version: 3, done: 1 }), 2)).toBe(false)
    expect(await store.getJob(id(1))).toEqual(job(1))
    expect(await store.putJob(job(1, { version: 2, status: "running", done: 1 }), 1)).toBe(true)
    expect(await store.getJob(id(1))).toEqual(job(1, { version: 2, status: "running", done: 1 }))
  })

  it("of 20 parallel creations, and of 20 parallel steps, one succeeds", async () => {
    const { store } = subject()
    const put = (expected: number | null) =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.putJob(job(1, { version: (expected ?? 0) + 1, done: index }), expected),
        ),
      )
    for (const expected of [null, 1]) {
      const answers = await put(expected)
      expect(successes(answers)).toBe(1)
      expect((await store.getJob(id(1)))?.done).toBe(answers.indexOf(true))
    }
  })

  it("lists all of them at once, finished or not, as they are now", async () => {
    const { store } = subject()
    const rows = Array.from({ length: 60 }, (_, index) =>
      job(index, {
        input: { note: "x".repeat(30_000) },
        ...(index % 2 === 0 ? { status: "succeeded", expiresAt: T0 } : {}),
      }),
    )
    for (const row of rows) await store.putJob(row, null)
    await store.putJob({ ...rows[7]!, version: 2, done: 70 }, 1)
    rows[7] = { ...rows[7]!, version: 2, done: 70 }
    const byId = (a: JobRow, b: JobRow): number => (a.id < b.id ? -1 : 1)
    expect((await store.listJobs()).sort(byId)).toEqual(rows.sort(byId))
  })
}
