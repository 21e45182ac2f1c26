import { z } from "@hono/zod-openapi"
import { eventTypes, isCustomType } from "@posthorn/core/event"
import { EventId } from "@posthorn/core/id"
import { EVENT_IDS_MAX } from "@posthorn/core/replay/progress"
import { nearest } from "@posthorn/core/settings"

import { quoted, strict } from "./validate.ts"

const EVENT_TYPES_LISTED_MAX = 100

const instantMessage = "must be an ISO 8601 time such as 2026-11-14T23:46:40Z"
const instant = (description: string) =>
  z.iso
    .datetime({ offset: true, error: instantMessage })
    .transform((text) => Date.parse(text))
    .refine((value) => Number.isFinite(value), instantMessage)
    .nullish()
    .meta({ type: ["string", "null"], format: "date-time", description })

/** A ping is sent by `test`, never again by a replay. */
const replayable: string[] = eventTypes.filter((type) => type !== "ping")

const eventType = z.string().superRefine((type, context) => {
  if (replayable.includes(type) || isCustomType(type)) return
  const meant = nearest(type, replayable)
  const hint =
    meant === null ? `There are ${replayable.join(", ")}, and custom.* of your own.` : `Did you mean ${quoted(meant)}?`
  context.addIssue({ code: "custom", message: `${quoted(type)} is not an event type to replay. ${hint}` })
})

export const ReplayCreate = strict({
  since: instant("events seen at or after this instant; needed where there are no `eventIds`"),
  until: instant("events seen before this instant; left out: all that are published now"),
  eventTypes: z
    .array(eventType)
    .min(1, "must name at least one event type; leave it out for all that the endpoint asks for")
    .max(EVENT_TYPES_LISTED_MAX, `must have at most ${EVENT_TYPES_LISTED_MAX} entries`)
    .transform((types) => [...new Set(types)])
    .nullish()
    .describe("of these types only; left out: all that the endpoint asks for"),
  eventIds: z
    .array(z.string().refine((id) => EventId.safeParse(id).success, "must be an event's id: evt_…"))
    .min(1, "must name at least one event; leave it out for all since an instant")
    .max(EVENT_IDS_MAX, `must have at most ${EVENT_IDS_MAX} ids; ask for more by since and until`)
    .transform((ids) => [...new Set(ids)])
    .nullish()
    .describe("these events only"),
  onlyFailed: z.boolean().nullish().describe("only deliveries that ended without success; left out: false"),
  dryRun: z.boolean().nullish().describe("only count; left out: false"),
})
  .superRefine(({ since, until, eventIds }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message })
    if (typeof since !== "number" && !Array.isArray(eventIds))
      refuse("since", "is required where there are no eventIds")
    if (typeof since === "number" && typeof until === "number" && until <= since) refuse("until", "must be after since")
  })
  .meta({ id: "ReplayCreate", description: "What is given must all hold for an event." })
export type ReplayCreate = z.infer<typeof ReplayCreate>
