import { execFileSync } from "node:child_process"
import path from "node:path"

import { EXAMPLE_SECRET } from "@posthorn/api/event-examples"
import { schemaNames } from "@posthorn/api/event-json-schemas"
import { Webhook } from "standardwebhooks"
import { describe, expect, it } from "vitest"

import { asyncApiDoc, asyncApiDocument } from "../../scripts/asyncapi.ts"
import { recipeTool } from "../../scripts/recipes.ts"
import { alice, conversationIn, useStage } from "../flow/stage.ts"
import { until } from "../relay.ts"
import { faultsOf, messageOn, messages } from "./schemas.ts"

const { start, receive } = useStage()
const root = path.resolve(import.meta.dirname, "../..")

it("is served without a key, as it was made from the catalogue", async () => {
  const relay = await start()
  const response = await fetch(`${relay.runtime.url}/asyncapi.json`)
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"])
  expect(await response.json()).toEqual(JSON.parse(asyncApiDoc[1]))
  const again = await fetch(`${relay.runtime.url}/asyncapi.json`, {
    headers: { "if-none-match": response.headers.get("etag")! },
  })
  expect(again.status).toBe(304)
})

it("has every type as a webhook, and every type but the ping on the bus", () => {
  const { bus, webhook } = asyncApiDocument.channels
  expect(Object.keys(webhook.messages)).toEqual([...schemaNames])
  expect(Object.keys(bus.messages)).toEqual(schemaNames.filter((name) => name !== "ping"))
})

it.each(Object.entries(messages))(
  "%s: its example is valid by its own schemas, and those of others are not",
  (name, message) => {
    expect(message.examples).toHaveLength(1)
    for (const { headers, payload } of message.examples) {
      expect(faultsOf(name, "payload", payload)).toBeNull()
      expect(
        faultsOf(name, "payload", { ...payload, later: 1 }),
        "open: what is added later is no reason to refuse",
      ).toBeNull()
      for (const field of Object.keys(payload)) {
        const { [field]: _left, ...others } = payload
        expect(faultsOf(name, "payload", others), `without ${field}`).not.toBeNull()
      }
      if (headers !== undefined) {
        expect(faultsOf(name, "headers", headers)).toBeNull()
        for (const header of Object.keys(headers)) {
          const { [header]: _left, ...others } = headers
          expect(faultsOf(name, "headers", others), `without ${header}`).not.toBeNull()
        }
        const signedAt = new Date(1000 * Number(headers["webhook-timestamp"]))
        const signature = new Webhook(EXAMPLE_SECRET).sign(headers["webhook-id"]!, signedAt, JSON.stringify(payload))
        expect(headers["webhook-signature"], "signed with the secret that the document tells").toBe(signature)
      }
    }
    for (const [other, { examples }] of Object.entries(messages))
      if (other !== name) expect(faultsOf(name, "payload", examples[0]!.payload), other).not.toBeNull()
  },
)

it("is true of what a relay sends", async () => {
  const [relay, receiver] = [await start(), await receive()]
  await relay.endpoint(receiver.url, { eventTypes: ["*", "custom.deal_won"] })
  const conversation = conversationIn(relay)
  const { world } = relay.simulator
  const message = world.write({ conversation, from: alice, text: "hello" })
  world.write({ conversation, from: "owner", text: "hello yourself" })
  await relay.poll()
  world.edit({ message, text: "hello there" })
  world.write({ conversation, from: alice, text: "so that the conversation is read" })
  await relay.poll()
  const custom = { type: "custom.deal_won", data: { deal: 7 } }
  expect((await relay.api("/v1/events", { body: custom })).status).toBe(201)
  const wanted = ["conversation.created", "message.received", "message.sent", "message.updated", "custom.deal_won"]
  const seen = (): Set<string> =>
    new Set(receiver.requests.map(({ body }) => (JSON.parse(body) as { type: string }).type))
  await until(() => wanted.every((type) => seen().has(type)), `one of each, not ${[...seen()].join()}`)
  for (const { body, headers } of receiver.requests) {
    const event = JSON.parse(body) as { type: string }
    const name = messageOn("webhook", event.type.startsWith("custom.") ? "custom" : event.type) ?? event.type
    expect([faultsOf(name, "payload", event), faultsOf(name, "headers", headers)], name).toEqual([null, null])
  }
})

const parser = recipeTool("parser")
const missing = parser === null ? "run `node scripts/node.mjs scripts/recipes.ts` to install AsyncAPI's parser" : null
if (missing !== null && process.env.POSTHORN_TESTS_REQUIRED !== undefined) throw new Error(missing)
if (missing !== null) console.warn(`AsyncAPI's own parser, skipped: ${missing}`)

interface Parsed {
  version: string
  channels: string[]
  operations: string[]
  messages: number
  diagnostics: { severity: number; code: string; message: string }[]
}
/** Severities of the parser: 0 error, 1 warning, then hints. */
const WARNING = 1

describe.skipIf(missing !== null)(`AsyncAPI's own parser${missing === null ? "" : `, skipped: ${missing}`}`, () => {
  it("takes the document without an error or a warning", { timeout: 60_000 }, () => {
    const script = path.join(root, "scripts/asyncapi-parser/parse.mjs")
    const printed = execFileSync(process.execPath, [script, path.join(root, asyncApiDoc[0])], {
      cwd: parser!,
      encoding: "utf8",
    })
    const { diagnostics, ...parsed } = JSON.parse(printed) as Parsed
    expect(diagnostics.filter(({ severity }) => severity <= WARNING)).toEqual([])
    expect(parsed).toEqual({
      version: "3.0.0",
      channels: ["bus", "webhook"],
      operations: ["publish", "deliver"],
      messages: Object.keys(messages).length,
    })
  })
})
