import { describe, expect, it } from "vitest"

import { conversationIn, deliveries, write } from "../flow/stage.ts"
import { type Relay, until } from "../relay.ts"
import { startLossy } from "./lossy.ts"
import type { N8n } from "./n8n.ts"
import { whyNoN8n } from "./package.ts"
import { endpoints, soon, textOf, useStage, type EndpointJson } from "./stage.ts"

const reason = whyNoN8n()
const unmarked = { status: "enabled", description: "n8n: Answer LinkedIn", filter: null }
const plain = { source: "n8n", workflowId: "wf1" }

const only = async (relay: Relay): Promise<EndpointJson> => {
  const listed = await endpoints(relay)
  expect(listed).toHaveLength(1)
  return listed[0]!
}
const texts = ({ runs }: N8n) => runs.map(textOf)
/** Resolves when what Posthorn sees now comes too late to be kept. */
const untilNothingIsKept = async (relay: Relay) => {
  const { metadata } = await only(relay)
  await until(() => Date.now() >= Date.parse(metadata["keepsUntil"] ?? ""))
}

describe.skipIf(reason !== null)(`a workflow that is off${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  const stage = useStage()
  /** Active, with a message on its way that n8n has refused so far. */
  const startWithOneOnItsWay = async () => {
    const { relay, n8n } = await stage.start(soon)
    const conversation = conversationIn(relay)
    await n8n.activate()
    n8n.proxyAnswers(502)
    await write(relay, conversation, "on its way")
    await until(async () => (await deliveries(relay, "status=retrying")).length === 1)
    return { relay, n8n, conversation }
  }

  it("was only saved: what was on its way and what came meanwhile comes, each once, to the same endpoint", async () => {
    const { relay, n8n, conversation } = await startWithOneOnItsWay()
    const before = await only(relay)
    await n8n.deactivate()
    await write(relay, conversation, "meanwhile")
    n8n.proxyAnswers(null)
    expect(await n8n.activate("update")).toBe(true)
    expect(await only(relay)).toMatchObject({ id: before.id, ...unmarked, metadata: plain })
    await n8n.runsAtLeast(2)
    await write(relay, conversation, "afterwards")
    await n8n.runsAtLeast(3)
    await until(async () => (await deliveries(relay)).every(({ status }) => status === "succeeded"))
    expect(texts(n8n).sort()).toEqual(["afterwards", "meanwhile", "on its way"])
    expect((await relay.api<{ data: unknown[] }>("/v1/jobs?kind=replay")).body.data).toEqual([])
    expect(await n8n.activate("init")).toBe(false)
  })

  it("has a paused endpoint that says why, whose secret n8n keeps; to take it away may be repeated", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const [kept, { id }] = [n8n.staticData(), await only(relay)]
    await Promise.all([n8n.deactivate(), n8n.deactivate()])
    const off = await only(relay)
    expect(off).toMatchObject({
      id,
      status: "paused",
      description: "n8n: Answer LinkedIn (paused by n8n: the workflow is off)",
      metadata: { ...plain, offSince: expect.any(String) as string, keepsUntil: expect.any(String) as string },
    })
    expect(Object.keys(off.metadata)).not.toContain("pausedByHand")
    const { offSince = "", keepsUntil = "" } = off.metadata
    expect(Date.parse(keepsUntil) - Date.parse(offSince), "5 minutes, and the clock's second").toBe(301_000)
    await n8n.deactivate()
    expect(await only(relay)).toEqual(off)
    expect(n8n.staticData()).toEqual(kept)

    await relay.api(`/v1/endpoints/${id}`, { method: "DELETE" })
    await n8n.deactivate()
    expect(JSON.stringify(n8n.staticData()), "there is nothing left to sign").not.toContain("whsec_")
  })

  it.each([
    ["soon", 300],
    [-5, 0],
    [0.5, 30],
    [1e9, 2_592_000],
  ])(
    "keeps for as long as an expression says, within bounds, as it is: %j minutes are %d s",
    async (given, seconds) => {
      const { relay, n8n } = await stage.start()
      await n8n.activate()
      n8n.set({ options: { catchUpMinutes: given } })
      await n8n.deactivate()
      const { offSince = "", keepsUntil = "" } = (await only(relay)).metadata
      expect(Date.parse(keepsUntil) - Date.parse(offSince)).toBe(1000 * (seconds + 1))
    },
  )

  it("is sent what came as long as Catch Up says, and not what came later, however long it was off", async () => {
    const { relay, n8n, conversation } = await startWithOneOnItsWay()
    n8n.set({ options: { catchUpMinutes: 0.1 } })
    await n8n.deactivate()
    await write(relay, conversation, "soon after")
    await untilNothingIsKept(relay)
    await write(relay, conversation, "too late")
    n8n.proxyAnswers(null)
    await n8n.activate()
    await n8n.runsAtLeast(2)
    await write(relay, conversation, "afterwards")
    await n8n.runsAtLeast(3)
    expect(texts(n8n).sort()).toEqual(["afterwards", "on its way", "soon after"])
  })

  it("is sent what was on its way even if Catch Up is 0, and nothing of what came while it was off", async () => {
    const { relay, n8n, conversation } = await startWithOneOnItsWay()
    n8n.set({ events: ["message.received", "delivery.exhausted"], options: { catchUpMinutes: 0 } })
    await n8n.deactivate()
    await untilNothingIsKept(relay)
    await write(relay, conversation, "not wanted")
    n8n.proxyAnswers(null)
    await n8n.activate()
    await n8n.runsAtLeast(1)
    await write(relay, conversation, "wanted")
    await n8n.runsAtLeast(2)
    expect(texts(n8n)).toEqual(["on its way", "wanted"])
  })

  it.each([
    ["events of one's own", { events: [], options: { customEventTypes: "custom.lead.scored" } }],
    ["these among others", { events: ["message.received"], options: { customEventTypes: "custom.lead.scored" } }],
  ])("is sent %s as long as Catch Up says", async (_what, parameters) => {
    const { relay, n8n } = await stage.start(soon)
    n8n.set({ ...parameters, options: { ...parameters.options, catchUpMinutes: 0.1 } })
    const publish = (name: string) =>
      relay.api("/v1/events", { body: { type: "custom.lead.scored", data: { name, seenAt: "never" } } })
    await n8n.activate()
    await n8n.deactivate()
    await publish("soon after")
    await untilNothingIsKept(relay)
    await publish("too late")
    await n8n.activate()
    await publish("afterwards")
    await n8n.runsAtLeast(2)
    const names = n8n.runs.map(({ json }) => (json["data"] as { name: string }).name)
    expect(names.sort()).toEqual(["afterwards", "soon after"])
  })

  it.each([
    ["speaks of seenAt itself", { data: { seenAt: [{ prefix: "2" }] } }],
    ["would be too large", { data: { message: { text: [{ "anything-but": "x".repeat(3900) }] } } }],
    ["has an $or that does", { data: { $or: [{ seenAt: [{ prefix: "2" }] }, { backfill: [true] }] } }],
  ])("loses nothing where the filter cannot be narrowed: it %s", async (_why, filter) => {
    const { relay, n8n, conversation } = await startWithOneOnItsWay()
    n8n.set({ options: { catchUpMinutes: 0, filter: JSON.stringify(filter) } })
    n8n.proxyAnswers(null)
    await n8n.activate()
    await n8n.runsAtLeast(1)
    await n8n.deactivate()
    expect(await only(relay)).toMatchObject({ status: "paused", filter })
    await untilNothingIsKept(relay)
    await write(relay, conversation, "more than was asked for")
    await n8n.activate()
    await n8n.runsAtLeast(2)
    expect(texts(n8n)).toEqual(["on its way", "more than was asked for"])
  })

  it("is on again at n8n's start too, unless somebody had paused it before", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    await n8n.deactivate()
    expect(await n8n.activate("init")).toBe(true)
    const { id } = await only(relay)
    expect(await only(relay)).toMatchObject({ id, ...unmarked, metadata: plain })

    await relay.api(`/v1/endpoints/${id}/pause`, { method: "POST" })
    await n8n.deactivate()
    await n8n.deactivate()
    expect((await only(relay)).metadata["pausedByHand"]).toBe("true")
    expect(await n8n.activate("init")).toBe(true)
    expect(await only(relay)).toMatchObject({ id, ...unmarked, status: "paused", metadata: plain })
    expect(await n8n.activate("init")).toBe(false)
    expect(await n8n.activate()).toBe(true)
    expect(await only(relay)).toMatchObject({ id, ...unmarked, metadata: plain })
  })

  it("finds its endpoint again though n8n forgot it, and is sent what waits there, signed anew", async () => {
    const { relay, n8n, conversation } = await startWithOneOnItsWay()
    const { id } = await only(relay)
    await n8n.deactivate()
    await write(relay, conversation, "meanwhile")
    n8n.forget()
    n8n.proxyAnswers(null)
    expect(await n8n.activate("init")).toBe(true)
    expect(await only(relay)).toMatchObject({ id, ...unmarked, metadata: plain })
    await until(() => ["on its way", "meanwhile"].every((text) => texts(n8n).includes(text)))
  })

  it("keeps words and settings that others gave its endpoint, and those that were disabled", async () => {
    const { relay, n8n } = await startWithOneOnItsWay()
    const { id } = await only(relay)
    const body = { description: "The CRM's", metadata: { team: "sales" } }
    await relay.api(`/v1/endpoints/${id}`, { method: "PATCH", body })
    n8n.proxyAnswers(410)
    await until(async () => (await only(relay)).status === "disabled")
    await n8n.deactivate()
    expect(await only(relay)).toMatchObject({ id, status: "disabled", metadata: { team: "sales" } })
    n8n.proxyAnswers(null)
    await n8n.activate()
    expect(await only(relay)).toMatchObject({ id, status: "enabled", ...body })
    await n8n.runsAtLeast(1)
    expect(texts(n8n)).toEqual(["on its way"])
  })

  it("takes away all of a test, at its end and after it could not begin", async () => {
    const { relay, n8n } = await stage.start(soon)
    await n8n.listen()
    n8n.proxyAnswers(502)
    await write(relay, conversationIn(relay), "on its way")
    await until(async () => (await deliveries(relay, "status=retrying")).length === 1)
    await n8n.stopListening()
    expect(await endpoints(relay)).toEqual([])
  })

  it("takes away a second endpoint of its URL, which n8n could not answer", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const { id } = await only(relay)
    await relay.endpoint(n8n.productionUrl)
    await n8n.deactivate()
    expect(await only(relay)).toMatchObject({ id, status: "paused" })
  })

  it("makes an endpoint though it cannot look for what was left behind", async () => {
    const { relay, n8n } = await stage.start()
    const lossy = await startLossy(relay.runtime.url)
    stage.cleanups.push(() => lossy.close())
    n8n.setCredential({ url: lossy.url })
    lossy.lose(3, "request")
    await n8n.activate()
    expect(n8n.logged.join()).toContain("not used any more")
    expect(await only(relay)).toMatchObject(unmarked)
  })

  it("leaves an endpoint behind, which the next new one removes when nothing of it is of use any more", async () => {
    const { relay, n8n } = await stage.start()
    const paused = async (description: string, metadata: Record<string, string>) => {
      const { id } = await relay.endpoint("http://127.0.0.1:9/", { description, metadata })
      await relay.api(`/v1/endpoints/${id}/pause`, { method: "POST" })
    }
    const long = { ...plain, offSince: "2020-01-01T00:00:00.000Z", keepsUntil: "2020-01-01T00:05:01.000Z" }
    // The oldest, so that they are listed behind the others.
    for (let number = 0; number < 12; number++) await paused("left over", { ...long, workflowId: String(number) })
    await paused("not n8n's", { ...long, source: "somebody" })
    await paused("paused by hand", { ...long, pausedByHand: "true" })
    await paused("active, paused by hand", plain)
    await paused("not long enough", { ...long, keepsUntil: new Date(Date.now() - 29 * 86_400_000).toISOString() })
    await paused("holds something", long)
    const [{ id } = { id: "" }] = await endpoints(relay)
    await relay.api(`/v1/endpoints/${id}/test`, { method: "POST" })
    await until(async () => (await endpoints(relay))[0]?.heldCount === 1)

    await n8n.activate()
    const left = (await endpoints(relay)).map(({ description }) => description)
    expect(
      left.filter((description) => description === "left over"),
      "ten at a time",
    ).toHaveLength(2)
    expect(left.filter((description) => description !== "left over").sort()).toEqual([
      "active, paused by hand",
      "holds something",
      "n8n: Answer LinkedIn",
      "not long enough",
      "not n8n's",
      "paused by hand",
    ])
  })
})
