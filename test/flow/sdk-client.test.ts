import { readFileSync } from "node:fs"

import { describe, expect, it } from "vitest"
import { Webhook } from "standardwebhooks"

import type { Route, RouteOfOthers } from "../../packages/sdk/src/client/route.ts"
import { VERSION } from "../../packages/sdk/src/client/version.ts"
import { type Client, createClient, type Endpoint, type PosthornError } from "../../packages/sdk/src/index.ts"
import { apiDocument } from "../../scripts/reference.ts"
import { ADMIN_KEY, until } from "../relay.ts"
import type { Relay } from "../relay.ts"
import { conversationIn, useStage, write } from "./stage.ts"

const { start, receive } = useStage()

/** A client of a relay, and the routes that it asked for, as the document writes them. */
const clientOf = (relay: Relay, key = ADMIN_KEY): { client: Client; asked: string[] } => {
  const asked: string[] = []
  const client = createClient({
    url: relay.runtime.url,
    key,
    fetch: (url, init) => {
      asked.push(`${String(init.method)} ${templateOf(new URL(url).pathname)}`)
      return fetch(url, init)
    },
  })
  return { client, asked }
}

const paths = Object.keys(apiDocument().paths ?? {})
/** Of several that fit, the one with fewer places for values. */
const templateOf = (pathname: string): string =>
  paths
    .filter((path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname))
    .toSorted((a, b) => a.split("{").length - b.split("{").length)[0] ?? pathname

interface Things {
  accountId: string
  conversationId: string
  endpoint: Endpoint
  eventId: string
  deliveryId: string
}

const failing = (code: string) => (error: PosthornError) => {
  if (error.code !== code) throw error
}

/** A call for every route that the API has: the compiler asks for one that is missing here, since `Route` is made from the document. */
const calls: Record<Exclude<Route, RouteOfOthers>, (client: Client, things: Things) => Promise<unknown>> = {
  "GET /health": (client) => client.health(),
  "GET /v1/me": (client) => client.me(),
  "GET /v1/stats": (client, { endpoint }) =>
    client.stats({ endpointId: endpoint.id, since: new Date(Date.now() - 60_000) }),
  "GET /v1/endpoints": (client) => client.endpoints.list({ status: ["enabled", "paused"] }).page(),
  "POST /v1/endpoints": (client, { endpoint }) => client.endpoints.create({ url: endpoint.url }),
  "POST /v1/endpoints/preview": (client) => client.endpoints.preview({ eventTypes: ["message.received"] }),
  "GET /v1/endpoints/{id}": (client, { endpoint }) => client.endpoints.get(endpoint.id),
  "PATCH /v1/endpoints/{id}": (client, { endpoint }) =>
    client.endpoints.update(endpoint.id, { description: "the CRM" }),
  "DELETE /v1/endpoints/{id}": async (client, { endpoint }) => {
    const { id } = await client.endpoints.create({ url: endpoint.url })
    await client.endpoints.delete(id)
  },
  "POST /v1/endpoints/{id}/test": (client, { endpoint }) => client.endpoints.test(endpoint.id),
  "POST /v1/endpoints/{id}/pause": (client, { endpoint }) => client.endpoints.pause(endpoint.id),
  "POST /v1/endpoints/{id}/resume": (client, { endpoint }) => client.endpoints.resume(endpoint.id),
  "POST /v1/endpoints/{id}/rotate-secret": (client, { endpoint }) => client.endpoints.rotateSecret(endpoint.id),
  "POST /v1/endpoints/{id}/replay": async (client, { endpoint, eventId }) => {
    const count = await client.endpoints.replay(endpoint.id, { eventIds: [eventId], dryRun: true })
    const job = await client.endpoints.replay(endpoint.id, { since: new Date(0), onlyFailed: true })
    expect([count.matched, job.kind]).toEqual([1, "replay"])
  },
  "GET /v1/events": async (client, { eventId }) => {
    for await (const { event } of client.events.catchUp({ after: "start" })) if (event.id === eventId) return
    throw new Error("the event did not come")
  },
  "POST /v1/events": (client) => client.events.publish({ type: "custom.deal_won", data: { amount: 1 } }),
  "GET /v1/events/{id}": (client, { eventId }) => client.events.get(eventId),
  "GET /v1/events/{id}/trace": async (client, { eventId }) => {
    const { endpoints } = await client.events.trace(eventId)
    expect(endpoints[0]?.delivery?.attempts[0]?.outcome).toBe("succeeded")
  },
  "GET /v1/deliveries": (client, { eventId }) => client.deliveries.list({ eventId, status: "succeeded" }).page(),
  "GET /v1/deliveries/{id}": (client, { deliveryId }) => client.deliveries.get(deliveryId),
  "POST /v1/deliveries/{id}/retry": (client, { deliveryId }) => client.deliveries.retry(deliveryId),
  "GET /v1/accounts": (client) => client.accounts.list().page(),
  "GET /v1/accounts/{id}": (client, { accountId }) => client.accounts.get(accountId),
  "PATCH /v1/accounts/{id}": (client, { accountId }) => client.accounts.update(accountId, { label: "Sales" }),
  "POST /v1/accounts/{id}/poll": (client, { accountId }) => client.accounts.poll(accountId),
  "POST /v1/accounts/{id}/backfill": (client, { accountId }) =>
    client.accounts.backfill(accountId, { since: new Date(Date.now() - 3_600_000), dryRun: true }),
  "POST /v1/accounts/{id}/reconcile": async (client, { accountId }) => {
    const { id } = await client.accounts.reconcile(accountId)
    const looks: string[] = []
    const job = await client.jobs.wait(id, { pollMs: 20, onProgress: ({ status }) => void looks.push(status) })
    expect([job.status, looks.at(-1)]).toEqual(["succeeded", "succeeded"])
  },
  "POST /v1/accounts/{id}/typing": (client, { accountId, conversationId }) =>
    client.accounts.typing(accountId, conversationId),
  "GET /v1/accounts/{id}/conversations/{conversationId}/messages": async (client, { accountId, conversationId }) => {
    const { data } = await client.accounts.messages(accountId, conversationId).page()
    expect(data[0]?.text).toBe("hello")
  },
  "DELETE /v1/accounts/{id}/data": (client, { accountId }) =>
    client.accounts.forget(accountId, { conversationId: "2-nobody" }),
  "GET /v1/jobs": (client) => client.jobs.list({ kind: ["replay", "reconcile"] }).page(),
  "GET /v1/jobs/{id}": (client) => client.jobs.get("job_0000000000000000000000").catch(failing("not_found")),
  "POST /v1/jobs/{id}/cancel": (client) => client.jobs.cancel("job_0000000000000000000000").catch(failing("not_found")),
  "GET /v1/keys": (client) => client.keys.list().page(),
  "POST /v1/keys": (client) => client.keys.create({ name: "zapier", scopes: ["read"] }),
  "GET /v1/keys/{id}": (client) => client.keys.get("key_0000000000000000000000").catch(failing("not_found")),
  "DELETE /v1/keys/{id}": (client) => client.keys.delete("key_0000000000000000000000").catch(failing("not_found")),
}

const others: Record<RouteOfOthers, string> = {
  "POST /v1/session": "a browser's, for the dashboard",
  "DELETE /v1/session": "a browser's, for the dashboard",
  "POST /v1/hints/connectsafely": "ConnectSafely's own call, signed by it",
}

const withOneEvent = async () => {
  const relay = await start()
  const receiver = await receive()
  const { client, asked } = clientOf(relay)
  const endpoint = await client.endpoints.create({ url: receiver.url })
  const conversation = conversationIn(relay)
  await write(relay, conversation, "hello")
  const [request] = await receiver.waitFor(1)
  const eventId = request?.id ?? ""
  const delivery = async () => (await client.deliveries.list({ eventId }).page()).data[0]
  await until(async () => (await delivery())?.status === "succeeded")
  const { accountId } = relay
  const things: Things = {
    accountId,
    conversationId: conversation.id,
    endpoint,
    eventId,
    deliveryId: (await delivery())?.id ?? "",
  }
  return { relay, receiver, client, asked, things, request }
}

describe("the client", () => {
  it("reaches every route of the document, against the real relay", async () => {
    const { client, asked, things } = await withOneEvent()
    const documented = Object.entries(apiDocument().paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect([...Object.keys(calls), ...Object.keys(others)].toSorted()).toEqual(documented.toSorted())
    for (const [route, call] of Object.entries(calls)) {
      asked.length = 0
      await call(client, things)
      expect(asked, route).toContain(route)
    }
  })

  it("gives an endpoint's secret, with which its webhooks verify", async () => {
    const relay = await start()
    const receiver = await receive()
    const { client } = clientOf(relay)
    const { secret } = await client.endpoints.create({ url: receiver.url, eventTypes: ["message.received"] })
    await write(relay, conversationIn(relay), "signed")
    const [request] = await receiver.waitFor(1)
    expect(new Webhook(secret).verify(request!.body, request!.headers as Record<string, string>)).toMatchObject({
      type: "message.received",
    })
  })

  it("goes through a list page after page, and through one page alone", async () => {
    const relay = await start()
    const { client, asked } = clientOf(relay)
    for (let count = 0; count < 5; count++)
      await client.endpoints.create({ url: `https://example.com/${String(count)}` })
    asked.length = 0
    const urls: string[] = []
    for await (const { url } of client.endpoints.list({ limit: 2 })) urls.push(url)
    expect(urls).toEqual([4, 3, 2, 1, 0].map((count) => `https://example.com/${String(count)}`))
    expect(asked).toHaveLength(3)
    const pages = client.endpoints.list({ limit: 3 })
    const first = await pages.page()
    const second = await pages.page(first.nextCursor!)
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([3, 2, null])
  })

  it("lists events of a type, and events of one's own come back as they went", async () => {
    const { client, things } = await withOneEvent()
    const made = await client.events.publish({ type: "custom.deal_won", data: { amount: 12 } })
    const types: string[] = []
    for await (const event of client.events.list({ type: ["custom.deal_won", "message.received"] }))
      types.push(event.type)
    expect(types).toEqual(["custom.deal_won", "message.received"])
    expect(await client.events.get(made.id)).toEqual(made)
    const event = await client.events.get(things.eventId)
    // The union is one over `type`: this compiles only where the compiler knows `data`.
    expect(event.type === "message.received" ? event.data.message.text : "").toBe("hello")
  })

  it("says what is wrong as the deployment says it: code, status, the fields to blame, the request's id", async () => {
    const relay = await start()
    const { client } = clientOf(relay)
    const error: unknown = await client.endpoints
      .create({ url: "https://example.com", eventTypes: ["message.recieved"] })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      name: "PosthornError",
      code: "validation_failed",
      status: 400,
      detail: expect.stringContaining('Did you mean "message.received"?') as string,
      errors: [{ in: "body", pointer: "/eventTypes/0" }],
      requestId: expect.stringMatching(/^req_/) as string,
    })
    const refused: unknown = await clientOf(relay, "phk_wrong")
      .client.me()
      .catch((thrown: unknown) => thrown)
    expect(refused).toMatchObject({ code: "unauthorized", status: 401 })
  })

  it("says cursor_expired where what stands behind a bookmark is gone", async () => {
    const { relay, client } = await withOneEvent()
    const before = await client.events.now()
    await client.events.publish({ type: "custom.one", data: {} })
    await client.events.publish({ type: "custom.two", data: {} })
    relay.runtime.store.db.exec("DELETE FROM events WHERE log = 'system'")
    const walk = client.events.catchUp({ after: before })
    await expect(walk.next()).rejects.toMatchObject({ code: "cursor_expired", status: 410 })
  })

  it("follows events as they come, and ends with the signal's reason", async () => {
    const relay = await start()
    const { client } = clientOf(relay)
    const conversation = conversationIn(relay)
    const ending = new AbortController()
    const after = await client.events.now()
    const texts: string[] = []
    const following = (async () => {
      const options = { after, follow: true, pollMs: 100, signal: ending.signal }
      for await (const { event } of client.events.catchUp(options))
        if (event.type === "message.received") texts.push(event.data.message.text)
    })()
    await write(relay, conversation, "one")
    await until(() => texts.length === 1)
    await write(relay, conversation, "two", "three")
    await until(() => texts.length === 3)
    ending.abort(new Error("enough"))
    await expect(following).rejects.toThrow("enough")
    expect(texts).toEqual(["one", "two", "three"])
  })

  it("says in its user agent which version it is", () => {
    const { version } = JSON.parse(readFileSync("packages/sdk/package.json", "utf8")) as { version: string }
    expect(VERSION).toBe(version)
  })
})
