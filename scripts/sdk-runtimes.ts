// Installs what only the tests of the packed SDK want (test/sdk-runtimes): linters of packages, Next, Express 4, Bun, Deno and
// Node 20. They have a lock file of their own, so that `npm ci` stays quick.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import path from "node:path"

export const RUNTIMES_FOLDER = path.resolve(import.meta.dirname, "../test/sdk-runtimes")
const modules = path.join(RUNTIMES_FOLDER, "node_modules")

/** Written by npm when an installation is whole. */
export const areInstalled = (): boolean => existsSync(path.join(modules, ".package-lock.json"))

const arm = process.arch === "arm64"
/** Each runtime that the SDK's README names: what starts a program with it. */
export const runtimes: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  "Node 20": [path.join(modules, `node20-linux-${arm ? "arm64" : "x64"}/bin/node`)],
  "Node 24": [process.execPath],
  Bun: [path.join(modules, `@oven/bun-linux-${arm ? "aarch64" : "x64"}/bin/bun`)],
  Deno: [
    path.join(modules, `@deno/linux-${arm ? "arm64" : "x64"}-glibc/deno`),
    ...["run", "--no-config", "--node-modules-dir=manual", "--no-remote", "--allow-net=127.0.0.1", "--allow-read=."],
  ],
}

if (import.meta.main) {
  const { status } = spawnSync("npm", ["ci"], { cwd: RUNTIMES_FOLDER, stdio: "inherit" })
  process.exit(status ?? 1)
}
