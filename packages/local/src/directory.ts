import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, readdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as z from "zod"

import { messageOf } from "@posthorn/core/error"

import { StartError } from "./start-error.ts"
import { readPrivate, touchPrivate, writePrivate } from "./store/private-file.ts"

export { StartError } from "./start-error.ts"

/** Secrets that a person has set. */
export interface GivenSecrets {
  adminKey: string | null
  encryptionKeys: Uint8Array[] | null
}

/** A data directory that is ours until `close`, or until the process ends, however it ends. */
export interface Directory {
  path: string
  /** The database. */
  file: string
  adminKey: string
  /** It was made just now: nobody has seen it yet. */
  madeAdminKey: boolean
  /** The first encrypts, all decrypt. */
  encryptionKeys: Uint8Array[]
  close(): void
}

/**
 * Opens the data directory for one process and one upstream, or says in one sentence why not. `upstream` is what its accounts
 * and events come from: mixed, invented people would reach real receivers.
 */
export const openDirectory = (
  path: string,
  upstream: string,
  given: GivenSecrets = { adminKey: null, encryptionKeys: null },
): Directory => {
  const directory = resolve(path)
  makeDirectory(directory)
  const close = lock(directory)
  try {
    claimFor(upstream, directory)
    const secrets = secretsOf(directory, given)
    const file = join(directory, "posthorn.db")
    touchPrivate(file)
    return { path: directory, file, ...secrets, close }
  } catch (error) {
    close()
    throw error instanceof StartError ? error : notWritable(directory, error)
  }
}

const WAY_OUT = "set POSTHORN_DATA_DIR to another directory"

const notWritable = (directory: string, error: unknown): StartError =>
  new StartError(
    `The data directory ${directory} cannot be used (${messageOf(error)}): make it writable, or ${WAY_OUT}.`,
  )

const makeDirectory = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // A directory that others keep things in is not ours to close.
    const names = readdirSync(directory)
    if (names.length === 0 || names.includes(LOCK)) chmodSync(directory, 0o700)
  } catch (error) {
    throw notWritable(directory, error)
  }
}

const LOCK = "posthorn.lock"

/** SQLite's lock on a file, which the system takes back when the process is gone: a killed one leaves nothing to clean up. */
const lock = (directory: string): (() => void) => {
  const file = join(directory, LOCK)
  let db: DatabaseSync | null = null
  try {
    touchPrivate(file)
    db = new DatabaseSync(file)
    db.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
    const held = db
    return () => {
      if (held.isOpen) held.close()
    }
  } catch (error) {
    db?.close()
    if ((error as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw notWritable(directory, error)
    throw new StartError(`Another Posthorn is running on ${directory}: stop it, or ${WAY_OUT}.`)
  }
}

const SQLITE_BUSY = 5

/** A file of ours as its schema wants it; undefined where there is none. What is spoilt is never replaced by something new. */
const readAs = <T>(schema: z.ZodType<T>, file: string, mend: string): T | undefined => {
  try {
    const found = readPrivate(file)
    return found === undefined ? undefined : schema.parse(found)
  } catch {
    throw new StartError(`${file} cannot be read or is damaged: ${mend}, or ${WAY_OUT}.`)
  }
}

const Owner = z.object({ upstream: z.string() })

const claimFor = (upstream: string, directory: string): void => {
  const file = join(directory, "posthorn.json")
  const owner = readAs(Owner, file, `write {"upstream":"${upstream}"} into it if that is where its messages come from`)
  if (owner === undefined) writePrivate(file, { upstream })
  else if (owner.upstream !== upstream) {
    throw new StartError(
      `The data directory ${directory} belongs to the upstream ${owner.upstream} and cannot be used with ${upstream}: ${WAY_OUT}.`,
    )
  }
}

const Secrets = z.object({
  adminKey: z.string().min(16).optional(),
  encryptionKey: z
    .base64()
    .refine((text) => Buffer.from(text, "base64").length === KEY_BYTES)
    .optional(),
})

const KEY_BYTES = 32

/** What is not given is made once and kept. A kept encryption key goes on decrypting when another one is given. */
const secretsOf = (
  directory: string,
  given: GivenSecrets,
): Pick<Directory, "adminKey" | "madeAdminKey" | "encryptionKeys"> => {
  const file = join(directory, "secrets.json")
  const kept = readAs(Secrets, file, "bring it back from a backup") ?? {}
  const made = { ...kept }
  if (given.adminKey === null) made.adminKey ??= `phk_${randomBytes(24).toString("base64url")}`
  if (given.encryptionKeys === null) made.encryptionKey ??= randomBytes(KEY_BYTES).toString("base64")
  if (made.adminKey !== kept.adminKey || made.encryptionKey !== kept.encryptionKey) writePrivate(file, made)

  const own = made.encryptionKey === undefined ? [] : [Uint8Array.from(Buffer.from(made.encryptionKey, "base64"))]
  return {
    adminKey: given.adminKey ?? made.adminKey ?? "",
    madeAdminKey: made.adminKey !== kept.adminKey,
    encryptionKeys: [...(given.encryptionKeys ?? []), ...own],
  }
}
