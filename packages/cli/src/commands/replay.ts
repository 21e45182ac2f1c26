import { type Command, Option } from "commander"

import { deployed } from "../deployed.ts"
import { CliError, exitCodes } from "../exit.ts"
import { followJob } from "../follow-job.ts"
import { collect, parseTime } from "../parse.ts"

interface ReplayOptions {
  since?: string
  until?: string
  type?: string[]
  event?: string[]
  onlyFailed?: true
  dryRun?: true
  wait: boolean
}

const EXAMPLE_ID = "ep_Qm9ycm93ZWQgZnJvbSBub2"

export const replay = (): Command =>
  deployed(
    {
      name: "replay",
      summary: "deliver events again to an endpoint",
      description:
        "Delivers events again to an endpoint, under their old ids, and follows the job to its end. Ctrl-C leaves the job at work.",
      arguments: [["<endpoint>", "the endpoint, ep_…"]],
      examples: [
        `replay ${EXAMPLE_ID} --since 6h --only-failed`,
        `replay ${EXAMPLE_ID} --since 2026-11-14T00:00:00Z --until 2026-11-15T00:00:00Z --dry-run`,
      ],
      options: [
        new Option("--since <time>", "seen since: 2h, 3d or ISO 8601; needed where no --event is named").argParser(
          parseTime,
        ),
        new Option("--until <time>", "seen before").argParser(parseTime),
        new Option("--type <types>", "of these types only").argParser(collect),
        new Option("--event <ids>", "these events only").argParser(collect),
        new Option("--only-failed", "only deliveries that ended without success"),
        new Option("--dry-run", "only count"),
        new Option("--no-wait", "do not follow the job"),
      ],
    },
    async (deployment, { since, until, type, event, onlyFailed, dryRun, wait }: ReplayOptions, endpointId = "") => {
      const { client, output, signal } = deployment
      refuseUnusable(since, until, event)
      const input = Object.fromEntries(
        Object.entries({ since, until, eventTypes: type, eventIds: event, onlyFailed }).filter(
          ([, value]) => value !== undefined,
        ),
      )
      if (dryRun === true) {
        const count = await client.endpoints.replay(endpointId, { ...input, dryRun }, { signal })
        const { matched, exact, oldest, newest } = count
        const span = oldest === null || newest === null ? "" : `, seen from ${oldest} to ${newest}`
        output.result(count, `${exact ? "" : "at least "}${String(matched)} deliveries${span}`)
        return exitCodes.done
      }
      const job = await client.endpoints.replay(endpointId, input, { signal })
      if (wait) return followJob(job.id, deployment)
      output.result(job, `${job.id} is at work. To follow it: posthorn jobs wait ${job.id}`)
      return exitCodes.done
    },
  )

const refuseUnusable = (since: string | undefined, until: string | undefined, event: string[] | undefined): void => {
  if (since === undefined && event === undefined)
    throw new CliError(
      "Say what to replay: --since with a time, like --since 6h, or --event with ids of events.",
      exitCodes.usage,
    )
  if (since !== undefined && until !== undefined && until <= since)
    throw new CliError("--until: must be after --since.", exitCodes.usage)
}
