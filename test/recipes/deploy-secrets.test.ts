import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { parseEnv, promisify } from "node:util"

import { afterEach, beforeAll, describe, expect, it, vi } from "vitest"

import { blockOf, inlineOf } from "../../scripts/doc-blocks.ts"
import { whyNoMoto } from "../aws/moto.ts"
import { endAll, ROOT } from "../kill/process.ts"
import { type Account, openAccount } from "./aws-account.ts"
import { lifetime, temporaryFolder } from "./program.ts"
import { withPlan } from "../suite.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
afterEach(endAll)

const DOC = "docs/deploy.md"
const STAGE = "export STAGE=production"

/** `npm ci` and a deploy are told to a file, a deploy with the keys that it would have taken; all else is npm's. */
const NPM = `#!/bin/bash
case "$1 $2" in
"ci ") echo "ci in $PWD" >> "$TOLD" ;;
"run deploy") echo "deploy $(npm run --silent sst -- secret list --stage production | grep ^EncryptionKey=)" >> "$TOLD" ;;
*) PATH=\${PATH#*:} exec npm "$@" ;;
esac
`
/** SST asks nobody but AWS, and writes nothing where its source has been brought. */
const SST = {
  SST_SKIP_DEPENDENCY_CHECK: "1",
  SST_NO_BUN: "1",
  SST_TELEMETRY_DISABLED: "1",
  npm_config_update_notifier: "false",
}

/** Without it SST would bring the components anew. */
const noLock = existsSync(path.join(ROOT, ".sst/provider-lock.json")) ? null : "no .sst/provider-lock.json"
const { title, skip } = withPlan(
  "the secrets of docs/deploy.md, by SST's command line on an emulated account",
  whyNoMoto() ?? noLock,
)
describe.skipIf(skip)(title, () => {
  let account: Account
  let told: string
  beforeAll(async () => {
    const { cleanups, end } = lifetime()
    const home = await temporaryFolder(cleanups)
    told = path.join(home, "told")
    account = await openAccount(home, { npm: NPM })
    cleanups.push(() => account.close())
    return end
  })

  /** Runs what the doc says where somebody answers what it asks for. */
  const sst = async (script: string, answers = ""): Promise<string> => {
    const running = account.start(`${STAGE}\n{\n${script}\n} <<< "$ANSWERS"`, { ...SST, TOLD: told, ANSWERS: answers })
    const { code } = await running.ended(60_000)
    if (code !== 0) throw new Error(`ended with ${String(code)}: ${running.out()}${running.err()}`)
    return running.out()
  }
  const secrets = async (): Promise<Record<string, string>> =>
    parseEnv(await sst("npm run --silent sst -- secret list --stage $STAGE")) as Record<string, string>
  /** What the functions make of the secrets. Throws with their sentence where one is not valid. */
  const read = async (values: Record<string, string>): Promise<Record<string, unknown>> => {
    const script = `const { adminKey, connectSafelyApiKey, encryptionKeys, hintSecret } = await import("@posthorn/aws/runtime")
      console.log(JSON.stringify({ admin: adminKey(), upstream: connectSafelyApiKey(), hint: hintSecret(),
        keys: encryptionKeys().map((key) => key.length) }))`
    const resources = { HintSecret: "", ConnectSafelyApiKey: "", ...values }
    const env = Object.fromEntries(
      Object.entries(resources).map(([name, value]) => [`SST_RESOURCE_${name}`, JSON.stringify({ value })]),
    )
    const app = { SST_RESOURCE_App: JSON.stringify({ name: "posthorn", stage: "production" }) }
    const args = ["--input-type=module", "-e", script]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env: { ...env, ...app } })
    return JSON.parse(stdout) as Record<string, unknown>
  }

  it("are set to values that the functions take, rotated so that none lacks a key, and taken away", async () => {
    const listed = await sst(blockOf(DOC, "secrets"), "key-of-connectsafely")
    const first = await secrets()
    for (const name of ["AdminKey", "EncryptionKey", "ConnectSafelyApiKey"]) expect(listed).toContain(`${name}=`)
    expect(await read(first)).toEqual({
      admin: first["AdminKey"],
      upstream: "key-of-connectsafely",
      hint: null,
      keys: [32],
    })

    const old = first["EncryptionKey"] ?? ""
    await sst(`${blockOf(DOC, "two-keys")}\n${blockOf(DOC, "one-key")}`, old)
    const { EncryptionKey: fresh = "" } = await secrets()
    expect(readFileSync(told, "utf8").trim().split("\n")).toEqual(
      [`${old},${fresh}`, `${fresh},${old}`, fresh].map((value) => `deploy EncryptionKey=${value}`),
    )
    expect(fresh).not.toContain(old)
    expect(await read({ ...first, EncryptionKey: `${old},${fresh}` })).toMatchObject({ keys: [32, 32] })

    await sst(blockOf(DOC, "HintSecret"))
    expect(await read(await secrets())).toMatchObject({ hint: expect.stringMatching(/^[\da-f]{48}$/) as string })
    await sst(inlineOf(DOC, "npm run sst -- secret remove"))
    expect(await secrets()).not.toHaveProperty("HintSecret")
    await sst(inlineOf(DOC, "npm run sst -- secret set ConnectSafelyApiKey"), "another-key")
    expect(await secrets()).toMatchObject({ ConnectSafelyApiKey: "another-key" })
    expect(await sst(inlineOf(DOC, "npm run sst -- unlock"))).toContain("Unlocked")
  })

  it("come after a clone of this repository", async () => {
    const { cleanups, end } = lifetime()
    const folder = await temporaryFolder(cleanups)
    const clone = blockOf(DOC, "clone").replace("<this repository>", ROOT)
    // Git asks its settings whether it may read a repository of somebody else's.
    const env = { HOME: process.env["HOME"] ?? "", TOLD: told }
    const running = account.start(`cd ${folder}\n${clone}\necho $STAGE`, env)
    await running.ended()
    expect(running.out()).toBe("production\n")
    expect(readFileSync(told, "utf8")).toContain(`ci in ${path.join(folder, "posthorn")}`)
    expect(existsSync(path.join(folder, "posthorn/package-lock.json"))).toBe(true)
    await end()
  })
})
