import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import path from "node:path"

import { CliError, exitCodes } from "../exit.ts"

/** How far one deployment's events have been forwarded to one receiver. */
export interface ListenState {
  bookmark: string
  /** The last event that the bookmark covers: whether the deployment still knows it tells whether the bookmark is one of its own. */
  lastEventId: string | null
}

const VERSION = 1

export interface StateFile {
  path: string
  /** Null before the first run. */
  load: () => ListenState | null
  /** Whole or not at all: a process that is killed within leaves the one before. */
  save: (state: ListenState) => void
}

/** Beside others under XDG's state directory, one per deployment and receiver; neither's address stands in it, since hooks are secrets. */
export const defaultStatePath = (url: string, forward: string): string => {
  const base = process.env["XDG_STATE_HOME"]
  const directory = base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), ".local", "state")
  const name = createHash("sha256").update(`${url}\n${forward}`).digest("hex").slice(0, 16)
  return path.join(directory, "posthorn", `listen-${name}.json`)
}

export const openState = (file: string): StateFile => ({
  path: file,
  load: () => {
    const text = read(file)
    return text === null ? null : parse(text, file)
  },
  save: (state) => {
    const next = `${file}.${String(process.pid)}.tmp`
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      writeFileSync(next, `${JSON.stringify({ version: VERSION, ...state })}\n`, { mode: 0o600 })
      renameSync(next, file)
    } catch (error) {
      throw new CliError(`The place could not be written to ${file}: ${messageOf(error)}.`, exitCodes.failed)
    }
  },
})

const read = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw new CliError(`The place could not be read from ${file}: ${messageOf(error)}.`, exitCodes.usage)
  }
}

const parse = (text: string, file: string): ListenState => {
  try {
    const { version, bookmark, lastEventId } = JSON.parse(text) as Record<string, unknown>
    if (version === VERSION && typeof bookmark === "string" && bookmark !== "")
      return { bookmark, lastEventId: typeof lastEventId === "string" ? lastEventId : null }
  } catch {
    // Said below.
  }
  throw new CliError(
    `${file} is not a place that this program wrote. Say with --from where to begin (start repeats, now leaves out), or name another with --state.`,
    exitCodes.usage,
  )
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
