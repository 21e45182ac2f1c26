import { JOBS_MAX, jobKinds, type JobRow, jobStatuses } from "@posthorn/core/job"
import type { JobStore } from "@posthorn/core/ports"
import { SECOND_MS } from "@posthorn/core/time"
import * as z from "zod"

import type { Access } from "./access.ts"
import { unchanged } from "./expression.ts"
import { decodeRow, encodeRow, type Fields, json, orNull, plain } from "./item.ts"
import { jobKey, JOBS, TTL } from "./keys.ts"

const fields: Fields<JobRow> = {
  id: plain("sk", z.string()),
  version: plain("v", z.number()),
  kind: plain("kind", z.enum(jobKinds)),
  status: plain("status", z.enum(jobStatuses)),
  endpointId: orNull("endpointId", z.string()),
  accountId: orNull("accountId", z.string()),
  input: json("input", z.record(z.string(), z.unknown()), {}),
  progress: json("progress", z.unknown(), null),
  matched: plain("matched", z.number()),
  done: plain("done", z.number()),
  missing: orNull("missing", z.number()),
  error: orNull("error", z.string()),
  next: json("next", z.object({ tick: z.number(), at: z.number() }).nullable(), null),
  requestHash: orNull("requestHash", z.string()),
  createdAt: plain("createdAt", z.number()),
  updatedAt: plain("updatedAt", z.number()),
  finishedAt: orNull("finishedAt", z.number()),
  expiresAt: orNull("expiresAt", z.number()),
}

export const jobStore = (table: Access): JobStore => ({
  async getJob(id) {
    const item = await table.get(jobKey(id))
    return item && decodeRow(fields, item)
  },

  async listJobs() {
    const items = await table.query({ pk: JOBS, limit: JOBS_MAX })
    return items.map((item) => decodeRow(fields, item))
  },

  putJob: (row, expectedVersion) =>
    table.put(
      {
        ...jobKey(row.id),
        ...encodeRow(fields, row),
        ...(row.expiresAt === null ? {} : { [TTL]: Math.ceil(row.expiresAt / SECOND_MS) }),
      },
      unchanged("v", expectedVersion),
    ),
})
