import type { Command } from "commander"
import { Option } from "commander"

import { type Deployed, deployed } from "../deployed.ts"
import { CliError, exitCodes } from "../exit.ts"
import { parseCount } from "../parse.ts"
import { jsonText } from "../text.ts"
import { endpointCells, endpointHead, hostOf } from "./endpoint-line.ts"
import { type FieldOptions, fieldOptions, fieldsOf } from "./endpoint-fields.ts"
import { group } from "./group.ts"
import { limitOption, type ListOptions, pageLimit, take } from "./list-options.ts"

const id: [string, string] = ["<id>", "the endpoint, ep_…"]
const EXAMPLE_ID = "ep_Qm9ycm93ZWQgZnJvbSBub2"

const list = () =>
  deployed(
    {
      name: "list",
      summary: "the endpoints, newest first",
      examples: ["endpoints list", "endpoints list --status disabled --json"],
      options: [new Option("--status <status>", "enabled, paused or disabled; several with commas"), limitOption()],
    },
    async ({ client, output, signal }, options: ListOptions & { status?: string }) => {
      const query = { status: options.status, limit: pageLimit(options) }
      const found = await take(client.endpoints.list(query, { signal }), options)
      output.rows(found, endpointHead, endpointCells)
      return undefined
    },
  )

const get = () =>
  deployed(
    { name: "get", summary: "one endpoint, whole", arguments: [id], examples: [`endpoints get ${EXAMPLE_ID}`] },
    async ({ client, output, signal }, _, endpointId = "") => {
      const endpoint = await client.endpoints.get(endpointId, { signal })
      output.result(endpoint, jsonText(endpoint, 2))
      return undefined
    },
  )

const showSecret = ({ output }: Deployed, endpoint: { id: string; url: string; secret: string }, what: string): void =>
  output.result(
    endpoint,
    `${endpoint.id} ${what} (${hostOf(endpoint.url)}). Its secret, shown here and never again:\n${endpoint.secret}`,
  )

const create = () =>
  deployed(
    {
      name: "create",
      summary: "make an endpoint; shows its secret, once",
      arguments: [["<url-of-receiver>", "where events are POSTed to"]],
      examples: [
        "endpoints create https://crm.example.com/hooks/linkedin",
        "endpoints create https://crm.example.com/hooks/linkedin --type message.received,message.sent --rate-limit 20",
      ],
      options: fieldOptions(),
    },
    async (deployment, options: FieldOptions, url = "") => {
      const { client, signal } = deployment
      showSecret(deployment, await client.endpoints.create({ ...fieldsOf(options), url }, { signal }), "made")
      return undefined
    },
  )

const update = () =>
  deployed(
    {
      name: "update",
      summary: "change an endpoint; what is not named stays",
      arguments: [id],
      examples: [`endpoints update ${EXAMPLE_ID} --to https://crm.example.com/v2/hooks --description "the CRM"`],
      options: [new Option("--to <url-of-receiver>", "where events are POSTed to"), ...fieldOptions()],
    },
    async ({ client, output, signal }, options: FieldOptions & { to?: string }, endpointId = "") => {
      const patch = { ...fieldsOf(options), ...(options.to === undefined ? {} : { url: options.to }) }
      if (Object.keys(patch).length === 0)
        throw new CliError("Nothing to change: name at least one field, like --description.", exitCodes.usage)
      const endpoint = await client.endpoints.update(endpointId, patch, { signal })
      output.result(endpoint, `${endpoint.id} changed: within 2 s all deliveries follow.`)
      return undefined
    },
  )

const remove = () =>
  deployed(
    {
      name: "delete",
      summary: "delete an endpoint; its open deliveries are cancelled",
      arguments: [id],
      examples: [`endpoints delete ${EXAMPLE_ID}`],
    },
    async ({ client, output, signal }, _, endpointId = "") => {
      await client.endpoints.delete(endpointId, { signal })
      output.result({ id: endpointId, deleted: true }, `${endpointId} deleted.`)
      return undefined
    },
  )

const switched = (name: "pause" | "resume", summary: string) =>
  deployed(
    { name, summary, arguments: [id], examples: [`endpoints ${name} ${EXAMPLE_ID}`] },
    async ({ client, output, signal }, _, endpointId = "") => {
      const endpoint = await client.endpoints[name](endpointId, { signal })
      output.result(endpoint, `${endpoint.id} is ${endpoint.status}, ${String(endpoint.heldCount)} deliveries held.`)
      return undefined
    },
  )

const rotateSecret = () =>
  deployed(
    {
      name: "rotate-secret",
      summary: "give an endpoint a new secret; shows it, once",
      arguments: [id],
      examples: [`endpoints rotate-secret ${EXAMPLE_ID}`, `endpoints rotate-secret ${EXAMPLE_ID} --overlap 0`],
      options: [
        new Option(
          "--overlap <seconds>",
          "how long the old secret signs along: a day when left out, 0 for one that leaked",
        ).argParser(parseCount(0, 604_800)),
      ],
    },
    async (deployment, { overlap }: { overlap?: number }, endpointId = "") => {
      const { client, signal } = deployment
      const body = overlap === undefined ? {} : { overlapSeconds: overlap }
      showSecret(deployment, await client.endpoints.rotateSecret(endpointId, body, { signal }), "has a new secret")
      return undefined
    },
  )

export const endpoints = (): Command =>
  group("endpoints", "where subscribers want events", [
    list(),
    get(),
    create(),
    update(),
    remove(),
    switched("pause", "hold an endpoint's deliveries"),
    switched("resume", "let them out again, slowly at first"),
    rotateSecret(),
  ])
