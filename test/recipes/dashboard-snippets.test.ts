import { spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import path from "node:path"

import {
  goStandard,
  nodeSdk,
  nodeStandard,
  pythonStandard,
} from "../../packages/dashboard/src/pages/endpoints/snippets.ts"
import { describe, expect, it, vi } from "vitest"

import { recipeTool } from "../../scripts/recipes.ts"
import { conversationIn, deliveries, useStage, write } from "../flow/stage.ts"
import { until } from "../relay.ts"
import { suite } from "../suite.ts"
import { freePort, startProgram } from "./program.ts"

vi.setConfig({ testTimeout: 60_000 })

const cache = path.resolve(import.meta.dirname, "../../node_modules/.cache")
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
const BRING = "run `node scripts/node.mjs scripts/recipes.ts` to install its library"
const [python, go] = [recipeTool("python"), recipeTool("go")]
type Command = [string, ...string[]]

/** What a framework does around a handler of a Fetch Request. */
const SERVE = `import { serve } from "@hono/node-server"
import { POST } from "./hook.mjs"
serve({ fetch: POST, port: Number(process.env.PORT) })
`

const snippets: [string, string | null, (folder: string) => Promise<Command>][] = [
  [
    "Node, with our SDK",
    null,
    async (folder) => {
      await writeFile(path.join(folder, "hook.mjs"), nodeSdk)
      await writeFile(path.join(folder, "serve.mjs"), SERVE)
      return [process.execPath, "serve.mjs"]
    },
  ],
  [
    "Node, with the library of Standard Webhooks",
    null,
    async (folder) => {
      await writeFile(path.join(folder, "receiver.mjs"), nodeStandard)
      return [process.execPath, "receiver.mjs"]
    },
  ],
  [
    "Python",
    python === null ? BRING : null,
    async (folder) => {
      await writeFile(path.join(folder, "receiver.py"), pythonStandard)
      return [path.join(python ?? "", "bin/python"), "receiver.py"]
    },
  ],
  [
    "Go",
    go === null ? BRING : null,
    async (folder) => {
      for (const file of ["go.mod", "go.sum"]) await symlink(path.join(go ?? "", file), path.join(folder, file))
      await writeFile(path.join(folder, "receiver.go"), goStandard)
      const { status, stderr } = spawnSync("go", ["build", "-o", "receiver", "receiver.go"], {
        cwd: folder,
        encoding: "utf8",
      })
      if (status !== 0) throw new Error(stderr)
      return [path.join(folder, "receiver")]
    },
  ],
]

describe.each(snippets)("the dashboard's receiver in %s", (name, missing, prepare) => {
  const { start, receive, cleanups } = useStage()
  const { skip } = suite(`the dashboard's receiver in ${name}`, missing)

  it.skipIf(skip)("takes what the relay sends, and refuses what was altered or never signed", async () => {
    const [relay, witness] = [await start(), await receive()]
    // In the repository, where the libraries for Node are found.
    await mkdir(cache, { recursive: true })
    const cwd = await mkdtemp(path.join(cache, "snippet-"))
    cleanups.push(() => rm(cwd, { recursive: true }))
    const program = await startProgram(await prepare(cwd), {
      cwd,
      env: { POSTHORN_SECRET: SECRET },
      port: await freePort(),
    })
    cleanups.push(() => program.stop())
    const { id } = await relay.endpoint(program.url, { secret: SECRET })
    await relay.endpoint(witness.url, { secret: SECRET })
    await write(relay, conversationIn(relay), "Grüße 👋🏽")
    await until(async () => (await deliveries(relay, `endpointId=${id}&status=succeeded`)).length === 1)
    const [request] = await witness.waitFor(1)
    const { id: eventId, body, headers } = request!
    await until(() => program.output().includes(`${eventId} message.received`), "its line about the message")
    const signed = Object.fromEntries(
      ["webhook-id", "webhook-timestamp", "webhook-signature"].map((header) => [header, String(headers[header])]),
    )
    const post = async (text: string, more: Record<string, string>): Promise<number> =>
      (await fetch(program.url, { method: "POST", body: text, headers: more })).status
    expect(await post(body, signed)).toBe(204)
    expect(await post(body.replace("message.received", "message.sent"), signed)).toBe(401)
    expect(await post(body, { ...signed, "webhook-id": "evt_other" })).toBe(401)
    expect(await post(body, {})).toBe(401)
  })
})
