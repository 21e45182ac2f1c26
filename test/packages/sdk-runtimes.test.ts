import { copyFileSync } from "node:fs"
import path from "node:path"

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { post } from "../../packages/sdk/src/handlers/test-server.ts"
import { OTHER_SECRET, SECRET, signed } from "../../packages/sdk/src/verify/test-webhook.ts"
import { RUNTIMES_FOLDER, runtimes } from "../../scripts/sdk-runtimes.ts"
import { ADMIN_KEY, type Relay, startRelay } from "../relay.ts"
import { freshProject, pack, run, runAsync, temporaryFolder } from "./fresh-project.ts"
import { readmePrograms } from "./readme.ts"
import { serve } from "./serve.ts"
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

  it.each(["Bun", "Deno"])(
    "serves the README's hook.ts on %s",
    async (name) => {
      const [program, ...args] = runtimes[name]!
      const project = freshProject(path.join(folder, `hook-${name}`), tarball, {
        "hook.ts": readmePrograms()["hook.ts"]!,
        // Bun has no option for the address.
        "here.ts": 'import hook from "./hook.ts"\nexport default { ...hook, hostname: "127.0.0.1" }',
      })
      const options = { cwd: project, env: { PORT: "0", POSTHORN_SECRET: SECRET } }
      const { url, end } =
        name === "Bun"
          ? await serve(program, ["here.ts"], options)
          : await serve(
              program,
              ["serve", ...args.slice(1), "--allow-env", "--port=0", "--host=127.0.0.1", "hook.ts"],
              options,
            )
      try {
        expect(await post(url)(signed())).toMatchObject({ status: 204, body: "" })
        expect((await post(url)(signed({ secret: OTHER_SECRET }))).body).toMatch(/^wrong_secret: /)
      } finally {
        await end()
      }
    },
    SLOW_MS,
  )
})
