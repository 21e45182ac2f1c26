import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

import { blocksOf } from "../../scripts/doc-blocks.ts"
import { ADMIN_KEY } from "../relay.ts"
import { testCredential } from "./credential-test.ts"
import { loadPackage, whyNoN8n } from "./package.ts"
import { endpoints, nobodyHome, useStage } from "./stage.ts"

const reason = whyNoN8n()

describe.skipIf(reason !== null)(`the node's credential${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  const stage = useStage()

  it("tests well with a good key, whether the URL ends with a slash or not", async () => {
    const { relay } = await stage.start()
    const { credential } = await loadPackage()
    await testCredential(credential, { url: relay.runtime.url, apiKey: ADMIN_KEY })
    await testCredential(credential, { url: `${relay.runtime.url}/`, apiKey: ADMIN_KEY })
  })

  it("is refused with a bad key, and where nothing listens", async () => {
    const { relay } = await stage.start()
    const { credential } = await loadPackage()
    const wrong = testCredential(credential, { url: relay.runtime.url, apiKey: "phk_wrong_wrong_wrong_wrong" })
    await expect(wrong).rejects.toMatchObject({ httpCode: "401" })
    const nobody = testCredential(credential, { url: await nobodyHome(), apiKey: ADMIN_KEY })
    await expect(nobody).rejects.toThrow(/refused the connection/)
  })

  it("does all that the node does with a key as the README makes it", async () => {
    const { relay, n8n } = await stage.start()
    const block = blocksOf("packages/n8n-nodes-posthorn/README.md").find(({ text }) => text.includes("/v1/keys"))
    const command = block?.text.replace("https://posthorn.example.com", relay.runtime.url) ?? ""
    const env = { PATH: process.env["PATH"], POSTHORN_ADMIN_KEY: ADMIN_KEY }
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

  it("shows the key to nobody who looks on", async () => {
    const { credential } = await loadPackage()
    const field = credential.properties.find(({ name }) => name === "apiKey")
    expect(field?.typeOptions?.password).toBe(true)
  })
})
