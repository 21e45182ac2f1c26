import { expect, it, vi } from "vitest"

import { conversationIn, deliveries, useStage, write } from "../../../test/flow/stage.ts"
import { fasterCircuit } from "../../../test/faster-circuit.ts"
import { ADMIN_KEY, type Relay, until } from "../../../test/relay.ts"
import { connected, endpoints, zapOf } from "./zapier.ts"

const { start, receive } = useStage()

it("a new endpoint stays below Zapier's limits, and says whose it is", async () => {
  const [relay, hook] = [await start(), await receive()]
  const { id } = await zapOf("message_sent", connected(relay)).switchOn(hook.url)
  expect(await endpoints(relay)).toMatchObject([
    {
      id,
      url: hook.url,
      rateLimit: 20,
      eventTypes: ["message.sent"],
      filter: null,
      description: "Zapier: Message Sent, Zap 4711",
      metadata: { source: "zapier", zapId: "4711" },
    },
  ])
})

it("subscribing twice, one after the other or at once, leaves one endpoint, one secret and one delivery", async () => {
  const [relay, hook] = [await start(), await receive()]
  const zap = zapOf("new_message", connected(relay))
  const answers = await Promise.all([zap.switchOn(hook.url), zap.switchOn(hook.url)])
  answers.push(await zap.switchOn(hook.url))
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(await endpoints(relay)).toHaveLength(1)
  await write(relay, conversationIn(relay), "once")
  const [request] = await hook.waitFor(1)
  await relay.runtime.idle()
  expect(hook.requests).toHaveLength(1)
  for (const answer of answers) expect(await zap.hook(request!, answer)).toHaveLength(1)
})

it("unsubscribing twice is no error, nor is it for an endpoint that somebody else deleted", async () => {
  const [relay, hook] = [await start(), await receive()]
  const zap = zapOf("new_message", connected(relay))
  const subscription = await zap.switchOn(hook.url)
  await zap.switchOff(subscription, hook.url)
  await zap.switchOff(subscription, hook.url)
  expect(await endpoints(relay)).toEqual([])
  await write(relay, conversationIn(relay), "nobody listens")
  await relay.runtime.idle()
  expect(hook.requests).toEqual([])
})

it("a URL that was given up can be subscribed again and again, and again twice at once", async () => {
  const [relay, hook] = [await start(), await receive()]
  const zap = zapOf("new_message", connected(relay))
  const ids = new Set<string>()
  for (let turn = 0; turn < 3; turn++) {
    const [one, two] = await Promise.all([zap.switchOn(hook.url), zap.switchOn(hook.url)])
    expect(one).toEqual(two)
    expect(await endpoints(relay)).toHaveLength(1)
    ids.add(one.id)
    await zap.switchOff(one, hook.url)
  }
  expect(ids.size).toBe(3)
})

it("subscribing again with another account, another key or a secret that somebody replaced mends the endpoint", async () => {
  const [relay, hook] = [await start({ simulator: { accounts: 2 } }), await receive()]
  const first = await zapOf("new_message", connected(relay)).switchOn(hook.url)
  await relay.api(`/v1/endpoints/${first.id}`, { method: "PATCH", body: { rateLimit: 5 } })
  await relay.api(`/v1/endpoints/${first.id}/rotate-secret`, { body: { overlapSeconds: 0 } })
  const { key } = (
    await relay.api<{ key: string }>("/v1/keys", { body: { name: "new", scopes: ["read", "endpoints"] } })
  ).body
  const zap = zapOf("new_message", connected(relay, key), { account: relay.accountId })
  const second = await zap.switchOn(hook.url)
  expect(second.id).toBe(first.id)
  expect(second.secret).not.toBe(first.secret)
  expect(await endpoints(relay)).toMatchObject([
    // The limit is the operator's to change, and stays.
    { id: first.id, rateLimit: 5, filter: { data: { account: { id: [relay.accountId] } } } },
  ])
  await write(relay, conversationIn(relay), "hello")
  const [request] = await hook.waitFor(1)
  expect(await zap.hook(request!, second)).toHaveLength(1)
})

it("410 disables the endpoint as gone, and the Zap that is switched on again is heard again", async () => {
  const [relay, hook] = [await start(), await receive()]
  const zap = zapOf("new_message", connected(relay))
  const first = await zap.switchOn(hook.url)
  hook.answer({ status: 410 })
  const conversation = conversationIn(relay)
  await write(relay, conversation, "gone")
  await until(async () => (await endpoints(relay))[0]?.status === "disabled", "the endpoint disabled")
  expect((await endpoints(relay))[0]).toMatchObject({ id: first.id, disabledReason: "gone" })
  await write(relay, conversation, "nobody listens")
  await relay.runtime.idle()
  expect(hook.requests).toHaveLength(1)

  hook.answer({ status: 200 })
  expect(await zap.switchOn(hook.url)).toEqual(first)
  await write(relay, conversation, "back")
  const requests = await hook.waitFor(2)
  expect((await zap.hook(requests[1]!, first))[0]).toMatchObject({ text: "back" })
})

it("a pause is somebody's wish, and outlasts a Zap that is switched on", async () => {
  const [relay, hook] = [await start(), await receive()]
  const zap = zapOf("new_message", connected(relay))
  const { id } = await zap.switchOn(hook.url)
  await relay.api(`/v1/endpoints/${id}/pause`, { method: "POST" })
  await zap.switchOn(hook.url)
  expect((await endpoints(relay))[0]).toMatchObject({ id, status: "paused" })
})

it("429 with Retry-After holds the endpoint for so long, and what was held comes then, each once", async () => {
  const [relay, hook] = [
    await start({ circuit: fasterCircuit(50), env: { POSTHORN_RETRY_SECONDS: "0.1,0.1" } }),
    await receive(),
  ]
  const zap = zapOf("new_message", connected(relay))
  const subscription = await zap.switchOn(hook.url)
  hook.answer((_, index) => (index === 0 ? { status: 429, headers: { "retry-after": "2" } } : { status: 200 }))
  const conversation = conversationIn(relay)
  await write(relay, conversation, "one")
  const refusedAt = (await hook.waitFor(1))[0]!.at
  await until(async () => (await endpoints(relay))[0]?.notBefore !== null, "a hold")
  await write(relay, conversation, "two")
  await until(async () => (await deliveries(relay, "status=held")).length > 0, "the second on hold")
  expect((await deliveries(relay, "status=held")).map(({ statusReason }) => statusReason)).toContain("retry_after")

  const requests = await hook.waitFor(3, 15_000)
  expect(Math.min(...requests.slice(1).map(({ at }) => at)) - refusedAt).toBeGreaterThanOrEqual(2_000)
  const items = await Promise.all(requests.slice(1).map((request) => zap.hook(request, subscription)))
  expect(
    items
      .flat()
      .map(({ text }) => text)
      .toSorted(),
  ).toEqual(["one", "two"])
  // The same event came twice: its id is what tells.
  expect(requests.filter(({ id }) => id === requests[0]!.id)).toHaveLength(2)
  await until(async () => (await deliveries(relay, "status=succeeded")).length === 2, "both delivered")
})

it("neither the key nor the secret nor the signature gets into the log that the platform writes", async () => {
  const [relay, hook] = [await start(), await receive()]
  const lines: string[] = []
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line))
  vi.stubEnv("LOG_TO_STDOUT", "1")
  vi.stubEnv("DETAILED_LOG_TO_STDOUT", "1")
  try {
    const zap = zapOf("new_message", connected(relay))
    const subscription = await zap.switchOn(hook.url)
    await zap.switchOn(hook.url)
    const log = lines.join("\n")
    expect(log).toContain("/v1/endpoints")
    expect(log).toContain("rotate-secret")
    for (const secret of [ADMIN_KEY, subscription.secret, subscription.secret.slice("whsec_".length)])
      expect(log).not.toContain(secret)
  } finally {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  }
})

const said = (outcome: unknown): string => (outcome instanceof Error ? outcome.message : "no error")

it("a hook's URL is told to nobody when a subscription fails", async () => {
  const hook = await receive()
  const gone = await receive()
  await gone.close()
  const nobody = { runtime: { url: new URL(gone.url).origin } } as Relay
  const error = await zapOf("new_message", connected(nobody)).switchOn(hook.url).then(said, said)
  expect(error).toContain("ECONNREFUSED")
  expect(error).not.toContain(new URL(hook.url).port)
  const relay = await start()
  const refused = await zapOf("new_message", connected(relay, "phk_bad")).switchOn(hook.url).then(said, said)
  expect(refused).toContain("Reconnect")
  expect(refused).not.toContain(new URL(hook.url).port)
})
