import { type Command, Option } from "commander"

import { deployed } from "../deployed.ts"
import { eventLine } from "../event-line.ts"
import { followEvents } from "../follow-events.ts"
import { collect, parseCount, parseTime } from "../parse.ts"
import { jsonText, plain } from "../text.ts"
import { collectTypes, typeFilter } from "../type-filter.ts"
import { group } from "./group.ts"
import { limitOption, type ListOptions, pageLimit, take } from "./list-options.ts"

const EXAMPLE_ID = "evt_dGhlIHNhbWUgbWVzc2Fn"
const id: [string, string] = ["<id>", "the event, evt_…"]

interface EventFilters extends ListOptions {
  type?: string[]
  account?: string
  conversation?: string
  since?: string
  until?: string
}

const list = () =>
  deployed(
    {
      name: "list",
      summary: "events, newest first",
      examples: ["events list --since 2h --type message.received", "events list --limit 1000 --json"],
      options: [
        new Option("--type <types>", "of these types").argParser(collect),
        new Option("--account <id>", "of this account"),
        new Option("--conversation <id>", "of this conversation"),
        new Option("--since <time>", "seen since: 2h, 3d or ISO 8601").argParser(parseTime),
        new Option("--until <time>", "seen before").argParser(parseTime),
        limitOption(),
      ],
    },
    async ({ client, output, signal }, options: EventFilters) => {
      const { type, account: accountId, conversation: conversationId, since, until } = options
      const query = { type, accountId, conversationId, since, until, limit: pageLimit(options) }
      const found = await take(client.events.list(query, { signal }), options)
      for (const event of found) output.result(event, eventLine(event))
      if (found.length === 0) output.note("none")
      return undefined
    },
  )

const get = () =>
  deployed(
    { name: "get", summary: "one event, whole", arguments: [id], examples: [`events get ${EXAMPLE_ID}`] },
    async ({ client, output, signal }, _, eventId = "") => {
      const event = await client.events.get(eventId, { signal })
      output.result(event, jsonText(event, 2))
      return undefined
    },
  )

const tail = () =>
  deployed(
    {
      name: "tail",
      summary: "events as they come, until Ctrl-C",
      description:
        "Every event as it comes, of all accounts and types, until Ctrl-C. With --json each line has its bookmark, for --from.",
      examples: ["events tail", "events tail --from start --type 'message.*' --json"],
      options: [
        new Option("--from <place>", "start, now, a bookmark or an event's id").default("now"),
        new Option("--type <types>", "show these only; `message.*` is all that begin so").argParser(collectTypes),
        new Option("--every <seconds>", "how often to ask").default(2).argParser(parseCount(1, 3_600)),
      ],
    },
    async ({ client, output, signal }, options: { from: string; type?: string[]; every: number }) => {
      const isWanted = typeFilter(options.type)
      const follow = followEvents(
        { after: options.from, everyMs: options.every * 1_000, once: false },
        { client, signal, note: output.note },
      )
      for await (const { event, bookmark } of follow)
        if (isWanted(event.type)) output.result({ event, bookmark }, eventLine(event))
      return undefined
    },
  )

const trace = () =>
  deployed(
    {
      name: "trace",
      summary: "why did I (not) get this event?",
      arguments: [id],
      examples: [`events trace ${EXAMPLE_ID}`],
    },
    async ({ client, output, signal }, _, eventId = "") => {
      const found = await client.events.trace(eventId, { signal })
      const lines = found.endpoints.map(
        ({ endpointId, wanted, explanation, delivery }) =>
          `${output.colour(wanted ? "bold" : "dim", endpointId)}  ${plain(explanation, 400)}${delivery === null ? "" : `  (${delivery.id})`}`,
      )
      const published = found.published ? "published" : "not published yet"
      const head = `${found.eventId}  ${plain(found.type)}  seen ${found.seenAt}, ${published}, at position ${String(found.position)}`
      const omitted = found.omitted === 0 ? [] : [`and ${String(found.omitted)} endpoints more`]
      output.result(found, [head, ...(lines.length === 0 ? ["There is no endpoint."] : lines), ...omitted].join("\n"))
      return undefined
    },
  )

export const events = (): Command => group("events", "what happened", [list(), get(), tail(), trace()])
