// Brings what the tests of the docs and of the AsyncAPI document want and `npm ci` does not: the official Standard Webhooks libraries for
// Python and Go, installed as the docs say, AWS's command line, and AsyncAPI's parser. All of it into a cache folder.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"

import { blockOf } from "./doc-blocks.ts"

const cache = path.resolve(import.meta.dirname, "../node_modules/.cache/recipes")
const parserFolder = path.join(import.meta.dirname, "asyncapi-parser")
const LOCK = "package-lock.json"

/** What a tool is made of: where that changes, it is made anew. */
const source = {
  python: blockOf("docs/recipes/python.md", "install"),
  go: blockOf("docs/recipes/go.md", "install"),
  // Version 2 comes from AWS's own site alone.
  aws: "pip install awscli==1.45.11",
  parser: readFileSync(path.join(parserFolder, LOCK), "utf8"),
}
type Tool = keyof typeof source
const tools = Object.keys(source) as Tool[]
const folderOf = (tool: Tool): string =>
  path.join(cache, `${tool}-${createHash("sha256").update(source[tool]).digest("hex").slice(0, 12)}`)
/** Written last: a folder without it was left half done. */
const DONE = ".done"

/** The folder of a tool, or null where it has not been installed. */
export const recipeTool = (tool: Tool): string | null =>
  existsSync(path.join(folderOf(tool), DONE)) ? folderOf(tool) : null

const run = (cwd: string, env: Record<string, string>, command: string, ...args: string[]): void => {
  const { status, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  })
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed (${error?.message ?? `exit ${String(status)}`})`)
}

/** A virtual environment of Python's, in which the script runs. */
const makeVenv = (folder: string, script: string): void => {
  run(folder, {}, "python3", "-m", "venv", folder)
  const PATH = `${path.join(folder, "bin")}:${process.env.PATH ?? ""}`
  run(folder, { PATH, PIP_QUIET: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1" }, "sh", "-ec", script)
}

const make: Record<Tool, (folder: string) => void> = {
  python: (folder) => makeVenv(folder, source.python),
  aws: (folder) => makeVenv(folder, source.aws),
  go: (folder) => {
    run(folder, {}, "sh", "-ec", source.go)
    // Compiled once here, so that no test waits for the standard library.
    writeFileSync(path.join(folder, "receive.go"), blockOf("docs/recipes/go.md", "receive.go"))
    run(folder, {}, "go", "build", "-o", "receive", "receive.go")
  },
  parser: (folder) => {
    for (const file of ["package.json", LOCK]) copyFileSync(path.join(parserFolder, file), path.join(folder, file))
    run(folder, {}, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
  },
}

if (import.meta.main)
  for (const tool of tools) {
    const folder = folderOf(tool)
    if (recipeTool(tool) === null) {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      make[tool](folder)
      writeFileSync(path.join(folder, DONE), "")
    }
    console.log(folder)
  }
