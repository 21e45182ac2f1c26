import { execFile } from "node:child_process"
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { promisify } from "node:util"

import { afterEach, expect, it, vi } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"
import { pack, ROOT, run } from "../packages/fresh-project.ts"
import { temporaryFolder } from "./program.ts"
import { type Published, startRegistry } from "./registry.ts"

vi.setConfig({ testTimeout: 120_000 })

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** What is installed by a block of a doc where these packages are published and nothing else is, in a home of its own. */
const install = async (block: string, folder: string, packages: Published[]) => {
  const home = await temporaryFolder(cleanups)
  const registry = await startRegistry(packages)
  cleanups.push(() => registry.close())
  const cwd = path.join(home, folder)
  mkdirSync(cwd, { recursive: true })
  writeFileSync(path.join(cwd, "package.json"), JSON.stringify({ name: "somebody-elses", private: true }))
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    npm_config_registry: registry.url,
    npm_config_audit: "false",
    npm_config_update_notifier: "false",
  }
  await promisify(execFile)("sh", ["-ec", block], { cwd, env })
  const { dependencies } = JSON.parse(readFileSync(path.join(cwd, "package.json"), "utf8")) as { dependencies: unknown }
  const modules = readdirSync(path.join(cwd, "node_modules")).filter((name) => !name.startsWith("."))
  return { served: registry.served, dependencies, modules }
}
const manifestIn = (folder: string): Published["manifest"] =>
  JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Published["manifest"]

it("the command of the SDK's README installs it, once it is published, and nothing else", async () => {
  const folder = await temporaryFolder(cleanups)
  const tarball = pack("packages/sdk", folder)
  const manifest = manifestIn(path.join(folder, "staged"))
  const { served, ...installed } = await install(blockOf("packages/sdk/README.md", "@posthorn/sdk"), "project", [
    { manifest, tarball },
  ])
  expect(served).toEqual(["@posthorn/sdk"])
  expect(installed).toEqual({ dependencies: { "@posthorn/sdk": `^${manifest.version}` }, modules: ["@posthorn"] })
})

it("the command of the n8n node's README installs it, once it is published, and not n8n beside it", async () => {
  const folder = path.join(ROOT, "packages/n8n-nodes-posthorn")
  const destination = await temporaryFolder(cleanups)
  // Its code may not have been built here; what it depends on is known without.
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", destination]
  const packed = JSON.parse(run("npm", args, { cwd: folder })) as
    { filename: string }[] | Record<string, { filename: string }>
  const [{ filename } = { filename: "" }] = Object.values(packed)
  const { private: _, ...manifest } = manifestIn(folder)
  const block = blockOf("packages/n8n-nodes-posthorn/README.md", "Installation")
  const { served, ...installed } = await install(block, ".n8n/nodes", [
    { manifest, tarball: path.join(destination, filename) },
    { manifest: { name: "n8n-workflow", version: "2.41.0" }, tarball: null },
  ])
  expect(served).toEqual(["n8n-nodes-posthorn"])
  expect(installed).toEqual({
    dependencies: { "n8n-nodes-posthorn": `^${manifest.version}` },
    modules: ["n8n-nodes-posthorn"],
  })
})
