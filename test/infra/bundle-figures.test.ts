import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"

import { bundle, handlers } from "@posthorn/aws/build"

import { readFigures } from "../../scripts/bundles.ts"

/** Of a size: every change of a dependency moves it a little. */
const TOLERANCE = 0.1

describe("the bundle sizes that docs/cost.md quotes (else run scripts/bundles.ts --write, then scripts/cost.ts)", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-figures-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  const quoted = new Map(readFigures().handlers.map(({ handler, bytes }) => [handler, bytes]))

  it("are of every handler, and of no other", () => {
    expect([...quoted.keys()]).toEqual([...handlers])
  })

  it.each(handlers)("are about what it has today: %s", async (name) => {
    const { bytes } = await bundle(name, folder)
    expect(Math.abs(bytes / quoted.get(name)! - 1), `${bytes} bytes today`).toBeLessThan(TOLERANCE)
  })
})
