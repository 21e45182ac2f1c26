// Brings moto's server (an emulator of SQS and EventBridge, in Python) into a cache folder and prints the program's path. It is no
// dependency, since only test/aws wants it and `npm ci` should need nothing but Node.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import path from "node:path"

const VERSION = "5.2.5"
const cache = path.resolve(import.meta.dirname, "../node_modules/.cache/moto", VERSION)
const server = path.join(cache, "bin/moto_server")

/** The program, or null where it has not been installed. */
export const motoServer = (): string | null => (existsSync(server) ? server : null)

const run = (command: string, args: string[]): void => {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] })
  if (status !== 0)
    throw new Error(
      `moto ${VERSION} could not be installed: ${command} (${error?.message ?? `exit ${String(status)}`})`,
    )
}

const install = (): string => {
  mkdirSync(path.dirname(cache), { recursive: true })
  run("python3", ["-m", "venv", cache])
  run(path.join(cache, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", `moto[server]==${VERSION}`])
  return server
}

if (import.meta.main) console.log(motoServer() ?? install())
