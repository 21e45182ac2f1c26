import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"

import { person } from "@posthorn/simulator/person"
import { afterEach, describe, expect, it } from "vitest"

import { fasterCircuit } from "../faster-circuit.ts"
import { type Receiver, isSigned, startReceiver } from "../receiver.ts"
import { type Relay, type RelayOptions, startRelay, until } from "../relay.ts"

interface Envelope {
  id: string
  type: string
  data: { message: { id: string; text: string; direction: string }; sequence: number }
}
interface DeliveryJson {
  id: string
  status: string
  statusReason: string | null
  attemptCount: number
  eventId: string
  attempts: { errorKind: string; errorMessage: string; responseStatus: number; responseBody: string }[]
}

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const start = async (options: RelayOptions = {}): Promise<Relay> => {
  const relay = await startRelay(options)
  cleanups.push(
    () => relay.stop(),
    () => relay.simulator.close(),
  )
  return relay
}
const receive = async (): Promise<Receiver> => {
  const receiver = await startReceiver()
  cleanups.push(() => receiver.close())
  return receiver
}
const alice = person("Alice Example")
const conversationIn = (relay: Relay) =>
  relay.simulator.world.addConversation({ account: relay.accountId, people: [alice] })
const eventsAt = (receiver: Receiver): Envelope[] => receiver.requests.map(({ body }) => JSON.parse(body) as Envelope)
const deliveries = async (relay: Relay, query = ""): Promise<DeliveryJson[]> =>
  (await relay.api<{ data: DeliveryJson[] }>(`/v1/deliveries${query}`)).body.data
const delivery = async (relay: Relay, id: string): Promise<DeliveryJson> =>
  (await relay.api<DeliveryJson>(`/v1/deliveries/${id}`)).body

describe("from a message upstream to a signed POST", () => {
  it("delivers a message that someone wrote, signed, once", async () => {
    const [relay, receiver] = [await start(), await receive()]
    const { secret } = await relay.endpoint(receiver.url)
    relay.simulator.world.write({ conversation: conversationIn(relay), from: alice, text: "Hello 👋" })
    await relay.poll()
    const [request] = await receiver.waitFor(1)
    expect(isSigned(request!, secret)).toBe(true)
    expect(request!.headers["user-agent"]).toMatch(/^Posthorn\/\d/)
    expect(eventsAt(receiver)[0]).toMatchObject({
      type: "message.received",
      data: { message: { text: "Hello 👋", direction: "inbound" }, sequence: 1 },
    })
    await relay.poll()
    await relay.runtime.idle()
    expect(receiver.requests).toHaveLength(1)
  })

  it("never tells the owner's own message as received", async () => {
    const [relay, received, sent] = [await start(), await receive(), await receive()]
    await relay.endpoint(received.url)
    await relay.endpoint(sent.url, { eventTypes: ["message.sent"] })
    const conversation = conversationIn(relay)
    relay.simulator.world.write({ conversation, from: "owner", text: "mine" })
    relay.simulator.world.write({ conversation, from: alice, text: "hers" })
    await relay.poll()
    await relay.runtime.idle()
    expect(eventsAt(received).map(({ data }) => data.message.text)).toEqual(["hers"])
    expect(eventsAt(sent).map(({ data }) => data.message.text)).toEqual(["mine"])
  })

  it("sends the same bytes to the API as to the webhook", async () => {
    const [relay, receiver] = [await start(), await receive()]
    await relay.endpoint(receiver.url)
    relay.simulator.world.write({ conversation: conversationIn(relay), from: alice, text: "same" })
    await relay.poll()
    const [request] = await receiver.waitFor(1)
    const { body } = await relay.api(`/v1/events/${request!.id}`)
    expect(body).toEqual(JSON.parse(request!.body))
  })

  it.each([
    ["inclusive", "v1"],
    ["exclusive", "v2"],
  ] as const)(
    "loses and repeats nothing over a burst of ties, with %s anchors and generation %s",
    async (anchor, generation) => {
      const relay = await start({ simulator: { anchor, generation, pageSize: { thread: 20 } } })
      const receiver = await receive()
      await relay.endpoint(receiver.url)
      const conversation = conversationIn(relay)
      const at = Date.now() + 1_000
      for (let index = 0; index < 300; index++)
        relay.simulator.world.write({
          conversation,
          from: alice,
          text: `n${index}`,
          sentAt: at + Math.floor(index / 7),
        })
      for (let index = 0; index < 3; index++) await relay.poll()
      await relay.runtime.idle()
      const texts = eventsAt(receiver).map(({ data }) => data.message.text)
      expect(texts).toHaveLength(300)
      expect(new Set(texts).size).toBe(300)
      expect(
        eventsAt(receiver)
          .map(({ data }) => data.sequence)
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
    },
  )

  it("goes over to the other dialect when upstream does, with the same ids", async () => {
    const [relay, receiver] = [await start(), await receive()]
    await relay.endpoint(receiver.url)
    const conversation = conversationIn(relay)
    relay.simulator.world.write({ conversation, from: alice, text: "in legacy" })
    await relay.poll()
    relay.simulator.settings.dialect = "conversations"
    relay.simulator.world.write({ conversation, from: alice, text: "in conversations" })
    await relay.poll()
    await relay.poll()
    await relay.runtime.idle()
    expect(eventsAt(receiver).map(({ data }) => data.message.text)).toEqual(["in legacy", "in conversations"])
    expect((await relay.api("/v1/accounts")).body).toMatchObject({
      data: [{ dialect: "conversations", status: "healthy" }],
    })
  })

  it("marks nothing as read, and sends no typing indicator", async () => {
    const relay = await start()
    relay.simulator.world.write({ conversation: conversationIn(relay), from: alice })
    await relay.poll()
    expect(relay.simulator.world.sideEffects).toEqual([])
    expect(relay.simulator.requests.every(({ method }) => method === "GET")).toBe(true)
  })

  it("takes one list call for an idle poll, one detail call for a changed conversation, each with its account", async () => {
    const relay = await start()
    const conversation = conversationIn(relay)
    relay.simulator.world.write({ conversation, from: alice })
    await relay.poll()
    const before = relay.simulator.requests.length
    await relay.poll()
    expect(relay.simulator.requests.length - before).toBe(1)
    relay.simulator.world.write({ conversation, from: alice })
    await relay.poll()
    expect(relay.simulator.requests.length - before).toBe(3)
    expect(relay.simulator.requests.slice(before).every(({ query }) => "accountId" in query)).toBe(true)
  })
})

describe("when upstream is bad", () => {
  it.each([
    ["an answer that is HTML", { kind: "html" }],
    ["an empty answer", { kind: "empty" }],
    ["a cut-off answer", { kind: "truncated" }],
    ["a reset connection", { kind: "reset" }],
    ["200 with success false", { kind: "status", status: 200, shape: "G" }],
    ["a 500", { kind: "status", status: 500, shape: "B" }],
    ["a 429", { kind: "rate-limit", hint: "reset-ms", afterMs: 300 }],
  ] as const)("moves nothing past what was stored: %s", async (_, fault) => {
    const [relay, receiver] = [await start(), await receive()]
    await relay.endpoint(receiver.url)
    const conversation = conversationIn(relay)
    relay.simulator.world.write({ conversation, from: alice, text: "still here" })
    relay.simulator.faults.add({ ...fault, times: 1 })
    await relay.poll()
    await until(async () => {
      await relay.poll()
      return receiver.requests.length > 0
    }, "the delivery after the fault")
    await relay.runtime.idle()
    expect(eventsAt(receiver).map(({ data }) => data.message.text)).toEqual(["still here"])
  })

  it("loses only the message that cannot be read, and finds it when it can", async () => {
    const [relay, receiver] = [await start(), await receive()]
    await relay.endpoint(receiver.url)
    const conversation = conversationIn(relay)
    relay.simulator.world.write({ conversation, from: alice, text: "good" })
    relay.simulator.world.write({ conversation, from: alice, text: "bad", unreadable: true })
    await relay.poll()
    await receiver.waitFor(1)
    expect((await relay.api("/v1/accounts")).body).toMatchObject({
      data: [{ unreadableMessages: 1, status: "healthy" }],
    })
  })
})

describe("when a receiver is bad", () => {
  const quick = { env: { POSTHORN_RETRY_SECONDS: "0.05,0.05" } }

  it("sends again what failed, with the same id and a new signature, until it is taken", async () => {
    const [relay, receiver] = [await start(quick), await receive()]
    const { secret } = await relay.endpoint(receiver.url)
    receiver.answer((_, index) => ({ status: index === 0 ? 500 : 200 }))
    relay.simulator.world.write({ conversation: conversationIn(relay), from: alice })
    await relay.poll()
    const requests = await receiver.waitFor(2)
    expect(requests[0]!.id).toBe(requests[1]!.id)
    expect(requests.every((request) => isSigned(request, secret))).toBe(true)
    await until(async () => (await deliveries(relay))[0]?.status === "succeeded")
    const [{ id } = { id: "" }] = await deliveries(relay)
    expect((await delivery(relay, id)).attempts.map(({ responseStatus }) => responseStatus)).toEqual([500, 200])
  })

  it("ends exhausted after the last attempt, says so, and sends again on request", async () => {
    const [relay, receiver, operations] = [await start(quick), await receive(), await receive()]
    await relay.endpoint(receiver.url)
    await relay.endpoint(operations.url, { eventTypes: ["delivery.exhausted"] })
    receiver.answer({ status: 503 })
    relay.simulator.world.write({ conversation: conversationIn(relay), from: alice })
    await relay.poll()
    const [told] = await operations.waitFor(1)
    expect(JSON.parse(told!.body)).toMatchObject({
      type: "delivery.exhausted",
      data: { delivery: { attemptCount: 3 } },
    })
    const [exhausted] = await deliveries(relay, "?status=exhausted")
    receiver.answer({ status: 200 })
    expect((await relay.api(`/v1/deliveries/${exhausted!.id}/retry`, { method: "POST" })).status).toBe(202)
    await receiver.waitFor(4)
    await until(async () => (await delivery(relay, exhausted!.id)).status === "succeeded")
    expect(new Set(receiver.requests.map(({ id }) => id)).size).toBe(1)
  })

  it("lets no hanging receiver delay another", async () => {
    const [relay, hanging, healthy] = [await start(), await receive(), await receive()]
    hanging.answer({ hang: "headers" })
    await relay.endpoint(hanging.url)
    await relay.endpoint(healthy.url)
    const conversation = conversationIn(relay)
    for (let index = 0; index < 200; index++)
      relay.simulator.world.write({ conversation, from: alice, text: `n${index}` })
    await relay.poll()
    await healthy.waitFor(200)
    expect(hanging.requests.length).toBeGreaterThan(0)
  })

  it("disables an endpoint at 410, tells so, and makes nothing for it afterwards", async () => {
    const [relay, receiver, operations] = [await start(), await receive(), await receive()]
    const { id } = await relay.endpoint(receiver.url)
    await relay.endpoint(operations.url, { eventTypes: ["endpoint.disabled"] })
    receiver.answer({ status: 410 })
    const conversation = conversationIn(relay)
    relay.simulator.world.write({ conversation, from: alice })
    await relay.poll()
    await operations.waitFor(1)
    expect((await relay.api(`/v1/endpoints/${id}`)).body).toMatchObject({ status: "disabled", disabledReason: "gone" })
    relay.simulator.world.write({ conversation, from: alice })
    await relay.poll()
    await relay.runtime.idle()
    expect(receiver.requests).toHaveLength(1)
    expect(
      (await deliveries(relay, `?endpointId=${id}`)).map(({ status, statusReason }) => [status, statusReason]),
    ).toEqual([["cancelled", "endpoint_gone"]])
  })

  it("holds the whole endpoint for Retry-After, without burning attempts, and lets it out afterwards", async () => {
    const [relay, receiver] = [await start({ ...quick, circuit: fasterCircuit(10) }), await receive()]
    const { id } = await relay.endpoint(receiver.url)
    receiver.answer((_, index) => (index === 0 ? { status: 429, headers: { "retry-after": "1" } } : { status: 200 }))
    const conversation = conversationIn(relay)
    relay.simulator.world.write({ conversation, from: alice, text: "first" })
    await relay.poll()
    await receiver.waitFor(1)
    await until(async () => (await relay.api(`/v1/endpoints/${id}`)).body["notBefore"] !== null)
    relay.simulator.world.write({ conversation, from: alice, text: "second" })
    await relay.poll()
    await until(async () => (await deliveries(relay, "?status=held")).length === 1, "the held delivery")
    const asked = Date.now()
    await until(async () => {
      await relay.runtime.sweep()
      return receiver.requests.length === 3
    }, "the release")
    expect(receiver.requests.slice(1).every(({ at }) => at >= asked)).toBe(true)
    await until(async () => (await deliveries(relay)).every(({ status }) => status === "succeeded"))
  })

  it("follows no redirect, and dials nothing private where that is not allowed", async () => {
    const [relay, receiver, target] = [await start(quick), await receive(), await receive()]
    await relay.endpoint(receiver.url)
    receiver.answer({ status: 302, headers: { location: target.url } })
    relay.simulator.world.write({ conversation: conversationIn(relay), from: alice })
    await relay.poll()
    await until(async () => (await deliveries(relay))[0]?.status === "exhausted")
    expect(target.requests).toEqual([])
    const [{ id } = { id: "" }] = await deliveries(relay)
    expect((await delivery(relay, id)).attempts[0]).toMatchObject({ errorKind: "redirect" })

    const strict = await start({ env: { POSTHORN_ALLOW_PRIVATE_URLS: "false" } })
    const refused = await strict.api("/v1/endpoints", { body: { url: target.url } })
    expect(refused).toMatchObject({ status: 400, body: { code: "url_not_allowed" } })
  })

  it("keeps no secret in an attempt, a list or a log, even where the receiver echoes everything", async () => {
    const [relay, receiver] = [await start(quick), await receive()]
    const { secret } = await relay.endpoint(receiver.url, { headers: { "x-crm-token": "a-custom-header-secret" } })
    receiver.answer((request, index) => ({
      status: index === 0 ? 500 : 200,
      body: JSON.stringify({ headers: request.headers, secret }),
    }))
    relay.simulator.world.write({ conversation: conversationIn(relay), from: alice })
    await relay.poll()
    const requests = await receiver.waitFor(2)
    await until(async () => (await deliveries(relay))[0]?.status === "succeeded")
    const [{ id } = { id: "" }] = await deliveries(relay)
    const shown = JSON.stringify([
      await delivery(relay, id),
      (await relay.api("/v1/endpoints")).body,
      (await relay.api("/v1/events")).body,
      relay.logged,
    ])
    const signature = String(requests[0]!.headers["webhook-signature"]).replace("v1,", "")
    for (const hidden of [secret, secret.slice(6), signature, "a-custom-header-secret", "secret-upstream-key"])
      expect(shown).not.toContain(hidden)
    expect(shown).toContain("[redacted]")
    expect(relay.logged.join()).not.toContain("/hook")
  })

  it("sends a test event to one endpoint alone, through the same door", async () => {
    const [relay, tested, other] = [await start(), await receive(), await receive()]
    const { id, secret } = await relay.endpoint(tested.url)
    await relay.endpoint(other.url, { eventTypes: ["*"] })
    const { status, body } = await relay.api<DeliveryJson>(`/v1/endpoints/${id}/test`, { method: "POST" })
    expect(status).toBe(202)
    const [request] = await tested.waitFor(1)
    expect(isSigned(request!, secret)).toBe(true)
    await until(async () => (await delivery(relay, body.id)).status === "succeeded")
    expect(other.requests).toEqual([])
  })
})

describe("a restart", () => {
  it("goes on where it was: accounts, events, endpoints, and what waits to be delivered", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "posthorn-"))
    cleanups.push(() => rm(directory, { recursive: true }))
    const file = path.join(directory, "posthorn.db")
    const receiver = await receive()
    const first = await startRelay({ path: file, env: { POSTHORN_RETRY_SECONDS: "0.2" } })
    cleanups.push(() => first.simulator.close())
    await first.endpoint(receiver.url)
    const conversation = conversationIn(first)
    receiver.answer({ status: 500 })
    first.simulator.world.write({ conversation, from: alice, text: "before" })
    await first.poll()
    await receiver.waitFor(1)
    await first.stop()
    first.simulator.world.write({ conversation, from: alice, text: "while it was down" })
    receiver.answer({ status: 200 })

    const second = await startRelay({ path: file, like: first })
    cleanups.push(() => second.stop())
    await receiver.waitFor((request) => request.body.includes("while it was down"))
    await until(async () => (await deliveries(second)).every(({ status }) => status === "succeeded"))
    expect(new Set(eventsAt(receiver).map(({ data }) => data.message.text))).toEqual(
      new Set(["before", "while it was down"]),
    )
  })
})
