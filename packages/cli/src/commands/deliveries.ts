import { type Command, Option } from "commander"

import { deployed } from "../deployed.ts"
import { exitCodes } from "../exit.ts"
import { sayDelivery } from "../follow-delivery.ts"
import { parseTime } from "../parse.ts"
import { jsonText } from "../text.ts"
import { group } from "./group.ts"
import { limitOption, type ListOptions, pageLimit, take } from "./list-options.ts"

const EXAMPLE_ID = "dlv_c29tZSBldmVudCBmb3Igc29tZSBlbmRwb2ludC4u"
const id: [string, string] = ["<id>", "the delivery, dlv_…"]

interface DeliveryFilters extends ListOptions {
  endpoint?: string
  event?: string
  account?: string
  status?: string
  since?: string
  until?: string
}

const list = () =>
  deployed(
    {
      name: "list",
      summary: "deliveries, newest first",
      examples: [
        "deliveries list --status exhausted",
        "deliveries list --endpoint ep_Qm9ycm93ZWQgZnJvbSBub2 --since 1d --json",
      ],
      options: [
        new Option("--endpoint <id>", "to this endpoint"),
        new Option("--event <id>", "of this event"),
        new Option("--account <id>", "of this account's events"),
        new Option(
          "--status <status>",
          "pending, retrying, held, succeeded, exhausted or cancelled; several with commas",
        ),
        new Option("--since <time>", "made since: 2h, 3d or ISO 8601").argParser(parseTime),
        new Option("--until <time>", "made before").argParser(parseTime),
        limitOption(),
      ],
    },
    async ({ client, output, signal }, options: DeliveryFilters) => {
      const { endpoint: endpointId, event: eventId, account: accountId, status, since, until } = options
      const query = { endpointId, eventId, accountId, status, since, until, limit: pageLimit(options) }
      const found = await take(client.deliveries.list(query, { signal }), options)
      output.rows(found, ["id", "event type", "endpoint", "status", "tries", "last", "made"], (delivery) => {
        const { lastAttempt } = delivery
        const last = lastAttempt === null ? null : String(lastAttempt.responseStatus ?? lastAttempt.errorKind)
        const reason = delivery.statusReason === null ? "" : ` (${delivery.statusReason})`
        return [
          delivery.id,
          delivery.eventType,
          delivery.endpointId,
          `${delivery.status}${reason}`,
          String(delivery.attemptCount),
          last,
          delivery.createdAt,
        ]
      })
      return undefined
    },
  )

const get = () =>
  deployed(
    {
      name: "get",
      summary: "one delivery with its attempts",
      arguments: [id],
      examples: [`deliveries get ${EXAMPLE_ID}`],
    },
    async ({ client, output, signal }, _, deliveryId = "") => {
      const delivery = await client.deliveries.get(deliveryId, { signal })
      output.result(delivery, jsonText(delivery, 2))
      return undefined
    },
  )

const LOOK_MS = 300
const LOOKS_MAX = 100

const retry = () =>
  deployed(
    {
      name: "retry",
      summary: "send a delivery again now and say how it went",
      arguments: [id],
      examples: [`deliveries retry ${EXAMPLE_ID}`],
    },
    async ({ client, output, signal }, _, deliveryId = "") => {
      const before = await client.deliveries.get(deliveryId, { signal })
      await client.deliveries.retry(deliveryId, { signal })
      let delivery = before
      for (let looks = 0; looks < LOOKS_MAX; looks++) {
        delivery = await client.deliveries.get(deliveryId, { signal })
        if (delivery.attemptCount > before.attemptCount || delivery.status === "held") break
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        signal.throwIfAborted()
      }
      output.result(delivery, sayDelivery(delivery))
      return delivery.status === "succeeded" ? exitCodes.done : exitCodes.failed
    },
  )

export const deliveries = (): Command =>
  group("deliveries", "one event for one endpoint each", [list(), get(), retry()])
