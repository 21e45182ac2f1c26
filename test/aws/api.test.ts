import { createHmac } from "node:crypto"

import { iso } from "@posthorn/core/time"
import { expect, it } from "vitest"

import type { Receiver } from "../receiver.ts"
import { onAws } from "./on-aws.ts"
import { HINT_SECRET } from "./request-event.ts"

interface EnvelopeJson {
  id: string
  type: string
  data: { conversation: { id: string }; message: { text: string } }
}
interface Page {
  data: EnvelopeJson[]
  nextCursor: string
}

const received = { eventTypes: ["message.received"] }
const eventsAt = ({ requests }: Receiver): EnvelopeJson[] =>
  requests.map(({ body }) => JSON.parse(body) as EnvelopeJson)

onAws("the API on AWS", ({ baselined, open, receive, write }) => {
  it("publishes an event of one's own on the bus, and so to the endpoints that name its type", async () => {
    const [cloud, receiver, other] = [await open(), await receive(), await receive()]
    await cloud.endpoint(receiver.port, { eventTypes: ["custom.deal_won"] })
    await cloud.endpoint(other.port, { eventTypes: ["*", "message.received"] })
    const made = await cloud.api<EnvelopeJson>("/v1/events", { type: "custom.deal_won", data: { euros: 5 } })
    expect(made.status).toBe(201)
    expect(cloud.gateway.counts.eventbridge.putEventsEntries).toBe(1)
    await cloud.settle()
    expect(receiver.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([made.body])
    const trace = await cloud.api<{ endpoints: unknown[] }>(`/v1/events/${made.body.id}/trace`)
    expect([trace.status, trace.body.endpoints.length]).toEqual([200, 2])
  })

  it("publishes it with the next sweep where the bus does not take it", async () => {
    const [cloud, receiver] = [await open(), await receive()]
    await cloud.endpoint(receiver.port, { eventTypes: ["custom.deal_won"] })
    cloud.gateway.fault = (operation) => (operation === "PutEvents" ? { status: 400, body: {} } : null)
    const made = await cloud.api("/v1/events", { type: "custom.deal_won", data: {} })
    expect(made.status).toBe(201)
    cloud.gateway.fault = null
    await cloud.settle()
    expect(receiver.requests).toEqual([])
    await cloud.sweep()
    await cloud.settle()
    expect(receiver.requests.map(({ id }) => id)).toEqual([made.body["id"]])
  })

  it("lets a key do what its scopes say, until it is revoked", async () => {
    const cloud = await open()
    const { status, body } = await cloud.api<{ id: string; key: string }>("/v1/keys", { name: "n", scopes: ["read"] })
    expect(status).toBe(201)
    const authorization = `Bearer ${body.key}`
    const as = (path: string, sent?: unknown) => cloud.api(path, sent, undefined, { authorization })
    expect((await as("/v1/endpoints")).status).toBe(200)
    expect((await as("/v1/keys", { name: "more", scopes: ["admin"] })).status).toBe(403)
    expect((await cloud.api(`/v1/keys/${body.id}`)).body["lastUsedAt"]).not.toBeNull()
    expect((await cloud.api(`/v1/keys/${body.id}`, null, "DELETE")).status).toBe(204)
    expect((await as("/v1/endpoints")).status).toBe(401)
    expect(cloud.logs.join()).not.toContain(body.key)
  })

  it("lets a browser in with a session of a key, over https, until it signs out", async () => {
    const cloud = await open()
    const { body: made } = await cloud.api<{ id: string; key: string }>("/v1/keys", { name: "n", scopes: ["read"] })
    const bearer = { authorization: `Bearer ${made.key}` }
    const signedIn = await cloud.api<{ key: object }>("/v1/session", null, "POST", bearer)
    expect([signedIn.status, signedIn.body.key]).toMatchObject([201, { id: made.id }])
    const [setCookie = ""] = signedIn.cookies
    expect(setCookie).toMatch(/^__Host-posthorn_session=[\w-]{43}; .*Secure/)
    const [cookie = ""] = setCookie.split(";")

    const page = { origin: "https://api.receivers.test", "x-posthorn-dashboard": "1" }
    const as = (method: string, path: string, more = {}) =>
      cloud.api(path, method === "POST" ? {} : null, method, { authorization: "", cookie, ...more })
    expect((await as("GET", "/v1/endpoints")).status).toBe(200)
    expect((await as("POST", "/v1/keys", page)).body["detail"]).toContain('"admin"')
    expect((await as("DELETE", "/v1/session", { ...page, origin: "https://receivers.test" })).status).toBe(403)
    expect((await as("DELETE", "/v1/session", page)).cookies).toMatchObject([expect.stringContaining("Max-Age=0")])
    expect((await as("GET", "/v1/endpoints")).status).toBe(401)
    const code = await cloud.api("/v1/session", { code: "any" }, "POST", { authorization: "" })
    expect([code.status, code.body["detail"]]).toEqual([401, expect.stringContaining("makes no sign-in codes")])
    expect(cloud.logs.join()).not.toContain(cookie.split("=")[1])
  })

  it("takes a signed hint for a reason to poll at once, and nothing else of it", async () => {
    const cloud = await baselined({ secrets: { HintSecret: HINT_SECRET } })
    const receiver = await receive()
    await cloud.endpoint(receiver.port, received)
    const [account = ""] = cloud.simulator.world.accounts.keys()
    const hint = { event: "message.received", data: { account_id: account, text: "not this" } }
    const signature = createHmac("sha256", HINT_SECRET).update(JSON.stringify(hint)).digest("hex")
    const send = (signed: string) =>
      cloud.api("/v1/hints/connectsafely", hint, "POST", {
        authorization: "",
        "x-webhook-signature": `sha256=${signed}`,
      })
    expect((await send("0".repeat(64))).status).toBe(401)
    await cloud.settle()
    const polls = cloud.invocations.Poll.count

    write(cloud, "hinted")
    expect((await send(signature)).status).toBe(202)
    expect((await send(signature)).status).toBe(202)
    await cloud.settle()
    expect(cloud.invocations.Poll.count).toBe(polls + 1)
    expect(eventsAt(receiver).map(({ data }) => data.message.text)).toEqual(["hinted"])
  })

  it("has no route for hints while no secret is set", async () => {
    const cloud = await open()
    expect((await cloud.api("/v1/hints/connectsafely", { data: { account_id: "a" } })).status).toBe(404)
  })

  it("walks forward over all that is published, page by page, and goes on where it was", async () => {
    const cloud = await baselined({ accounts: 2 })
    let after = (await cloud.api<Page>("/v1/events?after=now")).body.nextCursor
    write(cloud, "n1", "n2", "n3")
    await cloud.tick()
    await cloud.settle()
    const walked: EnvelopeJson[] = []
    const texts = () => walked.filter(({ type }) => type === "message.received").map(({ data }) => data.message.text)
    const walk = async (): Promise<void> => {
      for (;;) {
        const path = `/v1/events?limit=2&after=${encodeURIComponent(after)}`
        const { status, body } = await cloud.api<Page>(path)
        expect(status).toBe(200)
        walked.push(...body.data)
        after = body.nextCursor
        if (body.data.length === 0) return
      }
    }
    await walk()
    expect(texts()).toEqual(["n1", "n2", "n3"])
    write(cloud, "n4")
    await cloud.tick()
    await cloud.settle()
    await walk()
    expect(texts()).toEqual(["n1", "n2", "n3", "n4"])
    expect(new Set(walked.map(({ id }) => id)).size).toBe(walked.length)
  })

  it("shows a conversation as it is now, and that its owner types", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    await cloud.endpoint(receiver.port, received)
    const { world } = cloud.simulator
    const [account = ""] = world.accounts.keys()
    write(cloud, "hello", "are you there?")
    await cloud.tick()
    await cloud.settle()
    const { id } = eventsAt(receiver)[0]!.data.conversation
    world.write({ conversation: id, from: "owner", text: "not polled yet" })
    const path = `/v1/accounts/${account}`
    const live = await cloud.api<{ data: { text: string }[] }>(`${path}/conversations/${id}/messages`)
    expect([live.status, live.body.data.map(({ text }) => text)]).toEqual([
      200,
      ["not polled yet", "are you there?", "hello"],
    ])
    expect((await cloud.api(`${path}/typing`, { conversationId: id })).status).toBe(200)
    expect(world.sideEffects.map(({ action }) => action)).toEqual(["messaging/typing-indicator"])
  })

  it("counts what deliveries and polls did: one write per endpoint, minute and batch, and one for the whole", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    const { id } = await cloud.endpoint(receiver.port, received)
    const writes: [key: string, by: string][] = []
    cloud.gateway.fault = (operation, { Key }) => {
      const key = (Key as { pk?: { S: string } } | undefined)?.pk?.S ?? ""
      if (operation === "UpdateItem" && key.startsWith("stats#")) writes.push([key, operation])
      return null
    }
    write(cloud, "n1", "n2", "n3", "n4", "n5")
    await cloud.tick()
    await cloud.settle("Poll", "Fanout")
    expect(writes.map(([key]) => key)).toEqual(["stats#all"])
    writes.length = 0
    const before = cloud.invocations.Deliver.count
    await cloud.settle()
    expect(receiver.requests).toHaveLength(5)
    expect(writes.length).toBe(2 * (cloud.invocations.Deliver.count - before))
    expect(new Set(writes.map(([key]) => key))).toEqual(new Set(["stats#all", `stats#${id}`]))

    const { body } = await cloud.api<{ minutes: { seen: number; succeeded: number }[]; endpoints: unknown[] }>(
      `/v1/stats?until=${iso(cloud.now() + 60_000)}`,
    )
    const sum = (name: "seen" | "succeeded") => body.minutes.reduce((all, minute) => all + minute[name], 0)
    expect([sum("seen"), sum("succeeded")]).toEqual([5, 5])
    expect(body.endpoints).toMatchObject([{ endpointId: id, succeeded: 5, failed: 0, successRate: 1 }])
  })

  it("serves the reference that stands beside its bundle", async () => {
    const cloud = await open()
    const page = await cloud.fetch("/docs")
    expect([page.statusCode, page.headers?.["content-type"]]).toEqual([200, expect.stringContaining("text/html")])
    const files = [...(page.body ?? "").matchAll(/(?:src|href)="\/?(docs\/[^"]+)"/g)].map(([, file]) => file)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect((await cloud.fetch(`/${String(file)}`)).statusCode).toBe(200)
    expect((await cloud.fetch("/docs/none.js")).statusCode).toBe(404)
  })
})
