import { Webhook } from "standardwebhooks"
import { describe, expect, it } from "vitest"

import { conversationIn, deliveries, write } from "../flow/stage.ts"
import { until } from "../relay.ts"
import { whyNoN8n } from "./package.ts"
import { endpoints, soon, textOf, useStage } from "./stage.ts"

const reason = whyNoN8n()

describe.skipIf(reason !== null)(`a webhook${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  const stage = useStage()

  it("of the relay starts the workflow with the event, as the API shows it", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    await write(relay, conversationIn(relay), "Grüße 👋 from the night train")
    await n8n.runsAtLeast(1)
    const [run] = n8n.runs
    expect(run).toMatchObject({ mode: "trigger", json: { type: "message.received" } })
    expect(textOf(run!)).toBe("Grüße 👋 from the night train")
    expect(run!.json).toEqual((await relay.api(`/v1/events/${run!.json["id"] as string}`)).body)
    await until(async () => (await deliveries(relay))[0]?.status === "succeeded")
  })

  it("of a test goes to the test alone, once, and then the test's endpoint is gone", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.listen()
    const conversation = conversationIn(relay)
    await write(relay, conversation, "one")
    await n8n.runsAtLeast(1)
    expect(n8n.runs.map((run) => [run.mode, textOf(run)])).toEqual([["manual", "one"]])
    await until(async () => (await endpoints(relay)).length === 0)
  })

  it("of a ping is taken, and starts nothing", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const [{ id } = { id: "" }] = await endpoints(relay)
    await relay.api(`/v1/endpoints/${id}/test`, { method: "POST" })
    await until(async () => (await deliveries(relay))[0]?.status === "succeeded")
    expect(n8n.runs).toEqual([])
  })

  it("is still taken after the secret was replaced on activation", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    n8n.forget()
    await n8n.activate()
    await write(relay, conversationIn(relay), "signed anew")
    await n8n.runsAtLeast(1)
    expect(n8n.runs.map(textOf)).toEqual(["signed anew"])
  })

  it.each([
    ["at once", 0],
    ["after a while", 3600],
  ])(
    "is taken after its secret was replaced in Posthorn, %s, and the workflow activated",
    async (_, overlapSeconds) => {
      const { relay, n8n } = await stage.start(soon)
      await n8n.activate()
      const [{ id } = { id: "" }] = await endpoints(relay)
      await relay.api(`/v1/endpoints/${id}/rotate-secret`, { method: "POST", body: { overlapSeconds } })
      await write(relay, conversationIn(relay), "signed with another")
      await until(async () => (await deliveries(relay))[0]?.attemptCount === 1)
      if (overlapSeconds > 0) await n8n.runsAtLeast(1)
      expect(await n8n.activate("init")).toBe(true)
      await n8n.runsAtLeast(1)
      expect(await endpoints(relay)).toMatchObject([{ id, previousSecretExpiresAt: null }])
      expect(await n8n.activate("init")).toBe(false)
      await write(relay, conversationIn(relay), "signed anew")
      await n8n.runsAtLeast(2)
      expect(n8n.runs.map(textOf)).toEqual(["signed with another", "signed anew"])
    },
  )

  it("is only sent for the accounts that were chosen", async () => {
    const { relay, n8n } = await stage.start({ simulator: { accounts: 2 } })
    const [chosen = "", other = ""] = relay.simulator.world.accounts.keys()
    n8n.set({ accounts: [chosen] })
    await n8n.activate()
    await write(relay, conversationIn(relay, other), "not this")
    await write(relay, conversationIn(relay, chosen), "this")
    await n8n.runsAtLeast(1)
    await until(async () => (await deliveries(relay))[0]?.status === "succeeded")
    expect(n8n.runs.map(textOf)).toEqual(["this"])
    expect(await deliveries(relay)).toHaveLength(1)
  })

  it("keeps coming when the URL was gone for a while and the workflow is activated again", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    const conversation = conversationIn(relay)
    n8n.proxyAnswers(410)
    await write(relay, conversation, "into the void")
    await until(async () => (await endpoints(relay))[0]?.status === "disabled")
    await write(relay, conversation, "while it was gone")
    n8n.proxyAnswers(null)
    expect(await n8n.activate("init")).toBe(true)
    expect(await endpoints(relay)).toMatchObject([{ status: "enabled" }])
    await write(relay, conversation, "and after")
    await n8n.runsAtLeast(2)
    const wanted = ["into the void", "while it was gone", "and after"]
    await until(() => wanted.every((text) => n8n.runs.map(textOf).includes(text)))
  })

  it("comes soon after n8n has started again, however long it was down", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    n8n.proxyAnswers(502)
    const conversation = conversationIn(relay)
    await write(relay, conversation, ...Array.from({ length: 12 }, (_, index) => `down ${String(index)}`))
    await until(async () => (await endpoints(relay))[0]?.circuit.state === "open")
    n8n.proxyAnswers(null)
    expect(await n8n.activate("init")).toBe(true)
    expect((await endpoints(relay))[0]?.circuit.state).not.toBe("open")
    await n8n.runsAtLeast(1)
  })

  describe("that is not the relay's", () => {
    const secretOf = (staticData: Record<string, unknown>): string =>
      (staticData["node:Posthorn Trigger"] as { secret: string }).secret
    const body = JSON.stringify({ id: "evt_1", type: "message.received", data: {} })
    const signed = (secret: string, atMs: number): Record<string, string> => ({
      "webhook-id": "evt_1",
      "webhook-timestamp": String(Math.floor(atMs / 1000)),
      "webhook-signature": new Webhook(secret).sign("evt_1", new Date(atMs), body),
    })
    const post = async (url: string, headers: Record<string, string>, text = body) => {
      const answer = await fetch(url, { method: "POST", headers, body: text })
      return { status: answer.status, text: await answer.text() }
    }

    it("is 401 and starts nothing: changed on its way, unsigned, too old, of another secret", async () => {
      const { n8n } = await stage.start()
      await n8n.activate()
      const secret = secretOf(n8n.staticData())
      const good = signed(secret, Date.now())
      const { "webhook-signature": _, ...unsigned } = good
      const other = signed(`whsec_${Buffer.alloc(32, 3).toString("base64")}`, Date.now())
      const refused: [Record<string, string>, string?][] = [
        [good, body.replace("message.received", "message.sent")],
        [good, ` ${body}`],
        [unsigned],
        [signed(secret, Date.now() - 301_000)],
        [other],
      ]
      for (const [headers, text] of refused) {
        const answer = await post(n8n.productionUrl, headers, text)
        expect(answer.status).toBe(401)
        expect(answer.text).not.toContain(secret.slice("whsec_".length))
      }
      expect(n8n.runs).toEqual([])
      expect((await post(n8n.productionUrl, good)).status).toBe(200)
      expect(n8n.runs).toHaveLength(1)
    })

    it("is 401 where n8n has no secret, and 400 where it is signed but no event", async () => {
      const { relay, n8n } = await stage.start()
      await n8n.activate()
      const good = signed(secretOf(n8n.staticData()), Date.now())
      n8n.forget()
      expect((await post(n8n.productionUrl, good)).status).toBe(401)

      await n8n.activate()
      const [{ id } = { id: "" }] = await endpoints(relay)
      await relay.api(`/v1/endpoints/${id}`, { method: "PATCH", body: { format: "slack" } })
      await write(relay, conversationIn(relay), "as Slack has it")
      await until(async () => (await deliveries(relay))[0]?.attemptCount === 1)
      const [delivery] = await deliveries(relay)
      const { body: shown } = await relay.api<{ attempts: { responseStatus: number }[] }>(
        `/v1/deliveries/${delivery!.id}`,
      )
      expect(shown.attempts[0]?.responseStatus).toBe(400)
      expect(n8n.runs).toEqual([])
    })
  })
})
