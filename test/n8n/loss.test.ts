import { describe, expect, it } from "vitest"

import { conversationIn, deliveries, write } from "../flow/stage.ts"
import { type Relay, until } from "../relay.ts"
import { startLossy, type Loss } from "./lossy.ts"
import type { N8n } from "./n8n.ts"
import { whyNoN8n } from "./package.ts"
import { endpoints, soon, textOf, useStage } from "./stage.ts"

const reason = whyNoN8n()
type Stage = ReturnType<typeof useStage>
/** Each scenario has fewer requests. */
const NUMBERS = Array.from({ length: 10 }, (_, index) => index + 1)
/** n8n tries again without an end. */
const TRIES_MAX = 3

interface Scene {
  relay: Relay
  n8n: N8n
  dies: boolean
  /** From now on the request is lost. */
  begin: () => void
  say: (text: string) => Promise<void>
}
/** What happens before the activation that puts things right; answers in which mode that is. */
type Scenario = (scene: Scene) => Promise<"update" | "init">

/** n8n only logs what goes wrong with the deactivation, and goes on; if it dies of it, it starts again. */
const saved: Scenario = async ({ relay, n8n, dies, begin, say }) => {
  n8n.proxyAnswers(502)
  await say("on its way")
  await until(async () => (await deliveries(relay, "status=retrying")).length === 1)
  begin()
  const isOff = await n8n.deactivate().then(
    () => true,
    () => false,
  )
  await say("meanwhile")
  return isOff || !dies ? "update" : "init"
}
const gone: Scenario = async ({ relay, n8n, begin, say }) => {
  n8n.proxyAnswers(410)
  await say("on its way")
  await until(async () => (await endpoints(relay))[0]?.status === "disabled")
  await say("meanwhile")
  n8n.proxyAnswers(null)
  begin()
  return "init"
}

/** One scenario with one request lost. Answers whether there was one with this number. */
const play = async (scenario: Scenario, stage: Stage, number: number, loss: Loss, dies: boolean): Promise<boolean> => {
  const { relay, n8n } = await stage.start(soon)
  const lossy = await startLossy(relay.runtime.url)
  stage.cleanups.push(() => lossy.close())
  n8n.setCredential({ url: lossy.url })
  const conversation = conversationIn(relay)
  const say = (text: string) => write(relay, conversation, text)
  const begin = () => {
    n8n.diesOfErrors(dies)
    lossy.lose(number, loss)
  }
  await n8n.activate()
  let mode = await scenario({ relay, n8n, dies, begin, say })
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
  await say("afterwards")
  const texts = ["on its way", "meanwhile", "afterwards"]
  await until(() => texts.every((text) => n8n.runs.map(textOf).includes(text)), `all of it, without ${loss} ${number}`)
  expect(await endpoints(relay)).toMatchObject([{ status: "enabled", metadata: { source: "n8n", workflowId: "wf1" } }])
  expect(await n8n.activate("init"), "all is in place").toBe(false)
  return isLost
}

describe.skipIf(reason !== null)(
  `no message is lost${reason === null ? "" : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    const stage = useStage()

    it.each<[string, Loss, string, Scenario, number]>(
      (["request", "answer"] as const).flatMap((loss) =>
        ["goes on", "dies of it"].flatMap((then): [string, Loss, string, Scenario, number][] => [
          ["a workflow is saved", loss, then, saved, 7],
          ["a URL that was gone is back", loss, then, gone, 6],
        ]),
      ),
    )("when %s and whichever %s is lost, and n8n %s", async (_what, loss, then, scenario, atLeast) => {
      const dies = then === "dies of it"
      const lost = await Promise.all(NUMBERS.map((number) => play(scenario, stage, number, loss, dies)))
      expect(lost.indexOf(false), "how many there are").toBeGreaterThanOrEqual(atLeast)
      expect(lost.at(-1), "no more than are tried").toBe(false)
    })
  },
)
