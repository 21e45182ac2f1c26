import type { Event } from "@posthorn/core/event"
import type { BusEntry } from "@posthorn/core/ports"
import * as z from "zod"

export const SOURCE = "posthorn"

/** Where an event stands, as a resource of EventBridge's envelope. Percent-encoded, since upstream makes the accounts' ids. */
export const placeOf = (log: string, position: number): string =>
  `posthorn:log/${encodeURIComponent(log)}/${String(position)}`

const Place = z.string().regex(/^posthorn:log\/[^/]+\/[1-9]\d{0,15}$/)
const Delivered = z.object({
  source: z.literal(SOURCE),
  resources: z.array(z.string()),
  // As core made it: an event of an older version is to be delivered as it is.
  detail: z.custom<Event>((value) => z.object({ id: z.string(), type: z.string() }).safeParse(value).success),
})

/** What a rule hands to its target. Throws on anything that Posthorn's own bus adapter did not send. */
export const entryOf = (delivered: unknown): BusEntry => {
  const { resources, detail } = Delivered.parse(delivered)
  const place = Place.parse(resources.find((resource) => resource.startsWith("posthorn:log/")))
  const [, log = "", position = ""] = place.split("/")
  return { log: decodeURIComponent(log), position: Number(position), event: detail }
}
