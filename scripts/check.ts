// `npm run check`: generated docs, format, lint and types, one after another; says which failed. `--fix` mends what can be mended.
import { spawnSync } from "node:child_process"

const fix = process.argv.includes("--fix")
const bin = (path: string, ...args: string[]) => [`node_modules/${path}`, ...args]
const steps: [string, string[]][] = [
  ["docs", ["scripts/docs.ts", ...(fix ? [] : ["--check"])]],
  ["format", bin("prettier/bin/prettier.cjs", fix ? "--write" : "--check", "--log-level=warn", ".")],
  ["lint", bin("eslint/bin/eslint.js", "--max-warnings=0", ...(fix ? ["--fix"] : []), ".")],
  ["types", bin("typescript/bin/tsc", "--project", "tsconfig.json")],
  ["types of the dashboard", bin("typescript/bin/tsc", "--project", "packages/dashboard/tsconfig.json")],
]

const failed: string[] = []
for (const [name, args] of steps) {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" })
  if (status === 0) console.log(`${name} ok`)
  else failed.push(name)
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(", ")}`)
  process.exit(1)
}
