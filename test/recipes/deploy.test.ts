import { readFileSync } from "node:fs"
import path from "node:path"
import { parseEnv } from "node:util"

import { afterEach, describe, expect, it, vi } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"
import { planOf } from "../infra/plan.ts"
import { endAll, run } from "../kill/process.ts"
import { whyNoAws } from "./aws-account.ts"
import { useDeployedAccount } from "./deployed-account.ts"
import { lifetime, temporaryFolder } from "./program.ts"
import { asPattern } from "./shown.ts"
import { withPlan } from "../suite.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
afterEach(endAll)

const DOC = "docs/deploy.md"
const STAGE = "export STAGE=production"

const ofPlan = withPlan("what docs/deploy.md says that a deploy prints")
describe.skipIf(ofPlan.skip)(ofPlan.title, () => {
  it("is what the plan puts out, with the setting that the doc writes", async () => {
    const { cleanups, end } = lifetime()
    const folder = await temporaryFolder(cleanups)
    await run(["sh", "-c", `cd ${folder}\n${STAGE}\n${blockOf(DOC, "settings")}`]).ended()
    const settings = parseEnv(readFileSync(path.join(folder, ".env.production"), "utf8")) as Record<string, string>
    const { _protect, ...outputs } = planOf("production", settings).outputs
    const lines = blockOf(DOC, "outputs").trim().split("\n")
    const shown = lines.map((line) => /^(\w+): +(.+)$/.exec(line) ?? []).map(([, name = "", text = ""]) => [name, text])
    expect(shown.map(([name]) => name)).toEqual(Object.keys(outputs))
    for (const [name = "", text = ""] of shown) expect(outputs[name]).toMatch(asPattern(text))
    await end()
  })
})

const ofAws = withPlan("the AWS commands of docs/deploy.md, on an emulated account", whyNoAws())
describe.skipIf(ofAws.skip)(ofAws.title, () => {
  const { account, nameOf } = useDeployedAccount()

  it("make a profile that is asked as", async () => {
    const unset = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_DEFAULT_REGION"
    const answers = "AKIAEXAMPLE\nits-secret\neu-west-1\njson"
    const out = await account().sh(
      `${unset}\n{\n${blockOf(DOC, "profile")}\n} <<< "$ANSWERS"\naws configure get region`,
      {
        ANSWERS: answers,
      },
    )
    expect(out).toContain('"Account": "123456789012"')
    expect(out.trim().split("\n").at(-1)).toBe("eu-west-1")
  })

  it("ask for the limit of concurrency, and for more", async () => {
    const out = await account().sh(blockOf(DOC, "quota"))
    expect(out).toMatch(/^10\n/)
    expect(JSON.parse(out.slice(3))).toMatchObject({ RequestedQuota: { ServiceCode: "lambda", DesiredValue: 1000 } })
  })

  it.each([
    { block: "no-accounts", group: "ScheduleLogGroup", text: blockOf(DOC, "no-accounts"), fact: "discover.failed" },
    { block: "resealed", group: "SweepLogGroup", text: blockOf(DOC, "resealed"), fact: "endpoints.resealed" },
  ])("show the lines of $fact", async ({ group, text, fact }) => {
    const place = { logGroupName: nameOf(group), logStreamName: "one" }
    await account().standIn.call("logs", "Logs_20140328.CreateLogStream", place)
    const logEvents = [fact, "another.fact"].map((each) => ({
      message: JSON.stringify({ fact: each }),
      timestamp: Date.now(),
    }))
    await account().standIn.call("logs", "Logs_20140328.PutLogEvents", { ...place, logEvents })
    const out = await account().sh(`${STAGE}\n${text}`)
    expect(out).toContain(fact)
    expect(out).not.toContain("another.fact")
  })

  it("find the bus, for who consumes it", async () => {
    expect(await account().sh(blockOf("docs/recipes/eventbridge.md", "the bus"))).toBe(`${nameOf("BusBus")}\n`)
  })

  it("delete a table that was kept", async () => {
    const table = nameOf("TableTable")
    const [list = "", ...rest] = blockOf(DOC, "tables").split("\n")
    expect(JSON.parse(await account().sh(`${STAGE}\n${list}`))).toEqual([table])
    await account().sh(`${STAGE}\n${rest.join("\n").replace("<one of these names>", table)}`)
    expect(JSON.parse(await account().sh(`${STAGE}\n${list}`))).toEqual([])
  })
})
