import type { PollDeps } from "@posthorn/core/poll/deps"
import type { WorkDeps } from "@posthorn/core/delivery/work"
import type { Verdict, Store } from "@posthorn/core/ports"

/** What came of one seed. */
export interface Report {
  /** What broke, in words; empty when all guarantees held. */
  violations: string[]
  counts: Record<string, number>
  trace: string[]
}

export interface RunOptions {
  openStore: () => Store
  tracing: boolean
  /** A broken variant of the ports, to see that the run finds it (controls.ts). */
  pollControl?: (deps: PollDeps) => PollDeps
  deliverControl?: (deps: WorkDeps) => WorkDeps
  /** A worker that tells the queue something else than deliver said. */
  verdictControl?: (verdict: Verdict, lostClaim: boolean) => Verdict
}

export interface Summary {
  seeds: number
  failed: { seed: number; violations: string[] }[]
  counts: Record<string, number>
}

/** Runs seeds `first`, `first` + 1, … until so many failed. */
export const runSeeds = async (
  run: (seed: number, options: RunOptions) => Promise<Report>,
  options: RunOptions,
  { first = 1, seeds, failuresMax = 3 }: { first?: number; seeds: number; failuresMax?: number },
): Promise<Summary> => {
  const summary: Summary = { seeds: 0, failed: [], counts: {} }
  for (let seed = first; seed < first + seeds && summary.failed.length < failuresMax; seed++) {
    const { violations, counts } = await run(seed, options)
    summary.seeds++
    if (violations.length > 0) summary.failed.push({ seed, violations })
    for (const [name, count] of Object.entries(counts)) summary.counts[name] = (summary.counts[name] ?? 0) + count
  }
  return summary
}
