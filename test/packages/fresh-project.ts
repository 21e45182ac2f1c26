import { execFile, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"

import { stage } from "../../scripts/stage.ts"

export const ROOT = path.resolve(import.meta.dirname, "../..")
const COMMAND_WITHIN_MS = 240_000

/** A folder outside the repository, so that nothing in it is found by chance. */
export const temporaryFolder = (): { folder: string; remove: () => void } => {
  const folder = mkdtempSync(path.join(tmpdir(), "posthorn-package-"))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Runs a program to its end; answers what it wrote. Throws with that if it fails. */
export const run = (
  program: string,
  args: string[],
  { cwd, env }: { cwd: string; env?: Record<string, string> },
): string => {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    timeout: COMMAND_WITHIN_MS,
    env: { ...process.env, ...env },
  })
  if (status === 0) return stdout
  throw new Error(
    `${path.basename(program)} ${args.join(" ")}: ${error?.message ?? signal ?? `exit ${String(status)}`}\n${stdout}${stderr}`,
  )
}

/** As `run`, while this process goes on: for a program that talks to it. */
export const runAsync = async (program: string, args: string[], { cwd }: { cwd: string }): Promise<string> =>
  (await promisify(execFile)(program, args, { cwd, timeout: COMMAND_WITHIN_MS })).stdout

/** What would be published of a workspace, as npm packs it; answers the tarball's path. */
export const pack = (workspace: string, folder: string): string => {
  const staged = stage(workspace, path.join(folder, "staged"))
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: staged })) as [
    { filename: string },
  ]
  return path.join(folder, packed.filename)
}

/** A project of somebody else's with a tarball installed from nothing but itself; answers its folder. */
export const freshProject = (folder: string, tarball: string, files: Record<string, string> = {}): string => {
  const project = path.join(folder, "project")
  mkdirSync(project, { recursive: true })
  const manifest = { name: "somebody-elses", private: true, type: "module" }
  for (const [name, text] of Object.entries({ "package.json": JSON.stringify(manifest), ...files })) {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true })
    writeFileSync(path.join(project, name), text)
  }
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: project })
  return project
}
