import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs"
import { dirname } from "node:path"

const PRIVATE = 0o600

/**
 * Makes sure that the file is there, and that nobody else may read it. An existing one is not opened: closing it again would
 * give up every lock that this process has on it.
 */
export const touchPrivate = (path: string): void => {
  if (!existsSync(path)) closeSync(openSync(path, "a", PRIVATE))
  chmodSync(path, PRIVATE)
}

/** The JSON in the file; undefined where there is no file. Throws on a file that holds something else. */
export const readPrivate = (path: string): unknown => {
  if (!existsSync(path)) return undefined
  chmodSync(path, PRIVATE)
  return JSON.parse(readFileSync(path, "utf8"))
}

/** Writes the file as a whole or not at all, and onto the disk: what is in it cannot be made again. */
export const writePrivate = (path: string, value: unknown): void => {
  const draft = `${path}.new`
  const file = openSync(draft, "w", PRIVATE)
  try {
    writeSync(file, `${JSON.stringify(value, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  const directory = openSync(dirname(path), "r")
  fsyncSync(directory)
  closeSync(directory)
}
