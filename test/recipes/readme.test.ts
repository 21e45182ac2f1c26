import { execFile } from "node:child_process"
import path from "node:path"
import { promisify } from "node:util"

import { CAST } from "@posthorn/simulator/cast"
import { DIALOGUES } from "@posthorn/simulator/dialogues"
import { afterEach, expect, it, vi } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"
import { conversationIn, useStage, write } from "../flow/stage.ts"
import { endAll, ROOT, run, type Running } from "../kill/process.ts"
import { temporaryFolder } from "./program.ts"
import { likeExample, missingIn } from "./shown.ts"
import { hasCurl } from "../suite.ts"

vi.setConfig({ testTimeout: 60_000 })

const { start, receive, cleanups } = useStage()
afterEach(endAll)

const DOCUMENTED_URL = "http://127.0.0.1:4600"
const BANNER_ENDS = /Ctrl-C ends Posthorn\.\n/
const SPOKEN = /^demo receiver: message\.received {2}(.+?) {2}"(.*)" {2}\(signature verifies\)$/m

/** A command that goes on, on a port and a data directory of its own. */
const terminal = async (command: string, env: Record<string, string> = {}): Promise<Running> =>
  run(["sh", "-c", command], { PORT: "0", POSTHORN_DATA_DIR: await temporaryFolder(cleanups), ...env })
const urlOf = async (running: Running): Promise<string> => (await running.says(/Posthorn +(http:\S+)/))[1] ?? ""

// That both of the first block's commands work in a clean clone is seen by scripts/newcomer.sh.
it("the banner and the demo are as README.md shows them", async () => {
  const [, command = ""] = blockOf("README.md", "begin").trim().split("\n")
  const running = await terminal(command)
  const example = blockOf("README.md", "banner")
  const [, name = "", text = ""] = SPOKEN.exec(example) ?? []
  expect(CAST.map((each) => each.name)).toContain(name)
  expect(DIALOGUES.flat().filter((line) => line.by === "them" && line.text.startsWith(text))).toHaveLength(1)

  const [spoken = ""] = await running.says(SPOKEN)
  const url = await urlOf(running)
  // Who speaks first, and what, is chance.
  const shown = running.out().replaceAll(url, DOCUMENTED_URL).replace(spoken, `demo receiver: ${name} says ${text}`)
  expect(missingIn(shown, example.replace(SPOKEN, `demo receiver: ${name} says ${text}`))).toBeNull()
})

it.skipIf(!hasCurl())("README.md's commands start with accounts of one's own, and register a receiver", async () => {
  const simulatorMain = path.join(ROOT, "packages/simulator/src/main.ts")
  const simulator = run([process.execPath, simulatorMain, "--accounts", "1", "--api-key", "my-key"])
  const { url: upstream } = JSON.parse((await simulator.says(/\{.*\}/))[0]) as { url: string }
  const env = { CONNECTSAFELY_BASE_URL: upstream, POSTHORN_ADMIN_KEY: "phk_a_key_that_was_set" }
  const running = await terminal(blockOf("README.md", "own-accounts").replace("…", "my-key"), env)
  await running.says(BANNER_ENDS)
  expect(running.out()).toContain(`at ${new URL(upstream).host}`)

  const curl = blockOf("README.md", "own-receiver").replace(DOCUMENTED_URL, await urlOf(running))
  const { stdout } = await promisify(execFile)("sh", ["-ec", curl], { env: { PATH: process.env["PATH"], ...env } })
  expect(JSON.parse(stdout)).toMatchObject({
    url: "https://hooks.example.com/linkedin",
    secret: expect.stringMatching(/^whsec_/) as string,
  })
})

it.each([
  ["README.md", 3, blockOf("README.md", "event")],
  ["the n8n node's README", 1, blockOf("packages/n8n-nodes-posthorn/README.md", "Usage")],
])("the event that %s shows is like one that arrives", async (_, sequence, example) => {
  const [relay, receiver] = [await start(), await receive()]
  await relay.endpoint(receiver.url)
  const texts = sequence === 1 ? ["Hi!"] : ["Hello", "Are you there?", "Hi! Do you have ten minutes?"]
  await write(relay, conversationIn(relay), ...texts)
  await receiver.waitFor(sequence)
  const events = receiver.requests.map(({ body }) => JSON.parse(body) as { data: { sequence: number } })
  expect(events.find(({ data }) => data.sequence === sequence)).toEqual(likeExample(example))
})
