import { execFile } from "node:child_process"
import { promisify } from "node:util"
import type { INodePropertyOptions } from "n8n-workflow"
import { beforeAll, describe, expect, it } from "vitest"

import { eventTypes } from "@posthorn/core/event"

import { folder, loadPackage, whyNoN8n } from "./package.ts"

const reason = whyNoN8n()

describe.skipIf(reason !== null)(`the n8n package${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  let node: Awaited<ReturnType<typeof loadPackage>>["node"]
  beforeAll(async () => {
    node = (await loadPackage()).node
  }, 120_000)

  it("offers every event type that Posthorn has, and the star", () => {
    const events = node.description.properties.find(({ name }) => name === "events")
    const offered = (events?.options as INodePropertyOptions[]).map(({ value }) => String(value))
    expect(offered.sort()).toEqual(["*", ...eventTypes.filter((type) => type !== "ping")].sort())
  })

  it("packs what n8n loads and nothing else", async () => {
    const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json"], { cwd: folder })
    const packed = JSON.parse(stdout) as { files: { path: string }[] }[] | Record<string, { files: { path: string }[] }>
    const files = Object.values(packed).flatMap((entry) => entry.files.map(({ path }) => path))
    const others = files.filter((path) => !/^dist\/(nodes|credentials|icons)\/.+\.(js|d\.ts|json|svg)$/.test(path))
    expect(others.sort()).toEqual(["LICENSE", "README.md", "dist/package.json", "package.json"])
    expect(files).toContain("dist/nodes/PosthornTrigger/PosthornTrigger.node.js")
    expect(files).toContain("dist/icons/posthorn.dark.svg")
  })
})
