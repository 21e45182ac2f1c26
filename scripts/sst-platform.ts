// Brings the TypeScript source of SST's components to `.sst/platform` and prints that folder. The SST command has it inside, so
// nothing but npm is asked: no Pulumi, no AWS account. It takes 20-25 s and 330 MB, which only the plan wants: `npm ci` stays
// quick for everyone else.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

const root = path.resolve(import.meta.dirname, "..")
const platform = path.join(root, ".sst/platform")
const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "")

/** The folder of the components' source, or null where it is absent, unfinished, or of another version than the package. */
export const sstPlatformFolder = (): string | null => {
  const { version } = JSON.parse(read(path.join(root, "node_modules/sst/package.json")) || "{}") as { version?: string }
  const installed = read(path.join(platform, "version")).trim()
  return installed !== "" && installed === version && existsSync(path.join(platform, "node_modules/@pulumi/aws"))
    ? platform
    : null
}

const install = (): string => {
  const { status, error, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, "node_modules/sst/bin/sst.mjs"), "install", "--stage", "test"],
    {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        // Pulumi and bun would come from GitHub; npm does without them what is wanted here.
        SST_SKIP_DEPENDENCY_CHECK: "1",
        SST_NO_BUN: "1",
        SST_TELEMETRY_DISABLED: "1",
        // Or the AWS SDK looks for credentials at 169.254.169.254.
        AWS_EC2_METADATA_DISABLED: "true",
      },
    },
  )
  const folder = sstPlatformFolder()
  if (folder === null)
    throw new Error(`sst install failed (${error?.message ?? `exit ${String(status)}`})\n${stdout}\n${stderr}`)
  return folder
}

export const bringSstPlatform = (): string => {
  const folder = sstPlatformFolder()
  if (folder !== null) return folder
  console.error("bringing the source of SST's components to .sst/platform: once, half a minute, 330 MB")
  return install()
}

if (import.meta.main) console.log(bringSstPlatform())
