import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

import { blockOf, blocksOf } from "../../scripts/doc-blocks.ts"
import { conversationIn, write } from "../flow/stage.ts"
import { ADMIN_KEY } from "../relay.ts"
import { whyNoN8n } from "./package.ts"
import { endpoints, useStage } from "./stage.ts"

const README = "packages/n8n-nodes-posthorn/README.md"
const reason = whyNoN8n()

describe.skipIf(reason !== null)(`the package's README${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  const stage = useStage()

  it("makes a key that may what the node does", async () => {
    const { relay, n8n } = await stage.start()
    const env = { PATH: process.env["PATH"], API: relay.runtime.url, POSTHORN_ADMIN_KEY: ADMIN_KEY }
    const command = blockOf("packages/n8n-nodes-posthorn/README.md", "key")
    const { stdout } = await promisify(execFile)("sh", ["-c", command], { env })
    n8n.setCredential({ apiKey: (JSON.parse(stdout) as { key: string }).key })
    await n8n.activate()
    await n8n.deactivate()
    await n8n.activate("update")
    await n8n.listen()
    await n8n.stopListening()
    expect(await n8n.accounts()).toHaveLength(1)
    expect(await endpoints(relay)).toMatchObject([{ status: "enabled" }])
  })

  it("shows what a run begins with", async () => {
    const { relay, n8n } = await stage.start()
    await n8n.activate()
    await write(relay, conversationIn(relay), "Hi!")
    await n8n.runsAtLeast(1)
    const shown = JSON.parse(blockOf("packages/n8n-nodes-posthorn/README.md", "event")) as { id: string }
    const id = expect.stringMatching(new RegExp(`^${shown.id.replace("…", ".+")}$`)) as string
    expect(n8n.runs[0]?.json).toMatchObject({ ...shown, id })
  })

  it("has no other block, but for one that says why no test runs it", () => {
    expect(blocksOf(README).flatMap(({ name, excused }) => (excused ? [] : [name]))).toEqual(["key", "event"])
  })
})
