import { type Command, Option } from "commander"

import { deployed } from "../deployed.ts"
import { eventLine } from "../event-line.ts"
import { CliError, exitCodes } from "../exit.ts"
import { followDelivery, sayDelivery } from "../follow-delivery.ts"
import { parseJsonObject } from "../parse.ts"
import { group } from "./group.ts"

const ping = () =>
  deployed(
    {
      name: "ping",
      summary: "a `ping` for one endpoint; says how it went",
      arguments: [["<endpoint>", "the endpoint, ep_…"]],
      examples: ["trigger ping ep_Qm9ycm93ZWQgZnJvbSBub2"],
    },
    async ({ client, output, signal }, _, endpointId = "") => {
      const { id } = await client.endpoints.test(endpointId, { signal })
      const delivery = await followDelivery(id, { client, signal })
      const isGood = delivery.status === "succeeded"
      const mark = output.colour(isGood ? "green" : "red", isGood ? "✓" : "✗")
      output.result(delivery, `${mark} ${sayDelivery(delivery)}  (${id})`)
      return isGood ? exitCodes.done : exitCodes.failed
    },
  )

const custom = () =>
  deployed(
    {
      name: "custom",
      summary: "an event of your own, for every endpoint that asks for its type",
      description:
        "Publishes an event of your own: it goes on the bus, to every endpoint that names its type, and to whoever listens. Needs a key of scope admin.",
      arguments: [["<type>", "custom. and a name, like custom.deal_won"]],
      examples: [`trigger custom custom.deal_won --data '{"amount": 12}'`],
      options: [
        new Option("--data <json>", "its data; {} when left out").argParser(parseJsonObject),
        new Option("--idempotency-key <key>", "the same key and data again make nothing new"),
      ],
    },
    async (
      { client, output, signal },
      { data = {}, idempotencyKey }: { data?: Record<string, unknown>; idempotencyKey?: string },
      type = "",
    ) => {
      if (!type.startsWith("custom."))
        throw new CliError(
          'The type must be "custom." and a name in lower case, like custom.deal_won.',
          exitCodes.usage,
        )
      const event = await client.events.publish({ type, data }, { signal, idempotencyKey })
      output.result(event, eventLine(event))
      return undefined
    },
  )

export const trigger = (): Command => group("trigger", "a test event", [ping(), custom()])
