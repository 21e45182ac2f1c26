import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"

const BYTES_MAX = 150_000
const assets = path.join(import.meta.dirname, "../../packages/api/static/dashboard/assets")

describe("what a browser loads", () => {
  it("is under 150 KB of JavaScript, gzipped", () => {
    const scripts = readdirSync(assets).filter((file) => file.endsWith(".js"))
    const bytes = scripts.map((file) => gzipSync(readFileSync(path.join(assets, file))).length)
    expect(scripts.length).toBeGreaterThan(0)
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(BYTES_MAX)
  })
})
