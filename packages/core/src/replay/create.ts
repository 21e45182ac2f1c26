import { gateOf, type EndpointRow } from "../endpoint.ts"
import { VisibleError } from "../error.ts"
import { SYSTEM_LOG } from "../event.ts"
import { checkRoomForJob, isJobFinished, type JobRow } from "../job.ts"
import type { AccountStore, JobStore, LogStore } from "../ports.ts"
import { isoOrNull } from "../time.ts"
import { inBatches } from "./batches.ts"
import { countReplay, type CountDeps, type Counted } from "./count.ts"
import { sendStep, type SendStepDeps } from "./message.ts"
import type { ReplayProgress, ReplayRequest } from "./progress.ts"

export type DryRunDeps = CountDeps & {
  store: CountDeps["store"] & Pick<AccountStore, "listAccounts"> & Pick<LogStore, "findEventLagging" | "getPublished">
}
export type ReplayDeps = DryRunDeps & SendStepDeps & { store: DryRunDeps["store"] & JobStore }

/** What a replay would come to. Throws validation_failed for ids that no event has. */
export const dryRun = async (request: ReplayRequest, endpoint: EndpointRow, deps: DryRunDeps): Promise<Counted> =>
  await countReplay(await begin(request, deps), endpoint, deps)

/**
 * Makes the job and sends its first step. With an id that a job has already it answers null: the caller knows what that means.
 * Throws conflict where the endpoint can take none or has one unfinished, or where there are too many jobs.
 */
export const createReplay = async (
  request: ReplayRequest,
  endpoint: EndpointRow,
  { id, requestHash }: Pick<JobRow, "id" | "requestHash">,
  deps: ReplayDeps,
): Promise<JobRow | null> => {
  const gate = gateOf(endpoint, deps.clock.now())
  if (gate.kind === "cancel")
    throw new VisibleError(
      "conflict",
      "The endpoint answered 410 and is disabled: resume it or give it a new url first (PATCH).",
    )
  checkRoomForReplay(endpoint, await deps.store.listJobs())
  const progress = await begin(request, deps)
  const { matched } = await countReplay(progress, endpoint, deps)
  // Counting takes a while. Two that get past here together do no harm: each leaves alone what the other has opened.
  checkRoomForReplay(endpoint, await deps.store.listJobs())
  const now = deps.clock.now()
  const job: JobRow = {
    id,
    version: 1,
    kind: "replay",
    status: "queued",
    endpointId: endpoint.id,
    accountId: null,
    input: { ...request, since: isoOrNull(request.since), until: isoOrNull(request.until) },
    progress,
    matched,
    done: 0,
    missing: null,
    error: null,
    next: { tick: 1, at: now },
    requestHash,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
    expiresAt: null,
  }
  if (!(await deps.store.putJob(job, null))) return null
  await sendStep(job, now, deps)
  return job
}

const checkRoomForReplay = (endpoint: EndpointRow, jobs: JobRow[]): void => {
  const other = jobs.find(
    (job) => job.kind === "replay" && job.endpointId === endpoint.id && !isJobFinished(job.status),
  )
  if (other !== undefined)
    throw new VisibleError(
      "conflict",
      `The replay ${other.id} of this endpoint is not finished. Wait for it, or cancel it (POST /v1/jobs/${other.id}/cancel).`,
    )
  checkRoomForJob(jobs)
}

/** The whole of the walk: up to what is published now, since the bus brings the rest to the endpoint by itself. */
const begin = async (request: ReplayRequest, deps: DryRunDeps): Promise<ReplayProgress> => {
  const { since, until, eventTypes, eventIds, onlyFailed } = request
  const asked = { since, until, eventTypes, onlyFailed }
  if (eventIds !== null) return { asked, logs: [], events: await placesOf(eventIds, deps) }
  const accounts = await deps.store.listAccounts()
  const logs = [
    ...accounts.map(({ id, published }) => ({ log: id, after: null, upto: published })),
    { log: SYSTEM_LOG, after: null, upto: await deps.store.getPublished(SYSTEM_LOG) },
  ]
  return { asked, logs: logs.filter(({ upto }) => upto > 0), events: [] }
}

const placesOf = async (eventIds: string[], { store }: DryRunDeps): Promise<ReplayProgress["events"]> => {
  const found = await inBatches(eventIds, (eventId) => store.findEventLagging(eventId))
  const message = "no event has this id: retention may have removed it, or it is seconds old and not indexed yet"
  const errors = found.flatMap((row, index) =>
    row === null || row.forgotten ? [{ in: "body" as const, pointer: `/eventIds/${String(index)}`, message }] : [],
  )
  const [first] = errors
  if (first !== undefined)
    throw new VisibleError("validation_failed", `eventIds[${first.pointer.slice("/eventIds/".length)}]: ${message}`, {
      errors,
    })
  return found.flatMap((row) => (row === null ? [] : [{ log: row.log, position: row.position }]))
}
