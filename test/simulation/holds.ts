import { openStore } from "@posthorn/local/store/open"
import { expect, it } from "vitest"
import { memoryStore } from "./memory-store.ts"
import { runSeeds, type Report, type RunOptions, type Summary } from "./report.ts"

type Run = (seed: number, options: RunOptions) => Promise<Report>

export interface Promised {
  run: Run
  /** How the file is called on the command line. */
  file: string
  seeds: number
  seedsOnSqlite: number
  /** Kinds of trouble that have to make up more than 5 %: of what. */
  shares: [trouble: string, of: string][]
}

const SHARE_MIN = 0.05
const { POSTHORN_SEEDS, POSTHORN_SEED } = process.env

/**
 * The tests of one simulation. POSTHORN_SEEDS runs that many seeds, POSTHORN_SEED replays one and prints what happened in it,
 * step by step.
 */
export const holds = ({ run, file, seeds, seedsOnSqlite, shares }: Promised): void => {
  if (POSTHORN_SEED !== undefined) {
    it(`holds in seed ${POSTHORN_SEED}`, { timeout: 600_000 }, async () => {
      const { trace, violations } = await run(Number(POSTHORN_SEED), { openStore: memoryStore, tracing: true })
      console.log(trace.join("\n"))
      expect(violations).toEqual([])
    })
    return
  }

  it("holds in every seed", { timeout: 3_600_000 }, async () => {
    const summary = await runSeeds(
      run,
      { openStore: memoryStore, tracing: false },
      { seeds: Number(POSTHORN_SEEDS ?? seeds) },
    )
    console.log(`${file}: ${summary.seeds} seeds, ${JSON.stringify(summary.counts)}`)
    expect(told(summary, file)).toBe("")
    for (const [trouble, of] of shares) {
      const share = (summary.counts[trouble] ?? 0) / (summary.counts[of] ?? 0)
      console.log(`  ${trouble}: ${(100 * share).toFixed(1)} % of ${of}`)
      expect(share, `${trouble} of ${of}`).toBeGreaterThan(SHARE_MIN)
    }
  })

  it("holds on SQLite", { timeout: 600_000 }, async () => {
    const opened: { close(): Promise<void> }[] = []
    const open = (): ReturnType<typeof openStore> => {
      const store = openStore({ path: ":memory:" })
      opened.push(store)
      return store
    }
    const summary = await runSeeds(run, { openStore: open, tracing: false }, { seeds: seedsOnSqlite })
    for (const store of opened) await store.close()
    expect(told(summary, file)).toBe("")
  })

  it("runs the same way again, also on another store", async () => {
    const trace = async (options: Pick<RunOptions, "openStore">) => (await run(3, { ...options, tracing: true })).trace
    const store = openStore({ path: ":memory:" })
    const first = await trace({ openStore: memoryStore })
    expect(first.length).toBeGreaterThan(200)
    expect(await trace({ openStore: memoryStore })).toEqual(first)
    expect((await trace({ openStore: () => store })).map(withoutAnswer)).toEqual(first.map(withoutAnswer))
    await store.close()
  })
}

/** What is wrong, and how to see it happen. */
const told = ({ failed }: Summary, file: string): string =>
  failed
    .map(({ seed, violations }) =>
      [
        `seed ${seed}: POSTHORN_SEED=${seed} npm test -- ${file}`,
        ...violations.slice(0, 10).map((line) => `  ${line}`),
      ].join("\n"),
    )
    .join("\n")

/** Stores may write a row's fields in different orders. */
const withoutAnswer = (line: string): string => line.split(" -> ")[0]?.replace(/ \[.*/, "") ?? ""
