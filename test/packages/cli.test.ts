import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import path from "node:path"

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { freshProject, ROOT, run, temporaryFolder } from "./fresh-project.ts"

const SLOW_MS = 120_000

let project = ""
const { folder, remove } = temporaryFolder()
beforeAll(() => {
  const cwd = path.join(ROOT, "packages/cli")
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], { cwd })) as [
    { filename: string; files: { path: string }[] },
  ]
  expect(packed.files.map((file) => file.path).toSorted()).toEqual(["dist/posthorn.cjs", "package.json"])
  project = freshProject(folder, path.join(folder, packed.filename))
}, SLOW_MS)
afterAll(remove)

const bin = (): string => path.join(project, "node_modules/.bin/posthorn")

describe("the packed command line in a project of somebody else's", { timeout: SLOW_MS }, () => {
  it("is one file that needs nothing but Node", () => {
    expect(existsSync(path.join(project, "node_modules/commander"))).toBe(false)
    expect(readFileSync(bin(), "utf8").split("\n")[0]).toBe("#!/usr/bin/env node")
    const { version } = JSON.parse(readFileSync(path.join(ROOT, "packages/cli/package.json"), "utf8")) as {
      version: string
    }
    expect(run(process.execPath, [bin(), "--version"], { cwd: project })).toBe(`${version}\n`)
    expect(run(process.execPath, [bin(), "listen", "--help"], { cwd: project })).toContain("--forward <url>")
  })

  it("asks a deployment", () => {
    const args = [bin(), "doctor", "--url", "http://127.0.0.1:9", "--json"]
    const env = { ...process.env, POSTHORN_KEY: "phk_any", CONNECTSAFELY_API_KEY: "" }
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8", env })
    expect([status, JSON.parse(stdout)]).toMatchObject([1, { check: "deployment", level: "fail" }])
  })

  it("takes the lock of a place before it asks a deployment", () => {
    const stateHome = path.join(folder, "state")
    const args = [bin(), "listen", "--forward", "http://127.0.0.1:9", "--url", "http://127.0.0.1:9"]
    const env = { ...process.env, POSTHORN_KEY: "phk_any", XDG_STATE_HOME: stateHome }
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8", env })
    expect([status, stderr]).toEqual([3, expect.stringContaining("Is it running")])
    expect(readdirSync(path.join(stateHome, "posthorn"))).toEqual([expect.stringMatching(/^listen-.*\.json\.lock$/)])
  })
})
