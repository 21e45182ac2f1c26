import type { JobMessage } from "../delivery.ts"
import { gateOf, type EndpointRow } from "../endpoint.ts"
import { finishedJob, isJobFinished, type JobRow } from "../job.ts"
import type { DeliveryStore, EndpointStore, JobStore, LogStore, Verdict } from "../ports.ts"
import { MINUTE_MS, SECOND_MS, type Instant } from "../time.ts"
import { inBatches } from "./batches.ts"
import { isAsked } from "./match.ts"
import { sendStep, type SendStepDeps } from "./message.ts"
import { openForReplay, type OpenDeps } from "./open.ts"
import { isWalked, ReplayProgress } from "./progress.ts"
import { walk } from "./walk.ts"

/**
 * While so many deliveries of the endpoint are held, a replay opens no more: so it goes at the pace at which they leave, `done` tells
 * how far it is, and a cancelled one leaves few behind.
 */
export const REPLAY_AHEAD_MAX = 1_000
/** How soon it looks again whether there is room: while deliveries leave, and while they are held for longer. */
const LOOK_MS = 5 * SECOND_MS
const LOOK_HELD_MS = MINUTE_MS

export type StepDeps = Omit<OpenDeps, "store"> &
  SendStepDeps & {
    store: OpenDeps["store"] & LogStore & EndpointStore & DeliveryStore & JobStore
    /** Has what is held let out, at the endpoint's pace. */
    startReleaser: (endpointId: string) => Promise<void>
    settings: { retentionMs: number }
  }

/**
 * One step of a job: takes a piece, has it let out, then moves the progress, and sends the next step to itself. Only the message with
 * the row's tick acts. A step that died is repeated from where it began and finds what it has opened; one whose message was lost is
 * found by `resumeJobs`.
 */
export const stepJob = async (message: JobMessage, deps: StepDeps): Promise<Verdict> => {
  const job = await deps.store.getJob(message.job)
  if (job !== null && job.kind === "replay" && !isJobFinished(job.status) && job.next?.tick === message.tick)
    await stepReplay(job, job.next.tick, deps)
  return { kind: "delete" }
}

const stepReplay = async (job: JobRow, tick: number, deps: StepDeps): Promise<void> => {
  const { store, clock } = deps
  const endpoint = await store.getEndpoint(job.endpointId ?? "")
  const gate = gateOf(endpoint, clock.now())
  if (endpoint === null || gate.kind === "cancel") {
    const why = gate.kind === "cancel" && gate.reason === "endpoint_gone" ? GONE : DELETED
    await store.putJob(finishedJob(job, "failed", { now: clock.now(), error: why }), job.version)
    return
  }
  const parsed = ReplayProgress.safeParse(job.progress)
  if (!parsed.success) {
    await store.putJob(finishedJob(job, "failed", { now: clock.now(), error: UNREADABLE }), job.version)
    return
  }
  const goOn = async (change: Partial<JobRow>, at: Instant): Promise<void> => {
    const now = clock.now()
    const next = { tick: tick + 1, at }
    const moved: JobRow = { ...job, ...change, status: "running", version: job.version + 1, updatedAt: now, next }
    if (await store.putJob(moved, job.version)) await sendStep(moved, at, deps)
  }

  if ((await store.countHeldLagging(endpoint.id, REPLAY_AHEAD_MAX)) >= REPLAY_AHEAD_MAX) {
    const isSlow = gate.kind === "hold" && endpoint.circuit.state !== "ramping"
    await goOn({}, clock.now() + (isSlow ? LOOK_HELD_MS : LOOK_MS))
    return
  }

  const { opened, rest } = await openNext(job, parsed.data, endpoint, deps)
  // Before the cursor moves: a crash in between comes here again.
  if (opened > 0) await deps.startReleaser(endpoint.id)
  const done = job.done + opened
  if (isWalked(rest)) {
    // What was counted when it was made may have been forgotten since, or may not have been counted to its end.
    const end = { ...finishedJob(job, "succeeded", { now: clock.now() }), done, matched: done }
    await store.putJob(end, job.version)
  } else await goOn({ progress: rest, done, matched: Math.max(job.matched, done) }, clock.now())
}

const openNext = async (
  job: JobRow,
  progress: ReplayProgress,
  endpoint: EndpointRow,
  deps: StepDeps,
): Promise<{ opened: number; rest: ReplayProgress }> => {
  const { asked } = progress
  const oldest = deps.clock.now() - deps.settings.retentionMs
  const { rows, rest } = await walk(progress, oldest, deps.store)
  const events = rows.filter((row) => isAsked(row, endpoint, asked, oldest))
  const answers = await inBatches(events, (event) =>
    openForReplay(event, { job, endpoint, onlyFailed: asked.onlyFailed }, deps),
  )
  return { opened: answers.filter(Boolean).length, rest }
}

const DELETED = "The endpoint was deleted."
const GONE =
  "The endpoint answered 410 and is disabled: resume it or give it a new url, then ask for a replay since its disabledAt."
const UNREADABLE = "The job's progress cannot be read by this version of Posthorn: ask for the replay again."
