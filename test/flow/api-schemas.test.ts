import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import formats from "ajv-formats"
import { expect, it } from "vitest"

import { eventTypes } from "@posthorn/core/event"

import { type Relay, until } from "../relay.ts"
import { alice, conversationIn, deliveries, eventsAt, useStage } from "./stage.ts"

/** What is sent, against what is published about it, by a validator that knows nothing of ours. */

const stage = useStage()

const validatorOf = async (relay: Relay, name: string): Promise<ValidateFunction> => {
  const response = await fetch(`${relay.runtime.url}/schemas/${name}.json`)
  expect(response.status).toBe(200)
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
  formats.default(ajv)
  return ajv.compile((await response.json()) as object)
}

it("every type of event as a receiver gets it is valid by the schema that the relay publishes", async () => {
  const relay = await stage.start({ env: { POSTHORN_RETRY_SECONDS: "1" } })
  const [all, failing, gone] = [await stage.receive(), await stage.receive(), await stage.receive()]
  const { id } = await relay.endpoint(all.url, { eventTypes: [...eventTypes, "custom.deal_won"] })
  const { world } = relay.simulator

  const conversation = conversationIn(relay)
  const hers = world.write({ conversation, from: alice, text: "Hello 👋 \u0000\u2028" })
  world.write({ conversation, from: "owner", text: "Hello Alice" })
  world.write({ conversation, from: null, text: "Bob joined." })
  await relay.poll()
  world.react({ message: hers })
  world.edit({ message: hers, text: "Hello again" })
  world.write({ conversation, from: alice, text: "so that the conversation is read" })
  await relay.poll()

  await relay.endpoint(gone.url)
  gone.answer({ status: 410 })
  await relay.endpoint(failing.url)
  failing.answer({ status: 503 })
  world.write({ conversation, from: alice, text: "refused" })
  await relay.poll()
  await until(async () => (await deliveries(relay, "status=exhausted")).length === 1, "one given up")

  expect((await relay.api(`/v1/endpoints/${id}/test`, { method: "POST" })).status).toBe(202)
  const custom = { type: "custom.deal_won", data: { deal: 7, list: [null, { deep: true }] } }
  expect((await relay.api("/v1/events", { body: custom })).status).toBe(201)
  relay.simulator.faults.add({ kind: "wrong-account", times: 1 })
  await relay.poll()

  const arrived = () => new Set(eventsAt(all).map(({ type }) => type))
  const wanted = new Set<string>([...eventTypes, "custom.deal_won"])
  await until(() => arrived().size >= wanted.size, "an event of each type")
  expect(arrived()).toEqual(wanted)
  for (const event of eventsAt(all)) {
    const validate = await validatorOf(relay, event.type.startsWith("custom.") ? "custom" : event.type)
    expect(validate(event), `${event.type}: ${JSON.stringify(validate.errors)}`).toBe(true)
    expect(validate({ ...event, timestamp: "yesterday" })).toBe(false)
  }
})
