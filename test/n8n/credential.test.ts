import { describe, expect, it } from "vitest"

import { ADMIN_KEY } from "../relay.ts"
import { testCredential } from "./credential-test.ts"
import { loadPackage, whyNoN8n } from "./package.ts"
import { nobodyHome, useStage } from "./stage.ts"

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

  it("shows the key to nobody who looks on", async () => {
    const { credential } = await loadPackage()
    const field = credential.properties.find(({ name }) => name === "apiKey")
    expect(field?.typeOptions?.password).toBe(true)
  })
})
