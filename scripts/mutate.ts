// `npm run mutate`: breaks a copy of the code in named ways, and expects the tests to notice each. `-- floor` runs those whose name
// holds the word. Ends with 1 where a break was survived, or no longer applies.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import path from "node:path"

import { type Mutation, mutations as coreMutations } from "./mutations.ts"
import { apiMutations } from "./mutations-api.ts"
import { dashboardMutations } from "./mutations-dashboard.ts"

const mutations = [...coreMutations, ...apiMutations, ...dashboardMutations]
const COPIED = [
  "packages",
  "test",
  "scripts",
  "vitest.config.ts",
  "package.json",
  "tsconfig.json",
  "tsconfig.base.json",
]
const root = path.resolve(import.meta.dirname, "..")
/** Trees that are broken side by side. */
const COPIES_MAX = 4

/** The sources are copied; what npm installed is linked, but for our own packages, which must be the copies. */
const copyTree = (): string => {
  const copy = mkdtempSync(path.join(tmpdir(), "posthorn-mutate-"))
  for (const name of COPIED)
    cpSync(path.join(root, name), path.join(copy, name), {
      recursive: true,
      filter: (source) => path.basename(source) !== "node_modules",
    })
  const modules = path.join(copy, "node_modules")
  mkdirSync(path.join(modules, "@posthorn"), { recursive: true })
  for (const name of readdirSync(path.join(root, "node_modules")))
    if (name !== "@posthorn" && !name.startsWith(".vite"))
      symlinkSync(path.join(root, "node_modules", name), path.join(modules, name))
  for (const name of readdirSync(path.join(copy, "packages")))
    symlinkSync(path.join(copy, "packages", name), path.join(modules, "@posthorn", name))
  return copy
}

const TEST_MS_MAX = 300_000
type Ended = "green" | "red" | "timed out"
const runTests = async (copy: string, tests: string[]): Promise<Ended> => {
  const vitest = path.join(root, "node_modules/vitest/vitest.mjs")
  const child = spawn(process.execPath, [vitest, "run", "--bail=1", "--reporter=dot", ...tests], {
    cwd: copy,
    stdio: "ignore",
    timeout: TEST_MS_MAX,
  })
  const [status] = (await once(child, "exit")) as [number | null]
  return status === null ? "timed out" : status === 0 ? "green" : "red"
}

/** A suite that hangs on a break has not said that it notices. */
const results = { red: "noticed", green: "survived", "timed out": "timed out" } as const
type Result = (typeof results)[Ended] | "does not apply"
const resultOf = async (copy: string, mutation: Mutation): Promise<Result> => {
  const file = path.join(copy, mutation.file)
  const text = readFileSync(file, "utf8")
  if (text.split(mutation.from).length !== 2) return "does not apply"
  writeFileSync(
    file,
    text.replace(mutation.from, () => mutation.to),
  )
  try {
    return results[await runTests(copy, mutation.tests)]
  } finally {
    writeFileSync(file, text)
  }
}

const wanted = process.argv.slice(2).join(" ")
const chosen = mutations.filter(({ name }) => name.includes(wanted))
const waiting = [...chosen]
let failed = 0
/** Breaks one after another in a tree of its own. */
const work = async (copy: string): Promise<void> => {
  for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
    const result = await resultOf(copy, mutation)
    if (result !== "noticed") failed++
    console.log(`${result === "noticed" ? "noticed " : result.toUpperCase()}  ${mutation.name}`)
  }
}

const copies = Array.from({ length: Math.min(availableParallelism(), COPIES_MAX, chosen.length) }, copyTree)
try {
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))]
  const unbroken = copies[0] === undefined ? "green" : await runTests(copies[0], tests)
  if (unbroken !== "green") throw new Error(`the unbroken code is ${unbroken}: ${tests.join(" ")}`)
  await Promise.all(copies.map(work))
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true })
}
console.log(`${chosen.length - failed} of ${chosen.length} mutations noticed`)
if (failed > 0 || chosen.length === 0) process.exit(1)
