import { describe, expect, it } from "vitest"

import { conversationIn, deliveries, write } from "../flow/stage.ts"
import { ADMIN_KEY, type Relay, until } from "../relay.ts"
import { startLossy, type Loss } from "./lossy.ts"
import { startN8n } from "./n8n.ts"
import { whyNoN8n } from "./package.ts"
import { endpoints, textOf, useStage } from "./stage.ts"

const reason = whyNoN8n()
/** A save is some requests; more would be a loop. */
const REQUESTS_MAX = 20
/** n8n tries again without an end. */
const TRIES_MAX = 3
const soon = { env: { POSTHORN_RETRY_SECONDS: Array.from({ length: 20 }, () => "1").join(",") } }

/** A save of an active workflow in which one request is lost. Answers whether there was one with this number. */
const save = async (relay: Relay, number: number, { loss, dies }: { loss: Loss; dies: boolean }): Promise<boolean> => {
  const lossy = await startLossy(relay.runtime.url)
  const n8n = await startN8n({ url: lossy.url, apiKey: ADMIN_KEY })
  const conversation = conversationIn(relay)
  await n8n.activate()
  n8n.proxyAnswers(502)
  await write(relay, conversation, "on its way")
  await until(async () => (await deliveries(relay, "status=retrying")).length === 1)

  n8n.diesOfErrors(dies)
  lossy.lose(number, loss)
  // n8n only logs what goes wrong with this, and goes on; if it dies of it, it starts again.
  const isOff = await n8n.deactivate().then(
    () => true,
    () => false,
  )
  await write(relay, conversation, "meanwhile")
  let mode: "update" | "init" = isOff || !dies ? "update" : "init"
  for (let tries = 1; ; tries++) {
    try {
      await n8n.activate(mode)
      break
    } catch (error) {
      if (tries === TRIES_MAX) throw error
      mode = "init"
    }
  }
  const isLost = lossy.rest() >= number
  n8n.proxyAnswers(null)
  await write(relay, conversation, "afterwards")
  await until(() => ["on its way", "meanwhile", "afterwards"].every((text) => n8n.runs.map(textOf).includes(text)))
  expect(await endpoints(relay)).toMatchObject([{ status: "enabled", metadata: { source: "n8n", workflowId: "wf1" } }])
  expect(await n8n.activate("init"), "all is in place").toBe(false)

  await relay.api(`/v1/endpoints/${(await endpoints(relay))[0]!.id}`, { method: "DELETE" })
  await n8n.close()
  await lossy.close()
  return isLost
}

describe.skipIf(reason !== null)(
  `saving a workflow loses no message${reason === null ? "" : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    const stage = useStage()

    it.each<{ loss: Loss; dies: boolean }>([
      { loss: "request", dies: false },
      { loss: "request", dies: true },
      { loss: "answer", dies: false },
      { loss: "answer", dies: true },
    ])("whichever one is lost: %j", async (how) => {
      const { relay } = await stage.start(soon)
      let number = 1
      while (number < REQUESTS_MAX && (await save(relay, number, how))) number++
      expect(number, "requests of a save").toBeGreaterThanOrEqual(7)
      expect(number).toBeLessThan(REQUESTS_MAX)
    })
  },
)
