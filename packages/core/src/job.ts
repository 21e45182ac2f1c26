import { VisibleError } from "./error.ts"
import { DAY_MS, type Instant } from "./time.ts"

export const jobKinds = ["replay", "backfill", "reconcile"] as const
export type JobKind = (typeof jobKinds)[number]

export const jobStatuses = ["queued", "running", "succeeded", "failed", "cancelled"] as const
export type JobStatus = (typeof jobStatuses)[number]

/** A finished job is kept so long. */
export const JOB_KEPT_MS = 7 * DAY_MS
/** Most jobs that are queued or running at a time. */
export const JOBS_UNFINISHED_MAX = 20

/** A replay, backfill or reconciliation at work, in steps: each does a bounded piece, then moves `progress` under condition. */
export interface JobRow {
  id: string
  /** Rises with every write. */
  version: number
  kind: JobKind
  status: JobStatus
  /** Of a replay. */
  endpointId: string | null
  /** Of a backfill or reconciliation. */
  accountId: string | null
  /** What was asked for, as the API shows it. */
  input: Record<string, unknown>
  /** How far it is: the kind's own shape, checked where it is read. */
  progress: unknown
  /** How many things there are to do; for a replay counted when it is made. */
  matched: number
  done: number
  /** Of a reconciliation: events that had been missing. */
  missing: number | null
  error: string | null
  /** Number and instant of the next step, for kinds that go by queue messages; null for those that an account's polls work on. */
  next: { tick: number; at: Instant } | null
  /** As on an endpoint: tells a repeated Idempotency-Key from a reused one. */
  requestHash: string | null
  createdAt: Instant
  updatedAt: Instant
  finishedAt: Instant | null
  /** Set on finished jobs only. */
  expiresAt: Instant | null
}

export const isJobFinished = (status: JobStatus): boolean =>
  status === "succeeded" || status === "failed" || status === "cancelled"

/** The row as its end writes it. What was only for its steps goes. */
export const finishedJob = (
  row: JobRow,
  status: "succeeded" | "failed" | "cancelled",
  { now, error = null }: { now: Instant; error?: string | null },
): JobRow => ({
  ...row,
  version: row.version + 1,
  status,
  error,
  progress: null,
  next: null,
  updatedAt: now,
  finishedAt: now,
  expiresAt: now + JOB_KEPT_MS,
})

/** Most jobs that are kept, finished ones included (those go after JOB_KEPT_MS). */
export const JOBS_MAX = 1_000

/**
 * Throws a conflict where there cannot be one more job. Nothing is locked: of two requests at the very same moment both may pass,
 * and the bound is passed by one.
 */
export const checkRoomForJob = (rows: readonly JobRow[]): void => {
  const unfinished = rows.filter(({ status }) => !isJobFinished(status))
  if (unfinished.length >= JOBS_UNFINISHED_MAX)
    throw new VisibleError(
      "conflict",
      `${JOBS_UNFINISHED_MAX} jobs are queued or running, and there cannot be more. Wait for one, or cancel one (GET /v1/jobs?status=queued,running).`,
    )
  if (rows.length >= JOBS_MAX)
    throw new VisibleError(
      "conflict",
      `There are ${JOBS_MAX} jobs, and there cannot be more. Finished ones go ${JOB_KEPT_MS / DAY_MS} days after their end.`,
    )
}
