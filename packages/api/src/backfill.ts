import { createHash } from "node:crypto"

import { createRoute, z } from "@hono/zod-openapi"
import type { Account } from "@posthorn/core/account"
import { VisibleError } from "@posthorn/core/error"
import { derivedId, newId } from "@posthorn/core/id"
import type { JobRow } from "@posthorn/core/job"
import { BACKFILL_SINCE_MAX_MS, type BackfillInput } from "@posthorn/core/poll/backfill"
import { estimateBackfill } from "@posthorn/core/poll/estimate"
import { UntrustedAnswer } from "@posthorn/core/poll/health"
import { startJob } from "@posthorn/core/poll/start-job"
import { DAY_MS, iso, isoOrNull, MINUTE_MS, SECOND_MS } from "@posthorn/core/time"
import { UpstreamError } from "@posthorn/core/upstream/thread"

import { readAccount } from "./accounts.ts"
import { BackfillCreate, BackfillEstimate } from "./backfill-fields.ts"
import type { ApiDeps } from "./deps.ts"
import { idempotencyHeaders } from "./idempotency.ts"
import { Job, presentJob } from "./jobs.ts"
import { action, bodyOf, createRouter, jsonOf, keyed } from "./router.ts"
import { invalid, strict } from "./validate.ts"

const id = z.object({ id: z.string().max(200) })
const none = strict({}, "query parameter")
const tags = ["accounts"]
const accepted = { ...jsonOf(Job, "At work, at `Location`"), headers: z.object({ location: z.string() }) }

const backfillRoute = createRoute({
  method: "post",
  path: "/v1/accounts/{id}/backfill",
  tags,
  summary: "Bring messages from before the account was connected",
  description:
    "Makes a job that the account's polls work on, behind what is new. Its events are marked with `data.backfill: true`, go the way of all " +
    "events, and get the next sequence numbers. What has its event gets no other.",
  ...keyed("admin"),
  request: { params: id, query: none, headers: idempotencyHeaders, body: bodyOf(BackfillCreate) },
  responses: { 200: jsonOf(BackfillEstimate, "With `dryRun`: nothing was done"), 202: accepted },
})

const reconcileRoute = createRoute({
  method: "post",
  path: "/v1/accounts/{id}/reconcile",
  tags,
  summary: "Compare the last 24 hours with what was published",
  description:
    "Reads the last 24 hours again and publishes what had been missing; `missing` of the job tells how much that was. Each account is " +
    "reconciled every night by itself: see its `lastReconciliation`.",
  ...action("admin"),
  request: { params: id, query: none, headers: idempotencyHeaders },
  responses: { 202: accepted },
})

export type BackfillApiDeps = Pick<
  ApiDeps,
  "store" | "clock" | "randomBytes" | "pollNow" | "upstream" | "takeUpstreamRequest"
>

export const backfill = (deps: BackfillApiDeps) => {
  const { store } = deps

  /** The job, or that of an earlier request with this Idempotency-Key. */
  const start = async (
    account: Account,
    { kind, input }: Pick<JobRow, "kind" | "input">,
    { key, callerId }: { key: string | undefined; callerId: string },
  ): Promise<JobRow> => {
    const jobId = key === undefined ? newId("job", deps.randomBytes) : derivedId("job", callerId, key)
    const requestHash = key === undefined ? null : hashOf([account.id, kind, input])
    const earlier = key === undefined ? null : await store.getJob(jobId)
    const made = earlier ?? (await startJob(account, { id: jobId, kind, input, requestHash }, deps))
    const job = made ?? (await store.getJob(jobId))
    if (job === null) throw new Error(`job ${jobId} is neither new nor there`)
    if (job.requestHash !== requestHash)
      throw new VisibleError(
        "idempotency_key_reused",
        "This Idempotency-Key came with another request before. Use a new one for a new job.",
      )
    if (earlier === null) await deps.pollNow(account.id)
    return job
  }

  return createRouter()
    .openapi(backfillRoute, async (c) => {
      const account = await readAccount(c.req.valid("param").id, store)
      const { since, endpointIds = null, dryRun } = c.req.valid("json")
      checkSince(since, deps)
      if (dryRun === true) return c.json(await estimate(account, since, deps), 200)
      await checkEndpoints(endpointIds ?? [], deps)
      const input: BackfillInput = { since: iso(since), endpointIds }
      const caller = { key: c.req.valid("header")["idempotency-key"], callerId: c.get("caller")?.id ?? "" }
      const job = await start(account, { kind: "backfill", input }, caller)
      c.header("location", `/v1/jobs/${job.id}`)
      return c.json(presentJob(job), 202)
    })
    .openapi(reconcileRoute, async (c) => {
      const account = await readAccount(c.req.valid("param").id, store)
      const caller = { key: c.req.valid("header")["idempotency-key"], callerId: c.get("caller")?.id ?? "" }
      const job = await start(account, { kind: "reconcile", input: {} }, caller)
      c.header("location", `/v1/jobs/${job.id}`)
      return c.json(presentJob(job), 202)
    })
}

const checkSince = (since: number, { clock }: Pick<ApiDeps, "clock">): void => {
  const ago = clock.now() - since
  const refuse = (message: string) => invalid([{ in: "body", pointer: "/since", message }])
  if (ago <= 0) throw refuse("must be in the past")
  if (ago > BACKFILL_SINCE_MAX_MS)
    throw refuse(
      `may be at most ${BACKFILL_SINCE_MAX_MS / DAY_MS} days ago: ${iso(since + ago - BACKFILL_SINCE_MAX_MS)}`,
    )
}

const checkEndpoints = async (ids: string[], { store }: Pick<ApiDeps, "store">): Promise<void> => {
  const there = new Set((await store.listEndpoints()).map((endpoint) => endpoint.id))
  const message = "there is no endpoint with this id"
  const errors = ids.flatMap((endpointId, index) =>
    there.has(endpointId) ? [] : [{ in: "body" as const, pointer: `/endpointIds/${index}`, message }],
  )
  if (errors.length > 0) throw invalid(errors)
}

const estimate = async (
  account: Account,
  since: number,
  deps: BackfillApiDeps,
): Promise<z.infer<typeof BackfillEstimate>> => {
  const { upstream, takeUpstreamRequest: takeRequest } = deps
  if (upstream === null)
    throw new VisibleError("not_configured", "This deployment has no key for ConnectSafely, so nothing can be asked.")
  try {
    const found = await estimateBackfill(account, since, { upstream, takeRequest })
    if (found === null) {
      const seconds = Math.ceil((MINUTE_MS - (deps.clock.now() % MINUTE_MS)) / SECOND_MS)
      throw new VisibleError("rate_limited", "This minute's requests to ConnectSafely are used up.", {
        headers: { "retry-after": String(seconds) },
      })
    }
    const { conversations, oldest, newest, isExact } = found
    return { conversations, oldest: isoOrNull(oldest), newest: isoOrNull(newest), exact: isExact }
  } catch (error) {
    if (error instanceof UpstreamError || error instanceof UntrustedAnswer)
      throw new VisibleError("upstream_failed", error.message)
    throw error
  }
}

const hashOf = (parts: unknown[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("base64url")
