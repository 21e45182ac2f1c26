import { type Command, Option } from "commander"

import { deployed } from "../deployed.ts"
import { followJob } from "../follow-job.ts"
import { jsonText } from "../text.ts"
import { group } from "./group.ts"
import { limitOption, type ListOptions, pageLimit, take } from "./list-options.ts"

const EXAMPLE_ID = "job_cmVwbGF5IGF0IHdvcmsuLi"
const id: [string, string] = ["<id>", "the job, job_…"]

const list = () =>
  deployed(
    {
      name: "list",
      summary: "jobs, newest first",
      examples: ["jobs list --status running"],
      options: [
        new Option("--kind <kind>", "replay, backfill or reconcile"),
        new Option("--status <status>", "queued, running, succeeded, failed or cancelled; several with commas"),
        new Option("--endpoint <id>", "of this endpoint"),
        new Option("--account <id>", "of this account"),
        limitOption(),
      ],
    },
    async (
      { client, output, signal },
      options: ListOptions & { kind?: string; status?: string; endpoint?: string; account?: string },
    ) => {
      const { kind, status, endpoint: endpointId, account: accountId } = options
      const found = await take(
        client.jobs.list({ kind, status, endpointId, accountId, limit: pageLimit(options) }, { signal }),
        options,
      )
      output.rows(found, ["id", "kind", "status", "done", "matched", "of", "made"], (job) => {
        return [
          job.id,
          job.kind,
          job.status,
          String(job.done),
          String(job.matched),
          job.endpointId ?? job.accountId,
          job.createdAt,
        ]
      })
      return undefined
    },
  )

const get = () =>
  deployed(
    { name: "get", summary: "one job", arguments: [id], examples: [`jobs get ${EXAMPLE_ID}`] },
    async ({ client, output, signal }, _, jobId = "") => {
      const job = await client.jobs.get(jobId, { signal })
      output.result(job, jsonText(job, 2))
      return undefined
    },
  )

const wait = () =>
  deployed(
    {
      name: "wait",
      summary: "follow a job to its end",
      arguments: [id],
      examples: [`jobs wait ${EXAMPLE_ID}`],
    },
    (deployment, _, jobId = "") => followJob(jobId, deployment),
  )

const cancel = () =>
  deployed(
    {
      name: "cancel",
      summary: "a job goes no further; what it has done stays",
      arguments: [id],
      examples: [`jobs cancel ${EXAMPLE_ID}`],
    },
    async ({ client, output, signal }, _, jobId = "") => {
      const job = await client.jobs.cancel(jobId, { signal })
      output.result(job, `${job.id} is ${job.status}.`)
      return undefined
    },
  )

export const jobs = (): Command => group("jobs", "replays and backfills at work", [list(), get(), wait(), cancel()])
