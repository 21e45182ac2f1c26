import { deliveryRun } from "/work/main/test/simulation/delivery-run.ts"
import { runSeeds } from "/work/main/test/simulation/report.ts"
import { memoryStore } from "/work/main/test/simulation/memory-store.ts"
const seed = process.env.SEED
if (seed) { const r = await deliveryRun(+seed, {openStore: memoryStore, tracing: true}); console.log(r.trace.join("\n")); console.log(r.violations.slice(0,20), r.counts) }
else { const t = Date.now(); const s = await runSeeds(deliveryRun, {openStore: memoryStore, tracing: false}, {first: +(process.env.FIRST ?? 1), seeds: +(process.env.N ?? 50), failuresMax: +(process.env.F ?? 5)}); console.log(JSON.stringify({...s, failed: s.failed.map(f=>[f.seed, f.violations.length, f.violations.slice(0,3)])}, null, 1), Date.now()-t) }
