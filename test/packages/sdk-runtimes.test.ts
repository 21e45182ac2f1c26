import { copyFileSync } from "node:fs"
import path from "node:path"

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { RUNTIMES_FOLDER, runtimes } from "../../scripts/sdk-runtimes.ts"
import { ADMIN_KEY, type Relay, startRelay } from "../relay.ts"
import { freshProject, pack, run, runAsync, temporaryFolder } from "./fresh-project.ts"
import { whyNoRuntimes } from "./why-no-runtimes.ts"

const SLOW_MS = 300_000

const reason = whyNoRuntimes()

describe.skipIf(reason !== null)(`the packed SDK${reason === null ? "" : ` (${reason})`}`, () => {
  const { folder, remove } = temporaryFolder()
  let tarball = ""
  let relay: Relay
  beforeAll(async () => {
    tarball = pack("packages/sdk", folder)
    relay = await startRelay()
  }, SLOW_MS)
  afterAll(async () => {
    remove()
    await relay.stop()
    await relay.simulator.close()
  })

  const tool = (file: string, ...args: string[]): string =>
    run(process.execPath, [path.join(RUNTIMES_FOLDER, "node_modules", file), ...args], { cwd: folder })

  it("is in order for publint", () => {
    expect(tool("publint/src/cli.js", tarball, "--strict")).toContain("All good!")
  })

  it("has types that lead where the code is, for arethetypeswrong", () => {
    const { analysis, problems } = JSON.parse(
      tool("@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only", "--format", "json"),
    ) as { analysis: { types: { kind: string } }; problems?: Record<string, unknown[]> }
    expect(analysis.types.kind).toBe("included")
    const binding = Object.values(problems ?? {})
      .flat()
      .filter((problem) => !/node10|node16-cjs/.test(JSON.stringify(problem)))
    expect(binding).toEqual([])
  })

  it.each(Object.entries(runtimes))(
    "registers, receives and verifies on %s",
    async (name, [program, ...args]) => {
      const project = freshProject(path.join(folder, name.replace(" ", "-")), tarball)
      copyFileSync(path.join(RUNTIMES_FOLDER, "smoke.mjs"), path.join(project, "smoke.mjs"))
      const output = await runAsync(program, [...args, "smoke.mjs", relay.runtime.url, ADMIN_KEY], { cwd: project })
      const { version, ...seen } = JSON.parse(output) as Record<string, unknown>
      if (name.startsWith("Node ")) expect(`Node ${String(version).split(".")[0] ?? ""}`).toBe(name)
      expect(seen).toEqual({
        server: { Bun: "Bun.serve", Deno: "Deno.serve" }[name] ?? "node:http",
        type: "ping",
        delivery: "succeeded",
        unsigned: 400,
        refused: ["missing_header"],
        reason: "missing_header",
      })
    },
    SLOW_MS,
  )
})
