import { z } from "@hono/zod-openapi"
import { EndpointId } from "@posthorn/core/id"
import { BACKFILL_ENDPOINTS_MAX, BACKFILL_SINCE_MAX_MS } from "@posthorn/core/poll/backfill"
import { ESTIMATE_PAGES_MAX } from "@posthorn/core/poll/estimate"
import { DAY_MS } from "@posthorn/core/time"

import { strict } from "./validate.ts"

const sinceMessage = "must be an ISO 8601 time such as 2026-11-14T23:46:40Z"

export const BackfillCreate = strict({
  since: z.iso
    .datetime({ offset: true, error: sinceMessage })
    .transform((text) => Date.parse(text))
    .refine((value) => Number.isFinite(value), sinceMessage)
    .meta({
      type: "string",
      format: "date-time",
      description: `messages sent at or after this instant, at most ${BACKFILL_SINCE_MAX_MS / DAY_MS} days ago`,
    }),
  endpointIds: z
    .array(z.string().refine((id) => EndpointId.safeParse(id).success, "must be an endpoint's id: ep_…"))
    .min(1, "must name at least one endpoint; leave it out for all that ask for these events")
    .max(BACKFILL_ENDPOINTS_MAX, `must have at most ${BACKFILL_ENDPOINTS_MAX} ids`)
    .transform((ids) => [...new Set(ids)])
    .nullish()
    .describe("only these endpoints get the events; left out: all that ask for them. The bus has them for everyone"),
  dryRun: z.boolean().nullish().describe("only estimate; left out: false"),
}).meta({ id: "BackfillCreate" })
export type BackfillCreate = z.infer<typeof BackfillCreate>

const Time = z.iso.datetime({ precision: 3 })

export const BackfillEstimate = z
  .object({
    conversations: z.int().min(0).describe("with activity since then: each is read, with at least one request"),
    oldest: Time.nullable().describe("the first of their last activities"),
    newest: Time.nullable().describe("the last of them"),
    exact: z.boolean().describe(`false where the list goes on behind ${ESTIMATE_PAGES_MAX} pages: there are more`),
  })
  .meta({
    id: "BackfillEstimate",
    description:
      "What a backfill would have to read, by the list of conversations alone. How many messages are in them only reading them would tell.",
  })
