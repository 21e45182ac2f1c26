import { createRoute, z } from "@hono/zod-openapi"
import { VisibleError } from "@posthorn/core/error"
import { EndpointId, JobId } from "@posthorn/core/id"
import { finishedJob, isJobFinished, jobKinds, jobStatuses, type JobRow } from "@posthorn/core/job"
import type { Clock, JobStore } from "@posthorn/core/ports"
import { iso, isoOrNull } from "@posthorn/core/time"

import type { ApiDeps } from "./deps.ts"
import { LIMIT_DEFAULT, anyOf, cursorsOf, idFilter, listOf, pageOf, paging, textFilter } from "./list.ts"
import { action, createRouter, jsonOf, keyed, notFound } from "./router.ts"
import { strict } from "./validate.ts"

/** How often a cancellation is tried against steps that write the same row; each try reads it afresh. */
const CANCEL_TRIES_MAX = 10

const id = z.object({ id: JobId })
const none = strict({}, "query parameter")
const tags = ["jobs"]
const Time = z.iso.datetime({ precision: 3 })
const Count = z.int().min(0)

export const Job = z
  .object({
    id: z.string(),
    kind: z.enum(jobKinds),
    status: z.enum(jobStatuses),
    endpointId: z.string().nullable().describe("of a replay"),
    accountId: z.string().nullable().describe("of a backfill or reconciliation"),
    input: z.record(z.string(), z.unknown()).describe("what was asked for"),
    matched: Count.describe(
      "of a replay: deliveries it is about; while it is unfinished exact up to 5,000 events. Of a backfill: events that it made so far; of a reconciliation: messages that it checked so far",
    ),
    done: Count.describe(
      "of a replay: of `matched` opened again, or found open; they may still wait for their turn. Otherwise the same as `matched`",
    ),
    missing: Count.nullable().describe("of a reconciliation: events that had been missing"),
    error: z.string().nullable(),
    createdAt: Time,
    finishedAt: Time.nullable(),
  })
  .meta({ id: "Job", description: "A replay, backfill or reconciliation at work. Kept for 7 days after its end." })

export const presentJob = (row: JobRow): z.infer<typeof Job> => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  endpointId: row.endpointId,
  accountId: row.accountId,
  input: row.input,
  matched: row.matched,
  done: row.done,
  missing: row.missing,
  error: row.error,
  createdAt: iso(row.createdAt),
  finishedAt: isoOrNull(row.finishedAt),
})

const filters = strict(
  {
    ...paging,
    kind: anyOf(jobKinds, "of this kind"),
    endpointId: idFilter(EndpointId, "an endpoint's id: ep_…", "of this endpoint"),
    accountId: textFilter("of this account"),
    status: anyOf(jobStatuses, "with this status"),
  },
  "query parameter",
)

const list = createRoute({
  method: "get",
  path: "/v1/jobs",
  tags,
  summary: "List jobs",
  ...keyed("read"),
  request: { query: filters },
  responses: { 200: jsonOf(listOf(Job, "JobList"), "Newest first") },
})

const get = createRoute({
  method: "get",
  path: "/v1/jobs/{id}",
  tags,
  summary: "Get a job",
  ...keyed("read"),
  request: { params: id, query: none },
  responses: { 200: jsonOf(Job, "The job") },
})

const cancel = createRoute({
  method: "post",
  path: "/v1/jobs/{id}/cancel",
  tags,
  summary: "Cancel a job",
  description:
    "It goes no further; what it has done stays, and deliveries that it opened still go out. A job that has ended is answered as it is. " +
    "A backfill or reconciliation needs the scope `admin`.",
  ...action("endpoints"),
  request: { params: id, query: none },
  responses: { 200: jsonOf(Job, "The job as it is now") },
})

export const jobs = ({ store, clock }: Pick<ApiDeps, "clock"> & { store: JobStore }) => {
  const read = async (jobId: string): Promise<JobRow> => {
    const row = await store.getJob(jobId)
    if (row === null) throw notFound("job")
    return row
  }

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = LIMIT_DEFAULT, cursor, kind, endpointId, accountId, status } = c.req.valid("query")
      const cursors = cursorsOf("jobs", c.req.query())
      const after = cursors.open(cursor)
      const rows = (await store.listJobs()).filter(
        (row) =>
          (kind?.includes(row.kind) ?? true) &&
          (status?.includes(row.status) ?? true) &&
          (endpointId === undefined || row.endpointId === endpointId) &&
          (accountId === undefined || row.accountId === accountId),
      )
      const page = pageOf(rows, limit, after)
      return c.json({ data: page.rows.map(presentJob), nextCursor: cursors.close(page.cursor) }, 200)
    })
    .openapi(get, async (c) => c.json(presentJob(await read(c.req.valid("param").id)), 200))
    .openapi(cancel, async (c) => {
      const jobId = c.req.valid("param").id
      const { kind } = await read(jobId)
      if (kind !== "replay" && !c.get("caller")?.scopes.includes("admin"))
        throw new VisibleError("forbidden", `This key lacks the scope "admin", which a ${kind} needs.`)
      return c.json(presentJob(await cancelJob(jobId, { read, store, clock })), 200)
    })
}

/** Whoever steps the job finds its row changed, and stops: no kind needs to be told. */
const cancelJob = async (
  jobId: string,
  { read, store, clock }: { read: (id: string) => Promise<JobRow>; store: JobStore; clock: Clock },
): Promise<JobRow> => {
  for (let tries = 0; tries < CANCEL_TRIES_MAX; tries++) {
    const row = await read(jobId)
    if (isJobFinished(row.status)) return row
    const cancelled = finishedJob(row, "cancelled", { now: clock.now() })
    if (await store.putJob(cancelled, row.version)) return cancelled
  }
  throw new VisibleError("conflict", "The job is being changed at this moment. Try again.")
}
