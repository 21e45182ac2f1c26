import { describe, expect, it } from "vitest"

import { whyNoN8n } from "./package.ts"
import { endpoints, nobodyHome, useStage } from "./stage.ts"

const reason = whyNoN8n()
const SECRET_OF_NODE = "node:Posthorn Trigger"

describe.skipIf(reason !== null)(`activating a workflow${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  const stage = useStage()

  it("makes one endpoint of its URL, however often, and n8n's start finds it there", async () => {
    const { relay, n8n } = await stage.start()
    expect(await n8n.activate()).toBe(true)
    expect(await endpoints(relay)).toMatchObject([
      {
        url: n8n.productionUrl,
        eventTypes: ["message.received"],
        filter: null,
        ordering: "none",
        rateLimit: null,
        status: "enabled",
        description: "n8n: Answer LinkedIn",
        metadata: { source: "n8n", workflowId: "wf1" },
      },
    ])
    const kept = n8n.staticData()
    expect(kept[SECRET_OF_NODE]).toMatchObject({ secret: expect.stringMatching(/^whsec_/) as string })
    expect(await n8n.activate("init")).toBe(false)
    expect(await n8n.activate()).toBe(false)
    expect(await endpoints(relay)).toHaveLength(1)
    expect(n8n.staticData()).toEqual(kept)
  })

  it("is a good end to one that broke off: the endpoint is kept, and its secret replaced", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const [before] = await endpoints(relay)
    const { secret } = n8n.staticData()[SECRET_OF_NODE] as { secret: string }
    n8n.forget()
    expect(await n8n.activate()).toBe(true)
    expect(await endpoints(relay)).toMatchObject([{ id: before!.id, previousSecretExpiresAt: null }])
    const renewed = n8n.staticData()[SECRET_OF_NODE] as { secret: string; endpointId: string }
    expect(renewed.endpointId).toBe(before!.id)
    expect(renewed.secret).not.toBe(secret)
  })

  it("brings changed parameters to the endpoint that is there", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const [before] = await endpoints(relay)
    n8n.set({
      events: ["message.sent", "*"],
      accounts: [relay.accountId],
      options: {
        customEventTypes: " custom.lead.scored , ",
        filter: '{ "data": { "backfill": [false] } }',
        ordering: "conversation",
        rateLimit: 7,
      },
    })
    expect(await n8n.activate()).toBe(true)
    const wanted = {
      id: before!.id,
      eventTypes: ["message.sent", "*", "custom.lead.scored"],
      filter: { data: { account: { id: [relay.accountId, { exists: false }] }, backfill: [false] } },
      ordering: "conversation",
      rateLimit: 7,
    }
    expect(await endpoints(relay)).toMatchObject([wanted])
    n8n.set({ events: ["*", "message.sent"] })
    expect(await n8n.activate(), "the order of types is no change").toBe(false)
    n8n.set({ accounts: [], options: {} })
    expect(await n8n.activate()).toBe(true)
    expect(await endpoints(relay)).toMatchObject([{ id: before!.id, filter: null, ordering: "none", rateLimit: null }])
  })

  it("makes right what somebody else changed in Posthorn", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const [{ id } = { id: "" }] = await endpoints(relay)
    for (const body of [{ format: "slack" }, { eventTypes: ["message.sent"] }, { rateLimit: 1 }]) {
      await relay.api(`/v1/endpoints/${id}`, { method: "PATCH", body })
      expect(await n8n.activate("init"), JSON.stringify(body)).toBe(true)
    }
    expect(await endpoints(relay)).toMatchObject([
      { id, format: "standard", eventTypes: ["message.received"], rateLimit: null },
    ])
    await relay.api(`/v1/endpoints/${id}`, { method: "DELETE" })
    expect(await n8n.activate("init")).toBe(true)
    expect(await endpoints(relay)).toMatchObject([{ url: n8n.productionUrl, status: "enabled" }])
  })

  it("ends a pause when somebody activates, not when n8n starts", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const [{ id } = { id: "" }] = await endpoints(relay)
    await relay.api(`/v1/endpoints/${id}/pause`, { method: "POST" })
    expect(await n8n.activate("init")).toBe(false)
    expect(await endpoints(relay)).toMatchObject([{ id, status: "paused" }])
    expect(await n8n.activate("activate")).toBe(true)
    expect(await endpoints(relay)).toMatchObject([{ id, status: "enabled" }])
  })

  it("has an endpoint of its own for a test, which takes nothing from production's", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    await n8n.listen()
    expect((await endpoints(relay)).map(({ url }) => url).sort()).toEqual([n8n.productionUrl, n8n.testUrl].sort())
    await n8n.stopListening()
    expect(await endpoints(relay)).toMatchObject([{ url: n8n.productionUrl }])
    expect(await n8n.activate()).toBe(false)
  })

  it("leaves the endpoint and its secret alone where n8n's start does not reach Posthorn", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const before = await endpoints(relay)
    const kept = n8n.staticData()
    n8n.setCredential({ url: await nobodyHome() })
    await expect(n8n.activate("init")).rejects.toThrow(/could not be reached/)
    n8n.setCredential({ url: relay.runtime.url })
    expect(await n8n.activate("init")).toBe(false)
    expect([await endpoints(relay), n8n.staticData()]).toEqual([before, kept])
  })

  it("asks for nothing of before the first one, though n8n tried in vain and took away what was not there", async () => {
    const { relay, n8n } = await stage.start()
    n8n.set({ options: { filter: "{" } })
    await expect(n8n.activate()).rejects.toThrow(/not JSON/)
    n8n.set({ options: {} })
    await n8n.activate()
    expect((await relay.api<{ data: unknown[] }>("/v1/jobs?kind=replay")).body.data).toEqual([])
  })

  it("waits where Posthorn asks to wait, as when many workflows start together", async () => {
    const { relay, n8n } = await stage.start()
    const statuses: number[] = []
    while (!statuses.includes(429)) {
      const answers = await Promise.all(Array.from({ length: 40 }, () => relay.api("/v1/me")))
      statuses.push(...answers.map(({ status }) => status))
    }
    expect(await n8n.activate()).toBe(true)
  })

  it("lists the accounts to choose from", async () => {
    const { relay, n8n } = await stage.start({ simulator: { accounts: 2 } })
    const listed = await n8n.accounts()
    expect(listed.map(({ value }) => value).sort()).toEqual([...relay.simulator.world.accounts.keys()].sort())
    expect(listed.every(({ name }) => name.length > 0)).toBe(true)
  })
})

describe.skipIf(reason !== null)(
  `an activation that cannot be${reason === null ? "" : ` (skipped: ${reason})`}`,
  () => {
    const stage = useStage()

    it("says that Posthorn cannot be reached, and where it was looked for", async () => {
      const { n8n } = await stage.start()
      const url = await nobodyHome()
      n8n.setCredential({ url })
      await expect(n8n.activate()).rejects.toMatchObject({
        name: "NodeApiError",
        message: expect.stringContaining(`Posthorn at ${new URL(url).host} could not be reached`) as string,
      })
      await expect(n8n.deactivate()).rejects.toThrow(/could not be reached/)
    })

    it.each([
      [{ apiKey: "phk_wrong_wrong_wrong_wrong" }, { httpCode: "401", message: /Authorization failed/ }],
      [{ url: "posthorn.example.com" }, { message: /must start with https/ }],
    ])("says what is wrong with the credential %j", async (credential, { message, ...rest }) => {
      const { relay, n8n } = await stage.start()
      n8n.setCredential(credential)
      await expect(n8n.activate()).rejects.toMatchObject({
        ...rest,
        message: expect.stringMatching(message) as string,
      })
      expect(await endpoints(relay)).toEqual([])
    })

    it("names the scope that the key lacks", async () => {
      const { relay, n8n } = await stage.start()
      const { body } = await relay.api<{ key: string }>("/v1/keys", { body: { name: "reader", scopes: ["read"] } })
      n8n.setCredential({ apiKey: body.key })
      await expect(n8n.activate()).rejects.toMatchObject({
        httpCode: "403",
        description: expect.stringContaining("endpoints") as string,
      })
    })

    it("repeats what Posthorn says about a URL that it must not call, and where n8n has it from", async () => {
      const { n8n } = await stage.start({ env: { POSTHORN_ALLOW_PRIVATE_URLS: "false" } })
      await expect(n8n.activate()).rejects.toMatchObject({
        httpCode: "400",
        message: "Posthorn refused: url: The URL must start with https://.",
        description: expect.stringContaining("WEBHOOK_URL") as string,
      })
    })

    it.each([
      [{ events: [] }, /at least one event/],
      [{ options: { filter: "{" } }, /not JSON/],
      [{ options: { filter: "[]" } }, /must be a JSON object/],
      [{ options: { customEventTypes: "lead.scored" } }, /Posthorn refused: .*"lead.scored" is not an event type/],
      [{ accounts: ["a"], options: { filter: '{"data":{"account":{"id":["b"]}}}' } }, /chosen twice/],
    ])("says what is wrong with the parameters %j", async (parameters, message) => {
      const { relay, n8n } = await stage.start()
      n8n.set(parameters)
      await expect(n8n.activate()).rejects.toThrow(message)
      expect(await endpoints(relay)).toEqual([])
    })

    it("has the key in no error", async () => {
      const { n8n } = await stage.start()
      const apiKey = "phk_wrong_wrong_wrong_wrong"
      n8n.setCredential({ apiKey })
      const errors = [await n8n.activate().catch((error: unknown) => error)]
      n8n.setCredential({ url: await nobodyHome() })
      errors.push(await n8n.activate().catch((error: unknown) => error))
      for (const error of errors) {
        expect(error).toBeInstanceOf(Error)
        expect(everythingIn(error)).not.toContain(apiKey)
      }
    })
  },
)

/** All texts that hang on an error, however deep, hidden or not. */
const everythingIn = (value: unknown, seen = new Set<unknown>()): string => {
  if (typeof value !== "object" || value === null) return String(value)
  if (seen.has(value)) return ""
  seen.add(value)
  return Reflect.ownKeys(value)
    .map((name) => `${String(name)}: ${everythingIn(Reflect.get(value, name), seen)}`)
    .join("\n")
}
