import { spawnSync } from "node:child_process"
import path from "node:path"
import { describe as group, expect, it } from "vitest"

import { staleTypes } from "../../scripts/sst-types.ts"
import { planOf, platformSuite } from "./plan.ts"

const root = path.resolve(import.meta.dirname, "../..")
const WITHIN_MS = 180_000

const suite = platformSuite("the types of infra")
const describe = suite.skip ? group.skip : group

describe(suite.title, () => {
  it("check out against SST's source", { timeout: WITHIN_MS }, () => {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc")
    const { stdout, status } = spawnSync(process.execPath, [tsc, "--project", "infra/tsconfig.json"], {
      cwd: root,
      encoding: "utf8",
    })
    expect(stdout).toBe("")
    expect(status).toBe(0)
  })

  it("of Resource are those of the plan (else run scripts/sst-types.ts)", { timeout: WITHIN_MS }, () => {
    expect(staleTypes(planOf("test").links)).toEqual([])
  })
})
