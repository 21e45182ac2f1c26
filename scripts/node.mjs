// Starts a script on Node 24 (the version Lambda runs), whatever Node the host has: the host's own if it is new enough,
// else the one that npm installed from optionalDependencies. Plain JavaScript, since the host's Node has to read it.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { constants } from "node:os"
import path from "node:path"

const MAJOR = 24
const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..")
const bundled = path.join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node")
const hostIsNewEnough = Number(process.versions.node.split(".")[0]) >= MAJOR
const node = hostIsNewEnough ? process.execPath : existsSync(bundled) ? bundled : undefined

if (node === undefined) {
  console.error(
    `Posthorn needs Node ${MAJOR}, this is Node ${process.versions.node}: install Node ${MAJOR}, or on Linux run "npm ci" without --omit=optional, which brings it.`,
  )
  process.exit(1)
}

const child = spawn(node, process.argv.slice(2), {
  stdio: "inherit",
  env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}` },
})
// A terminal's Ctrl-C reaches the child by itself (same process group); SIGTERM and SIGHUP are sent to one process only.
process.on("SIGINT", () => {})
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
child.on("error", (error) => {
  console.error(`Node ${MAJOR} at ${node} could not be started: ${error.message}`)
  process.exit(1)
})
child.on("exit", (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0))
})
