/**
 * The n8n node: installs n8n's own tools and libraries (large, so they are no part of a newcomer's `npm ci`), lints and builds with them,
 * and checks the types of its tests against n8n's. These run with `npm test` then, against a live relay. n8n's tools need Node 22 or newer,
 * so start it with `node scripts/node.mjs scripts/n8n.ts`.
 */
import { spawnSync } from "node:child_process"

const folder = "packages/n8n-nodes-posthorn"
const node = (path: string, ...args: string[]) => [process.execPath, `node_modules/${path}`, ...args]
const steps: { name: string; command: string[]; cwd?: string }[] = [
  // None of them needs its install script: the native parts are for running n8n itself.
  { name: "npm ci", command: ["npm", "ci", "--ignore-scripts"], cwd: folder },
  { name: "n8n-node lint", command: ["npm", "run", "lint"], cwd: folder },
  { name: "n8n-node build", command: ["npm", "run", "build"], cwd: folder },
  { name: "types of the tests", command: node("typescript/bin/tsc", "--project", "test/n8n/tsconfig.json") },
  { name: "lint of the tests", command: node("eslint/bin/eslint.js", "--max-warnings=0", "test/n8n") },
]

const env = { ...process.env, CI: "1" }
for (const { name, command, cwd } of steps) {
  const startedAt = performance.now()
  const [program = "", ...args] = command
  const { status, error } = spawnSync(program, args, { stdio: "inherit", env, ...(cwd === undefined ? {} : { cwd }) })
  if (status !== 0) {
    console.error(`n8n: ${name} failed${error === undefined ? "" : `: ${error.message}`}`)
    process.exit(1)
  }
  console.log(`n8n: ${name} ok, ${Math.round((performance.now() - startedAt) / 1000)} s`)
}
