import { getRequestListener } from "@hono/node-server"
import { gone, type HandlerOptions, type PosthornEvent, slowDown } from "@posthorn/sdk"
import { handler as express } from "@posthorn/sdk/express"
import { handler as hono } from "@posthorn/sdk/hono"
import expressApp from "express"
import { Hono } from "hono"
import http, { type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it } from "vitest"

import { type Relay, until } from "../relay.ts"
import { alice, conversationIn, deliveries, useStage, write } from "./stage.ts"

const { start, cleanups } = useStage()

const listen = async (listener: RequestListener): Promise<string> => {
  const server = http.createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  cleanups.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

type Callback = (event: PosthornEvent) => ReturnType<typeof gone> | undefined
const servers: Record<string, (options: HandlerOptions<unknown>, callback: Callback) => Promise<string>> = {
  Hono: (options, callback) => {
    const app = new Hono()
    app.post("/hook", hono(options, callback))
    const listener = getRequestListener(app.fetch)
    return listen((request, response) => void listener(request, response))
  },
  Express: (options, callback) => {
    const app = expressApp()
    app.post("/hook", express(options, callback))
    return listen((request, response) => void app(request, response))
  },
}

interface Subscriber {
  id: string
  secrets: string[]
  events: PosthornEvent[]
  refused: string[]
  next: (answer: Callback) => void
}

/** A subscriber whose server is made with the SDK and registered at the relay. */
const subscribe = async (relay: Relay, kind: string, eventTypes: string[]): Promise<Subscriber> => {
  let answer: Callback = () => undefined
  const subscriber: Subscriber = { id: "", secrets: [], events: [], refused: [], next: (next) => void (answer = next) }
  const options: HandlerOptions<unknown> = {
    secret: () => subscriber.secrets,
    onRefused: ({ code }) => void subscriber.refused.push(code),
    onError: () => undefined,
  }
  const url = await servers[kind]!(options, (event) => {
    subscriber.events.push(event)
    return answer(event)
  })
  const { id, secret } = await relay.endpoint(url, { eventTypes })
  return Object.assign(subscriber, { id, secrets: [secret] })
}

describe.each(Object.keys(servers))("the relay's webhooks, received with the SDK in %s", (kind) => {
  it("verify, whatever their type, and are what the API says", async () => {
    const relay = await start()
    const subscriber = await subscribe(relay, kind, ["*", "custom.deal_won"])
    const conversation = conversationIn(relay)
    await write(relay, conversation, `Grüße, 世界 👋 <b>"\\u2028\u2028</b>`)
    relay.simulator.world.write({ conversation: conversation.id, from: "owner", text: "" })
    await relay.poll()
    await relay.api("/v1/events", { body: { type: "custom.deal_won", data: { amount: 1.5, ключ: [null, 1e21] } } })
    await relay.api(`/v1/endpoints/${subscriber.id}/test`, { method: "POST" })
    const wanted = ["conversation.created", "custom.deal_won", "message.received", "message.sent", "ping"]
    await until(() => subscriber.events.length >= wanted.length, "five events")
    await relay.runtime.idle()

    expect(subscriber.events.map(({ type }) => type).sort()).toEqual(wanted)
    expect(subscriber.refused).toEqual([])
    for (const event of subscriber.events.filter(({ type }) => type !== "ping"))
      expect((await relay.api(`/v1/events/${event.id}`)).body).toEqual(event)
    const received = subscriber.events.find((event) => event.type === "message.received")
    expect(received?.data.message.sender?.name).toBe(alice.name)
    const rows = await deliveries(relay, `endpointId=${subscriber.id}`)
    expect(rows.map(({ status }) => status)).toEqual(wanted.map(() => "succeeded"))
  })

  it("verify on either side of a rotation, and say so when the secret is another's", async () => {
    const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "0.05,0.05,0.05,0.05" } })
    const subscriber = await subscribe(relay, kind, ["message.received"])
    const [old] = subscriber.secrets
    const conversation = conversationIn(relay)
    const { body } = await relay.api<{ secret: string }>(`/v1/endpoints/${subscriber.id}/rotate-secret`, { body: {} })
    for (const [index, secrets] of [[old!], [body.secret], [body.secret, old!]].entries()) {
      subscriber.secrets = secrets
      await write(relay, conversation, `message ${index}`)
      await until(() => subscriber.events.length === index + 1, "the next message")
    }
    expect(subscriber.refused).toEqual([])

    subscriber.secrets = ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
    await write(relay, conversation, "for nobody")
    await until(() => subscriber.refused.length >= 1, "a refusal")
    expect(new Set(subscriber.refused)).toEqual(new Set(["wrong_secret"]))
    const attempts = async () => {
      const [newest] = await deliveries(relay, `endpointId=${subscriber.id}`)
      return (await relay.api<{ attempts: { responseBody: string }[] }>(`/v1/deliveries/${newest!.id}`)).body.attempts
    }
    await until(async () => (await attempts()).length >= 1, "the attempt on record")
    expect((await attempts())[0]!.responseBody).toMatch(/^wrong_secret: The secret does not fit/)
  })

  it("come again when the callback throws, stop for 410, wait for Retry-After", async () => {
    const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "0.05,0.05,0.05,0.05" } })
    const [throwing, leaving, busy] = [
      await subscribe(relay, kind, ["message.received"]),
      await subscribe(relay, kind, ["message.received"]),
      await subscribe(relay, kind, ["message.received"]),
    ]
    throwing.next(() => {
      if (throwing.events.length === 1) throw new Error("the database is down")
      return undefined
    })
    leaving.next(gone)
    busy.next(() => slowDown(3_600))
    const before = Date.now()
    await write(relay, conversationIn(relay), "one")

    await until(() => throwing.events.length === 2, "the repeat")
    expect(throwing.events[1]).toEqual(throwing.events[0])
    const endpoint = async ({ id }: Subscriber) =>
      (await relay.api<{ status: string; disabledReason: string; notBefore: string | null }>(`/v1/endpoints/${id}`))
        .body
    await until(async () => (await endpoint(leaving)).status === "disabled", "the end of the endpoint")
    expect((await endpoint(leaving)).disabledReason).toBe("gone")
    await until(async () => (await endpoint(busy)).notBefore !== null, "the pause")
    const pauseMs = Date.parse((await endpoint(busy)).notBefore ?? "") - before
    expect(pauseMs).toBeGreaterThanOrEqual(3_600_000)
    expect(pauseMs).toBeLessThan(3_660_000)
  })
})
