import type { DatabaseSync } from "node:sqlite"

import { JOBS_MAX, type JobRow } from "@posthorn/core/job"
import type { JobStore } from "@posthorn/core/ports"

import { versionedRows } from "./rows.ts"
import type { Writer } from "./writer.ts"

export const jobStore = (db: DatabaseSync, writer: Writer): JobStore => {
  const rows = versionedRows<JobRow>(db, writer, "jobs", { expires_at: ({ expiresAt }) => expiresAt })
  return {
    getJob: async (id) => rows.get(id),
    listJobs: async () => rows.list(JOBS_MAX),
    putJob: rows.put,
  }
}
