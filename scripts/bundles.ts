// `node scripts/node.mjs scripts/bundles.ts` prints each handler's minified size, and how long a fresh process takes to import it.
// `--write` keeps both in docs/bundles.json, of which scripts/cost.ts makes a table.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"

import { bundle, handlers } from "@posthorn/aws/build"

const FILE = "docs/bundles.json"
export const BUNDLE_RUNS = 20
/** What is aimed at, for each handler. */
export const BYTES_MAX = { other: 500_000, api: 950_000 }
export const IMPORT_MS_MAX = 120

export interface BundleFigure {
  handler: string
  bytes: number
  /** Median of BUNDLE_RUNS fresh processes, in ms. */
  importMs: number
}

/** What docs/bundles.json keeps. Sizes are checked against today's bundles; times are of one machine on one day. */
export interface BundleFigures {
  /** Of a day, YYYY-MM-DD. */
  measuredOn: string
  machine: string
  handlers: BundleFigure[]
}

export const readFigures = (): BundleFigures => JSON.parse(readFileSync(FILE, "utf8")) as BundleFigures

export const measureBundles = async (runs = BUNDLE_RUNS): Promise<BundleFigure[]> => {
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

const machine = (): string => {
  const [cpu] = os.cpus()
  return `${String(os.cpus().length)} cores of ${cpu?.model.trim() ?? "an unknown processor"}, Node ${process.versions.node}`
}

if (import.meta.main) {
  const figures = await measureBundles()
  console.log("handler     bytes   import")
  for (const { handler, bytes, importMs } of figures)
    console.log(`${handler.padEnd(9)} ${String(bytes).padStart(7)} ${importMs.toFixed(0).padStart(5)} ms`)
  if (process.argv.includes("--write")) {
    const kept: BundleFigures = {
      measuredOn: new Date().toISOString().slice(0, 10),
      machine: machine(),
      handlers: figures.map((figure) => ({ ...figure, importMs: Math.round(figure.importMs) })),
    }
    writeFileSync(FILE, `${JSON.stringify(kept, null, 2)}\n`)
  }
}
