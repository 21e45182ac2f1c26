import { describe, expect, it } from "vitest"
import { controls } from "./controls.ts"
import { memoryStore } from "./memory-store.ts"
import { runSeeds } from "./report.ts"

/** Most seeds that a broken rule may take to be found. */
const SEEDS_MAX = 400

describe("the simulation notices when", () => {
  it.each(controls)("$name", { timeout: 120_000 }, async ({ run, options }) => {
    const all = { openStore: memoryStore, tracing: false, ...options }
    const { failed, seeds } = await runSeeds(run, all, { seeds: SEEDS_MAX, failuresMax: 1 })
    expect(failed.length, `nothing was found in ${seeds} seeds`).toBe(1)
  })
})
