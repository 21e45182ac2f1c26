// `npm run bench`: the figures that the docs quote. Flags: see flags.ts. Figures are reported here and asserted nowhere: a
// machine that is busy with something else must not fail a test.
import { writeFile } from "node:fs/promises"

import { messageOf } from "@posthorn/core/error"

import { flagsOf } from "./flags.ts"
import { measureLatency } from "./latency.ts"
import { machineOf } from "./machine.ts"
import { measureMemory } from "./memory.ts"
import { type Results, table } from "./table.ts"
import { measureThroughput } from "./throughput.ts"
import { measureUnits } from "./units.ts"
import { measureUpstream } from "./upstream.ts"

const full = {
  rounds: 3,
  one: { endpoints: 1, accounts: 4, eventsPerAccount: 5_000 },
  ten: { endpoints: 10, accounts: 4, eventsPerAccount: 500 },
  messages: 200,
  polls: 100,
  memory: { endpoints: 10, accounts: 4, eventsPerAccount: 2_500 },
}
const quick: typeof full = {
  rounds: 1,
  one: { endpoints: 1, accounts: 4, eventsPerAccount: 2_000 },
  ten: { endpoints: 10, accounts: 4, eventsPerAccount: 200 },
  messages: 50,
  polls: 20,
  memory: { endpoints: 10, accounts: 4, eventsPerAccount: 250 },
}

const bench = async (): Promise<void> => {
  const flags = flagsOf(process.argv.slice(2))
  const size = flags.quick ? quick : full
  const results: Results = { machine: machineOf(), quick: flags.quick }
  for (const part of flags.only) {
    process.stderr.write(`(${part}) …\n`)
    if (part === "a")
      results.throughput = [
        await measureThroughput(size.one, size.rounds),
        await measureThroughput(size.ten, size.rounds),
      ]
    if (part === "b") results.latency = await measureLatency(size.messages)
    if (part === "c") results.upstream = await measureUpstream(size.polls)
    if (part === "d") results.units = await measureUnits()
    if (part === "e") results.memory = await measureMemory(size.memory)
  }
  process.stdout.write(table(results))
  if (flags.json !== null) await writeFile(flags.json, `${JSON.stringify(results, null, 2)}\n`)
}

bench().catch((error: unknown) => {
  console.error(`The benchmark broke off: ${messageOf(error)}`)
  process.exit(1)
})
