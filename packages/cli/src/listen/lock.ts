import { closeSync, openSync } from "node:fs"
import type { DatabaseSync } from "node:sqlite"

import { CliError, exitCodes } from "../exit.ts"

const SQLITE_BUSY = 5
/** Longer than another takes to write down who it is. */
const BUSY_MS = 250
const TRIES_MAX = 20

export interface Lock {
  release: () => void
}

/**
 * Takes the lock of a place for this process, or throws a CliError that says who has it.
 *
 * It is the kernel's lock on a file beside the place, by way of SQLite: it ends with the process, however that ends. So nothing is ever
 * stale, nobody has to judge whether another process lives, and no two can take it over at once. The file stays: were it removed, one run
 * could hold it while the next locks a new one of its name.
 */
export const takeLock = (place: string): Lock => {
  const file = `${place}.lock`
  let db: DatabaseSync | null = null
  try {
    makePrivate(file)
    db = open(file)
    hold(db)
    const held = db
    return { release: () => held.close() }
  } catch (error) {
    const holder = db !== null && isBusy(error) ? holderOf(db) : null
    db?.close()
    if (holder !== null)
      throw new CliError(
        `Another run${holder === 0 ? "" : ` (pid ${String(holder)})`} is at work from ${place}: two would send every event twice. End it, or give this one a place of its own with --state.`,
        exitCodes.failed,
      )
    throw new CliError(
      `The place could not be locked at ${file}: ${error instanceof Error ? error.message : String(error)}. Name a file on a disk of this machine with --state.`,
      exitCodes.failed,
    )
  }
}

/** SQLite would make it readable for all. One that is there is not opened: closing it again would end a lock that this process has on it. */
const makePrivate = (file: string): void => {
  try {
    closeSync(openSync(file, "wx", 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
}

const open = (file: string): DatabaseSync => {
  // Node 22 warns that this module is new.
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = () => undefined
  try {
    const db = new (process.getBuiltinModule("node:sqlite").DatabaseSync)(file)
    db.exec(`PRAGMA busy_timeout = ${String(BUSY_MS)}`)
    // A pid is worth nothing after a power cut; and while one waited for the disk, another would read who had the lock before.
    db.exec("PRAGMA synchronous = OFF")
    return db
  } finally {
    process.emitWarning = emitWarning
  }
}

/** A transaction that is begun and never ended. Who holds it has to be committed before, or nobody else could read it. */
const hold = (db: DatabaseSync): void => {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    db.exec("BEGIN IMMEDIATE")
    if (pidIn(db) === process.pid) return
    db.exec(`PRAGMA user_version = ${String(process.pid)}`)
    db.exec("COMMIT")
  }
  throw new Error("others take it in turns")
}

const pidIn = (db: DatabaseSync): number => Number(db.prepare("PRAGMA user_version").get()?.["user_version"])

/** 0 where it cannot be read. */
const holderOf = (db: DatabaseSync): number => {
  try {
    return pidIn(db)
  } catch {
    return 0
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
