import { createHash } from "node:crypto"

import { createRoute, z } from "@hono/zod-openapi"
import type { EndpointRow } from "@posthorn/core/endpoint"
import { VisibleError } from "@posthorn/core/error"
import { derivedId, EndpointId, newId } from "@posthorn/core/id"
import type { JobRow } from "@posthorn/core/job"
import { createReplay, dryRun } from "@posthorn/core/replay/create"
import type { ReplayRequest } from "@posthorn/core/replay/progress"
import { isoOrNull } from "@posthorn/core/time"

import type { ApiDeps } from "./deps.ts"
import { readEndpoint } from "./endpoint-write.ts"
import { idempotencyHeaders } from "./idempotency.ts"
import { Job, presentJob } from "./jobs.ts"
import { ReplayCreate } from "./replay-fields.ts"
import { bodyOf, createRouter, jsonOf, keyed } from "./router.ts"
import { strict } from "./validate.ts"

const Time = z.iso.datetime({ precision: 3 })

const ReplayCount = z
  .object({
    matched: z.int().min(0).describe("deliveries that the replay would come to"),
    oldest: Time.nullable().describe("when the first of these events was seen"),
    newest: Time.nullable().describe("when the last of them was seen"),
    exact: z.boolean().describe("false where counting ended early, after 5,000 events or 5 s: there may be more"),
  })
  .meta({ id: "ReplayCount", description: "What a replay would come to." })

const replayRoute = createRoute({
  method: "post",
  path: "/v1/endpoints/{id}/replay",
  tags: ["jobs"],
  summary: "Deliver events again to an endpoint",
  description:
    "Makes a job. The events go out under their old `webhook-id`, with a schedule of their own, through the endpoint's gate and behind " +
    "what is new. What is still open is delivered anyway, and is left as it is.",
  ...keyed("endpoints"),
  request: {
    params: z.object({ id: EndpointId }),
    query: strict({}, "query parameter"),
    headers: idempotencyHeaders,
    body: bodyOf(ReplayCreate),
  },
  responses: {
    200: jsonOf(ReplayCount, "With `dryRun`: nothing was done"),
    202: { ...jsonOf(Job, "At work, at `Location`"), headers: z.object({ location: z.string() }) },
  },
})

export type ReplayApiDeps = Pick<ApiDeps, "store" | "queue" | "clock" | "randomBytes"> & {
  /** Events seen longer ago are not sent again. */
  retentionMs: number
}

export const replay = ({ store, queue, clock, randomBytes, retentionMs }: ReplayApiDeps) => {
  const deps = { store, queue, clock, settings: { retentionMs } }

  return createRouter().openapi(replayRoute, async (c) => {
    const endpoint = await readEndpoint(c.req.valid("param").id, store)
    const input = c.req.valid("json")
    const request: ReplayRequest = {
      since: input.since ?? null,
      until: input.until ?? null,
      eventTypes: input.eventTypes ?? null,
      eventIds: input.eventIds ?? null,
      onlyFailed: input.onlyFailed ?? false,
    }
    if (input.dryRun === true) {
      const { matched, oldest, newest, isExact } = await dryRun(request, endpoint, deps)
      return c.json({ matched, oldest: isoOrNull(oldest), newest: isoOrNull(newest), exact: isExact }, 200)
    }
    const key = c.req.valid("header")["idempotency-key"]
    const id = key === undefined ? newId("job", randomBytes) : derivedId("job", c.get("caller")?.id ?? "", key)
    const requestHash = key === undefined ? null : hashOf(endpoint, request)
    const earlier = key === undefined ? null : await store.getJob(id)
    const job =
      earlier ?? (await createReplay(request, endpoint, { id, requestHash }, deps)) ?? (await store.getJob(id))
    if (job === null) throw new Error(`job ${id} is neither new nor there`)
    refuseReused(job, requestHash)
    c.header("location", `/v1/jobs/${id}`)
    return c.json(presentJob(job), 202)
  })
}

const hashOf = ({ id }: EndpointRow, request: ReplayRequest): string =>
  createHash("sha256")
    .update(JSON.stringify([id, request]))
    .digest("base64url")

const refuseReused = (job: JobRow, requestHash: string | null): void => {
  if (job.requestHash !== requestHash)
    throw new VisibleError(
      "idempotency_key_reused",
      "This Idempotency-Key came with another request before. Use a new one for a new job.",
    )
}
