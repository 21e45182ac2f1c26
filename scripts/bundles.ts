// `node scripts/node.mjs scripts/bundles.ts` prints each handler's minified size, and how long a fresh process takes to import it.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"

import { bundle, handlers } from "@posthorn/aws/build"

const RUNS = 20
/** As CONTRIBUTING and docs/cost.md quote them. */
export const BYTES_MAX = { other: 500_000, api: 950_000 }

export interface BundleFigure {
  handler: string
  bytes: number
  /** Median of RUNS fresh processes, in ms. */
  importMs: number
}

export const measureBundles = async (runs = RUNS): Promise<BundleFigure[]> => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-bundles-"))
  try {
    const figures: BundleFigure[] = []
    for (const handler of handlers) {
      const { file, bytes } = await bundle(handler, folder)
      const times = Array.from({ length: runs }, () => importTime(file)).sort((a, b) => a - b)
      figures.push({ handler, bytes, importMs: times[Math.floor(times.length / 2)] ?? Number.NaN })
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Without the start of the process itself, which Lambda's own runtime has behind it. */
const importTime = (file: string): number => {
  const script = `const t = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - t); process.exit()`
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" })
  const ms = Number(stdout.trim())
  if (stdout.trim() === "" || Number.isNaN(ms))
    throw new Error(`${path.basename(file)} cannot be imported: ${stderr.slice(-500)}`)
  return ms
}

if (import.meta.main) {
  console.log("handler     bytes   import")
  for (const { handler, bytes, importMs } of await measureBundles())
    console.log(`${handler.padEnd(9)} ${String(bytes).padStart(7)} ${importMs.toFixed(0).padStart(5)} ms`)
}
