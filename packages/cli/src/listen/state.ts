import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs"
import path from "node:path"

import { CliError, exitCodes } from "../exit.ts"
import type { Selection } from "./selection.ts"

/** How far one selection of a deployment's events has been forwarded to one receiver. */
export interface ListenState {
  bookmark: string
  /** The last event that the bookmark covers: whether the deployment still knows it tells whether the bookmark is one of its own. */
  lastEventId: string | null
}

/** Whose place it is. */
export interface Owner {
  /** Deployment and receiver, as `targetOf` names them. */
  target: string
  types: Selection
}

export interface SavedState extends ListenState {
  /** Null where a version wrote it that did not tell selections apart. */
  owner: Owner | null
}

const VERSION = 2

/** What a file holds: null where there is none, `unreadable` where something else wrote it. Throws a CliError where it cannot be read. */
export const readState = (file: string): SavedState | "unreadable" | null => {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw new CliError(`The place could not be read from ${file}: ${messageOf(error)}.`, exitCodes.usage)
  }
  try {
    return parse(JSON.parse(text) as Record<string, unknown>)
  } catch {
    return "unreadable"
  }
}

/** Whole or not at all: a process that is killed within leaves the one before. */
export const writeState = (file: string, { target, types }: Owner, { bookmark, lastEventId }: ListenState): void => {
  const next = `${file}.tmp`
  try {
    writeFileSync(next, `${JSON.stringify({ version: VERSION, target, types, bookmark, lastEventId })}\n`, {
      mode: 0o600,
    })
    renameSync(next, file)
  } catch (error) {
    throw new CliError(`The place could not be written to ${file}: ${messageOf(error)}.`, exitCodes.failed)
  }
}

/** The same for two names of one file, so that both have one lock; its folder is made. */
export const settlePath = (file: string): string => {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    try {
      return realpathSync(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
      return path.join(realpathSync(path.dirname(file)), path.basename(file))
    }
  } catch (error) {
    throw new CliError(`There can be no place at ${file}: ${messageOf(error)}.`, exitCodes.usage)
  }
}

/** @param remedy what to do, in whole sentences */
export const unreadable = (file: string, remedy: string): CliError =>
  new CliError(`${file} is not a place that this version wrote. ${remedy}`, exitCodes.usage)

const parse = ({ version, target, types, bookmark, lastEventId }: Record<string, unknown>) => {
  if (typeof bookmark !== "string" || bookmark === "") return "unreadable"
  const state = { bookmark, lastEventId: typeof lastEventId === "string" ? lastEventId : null }
  if (version === 1) return { ...state, owner: null }
  const isOwned = version === VERSION && typeof target === "string" && isTextList(types)
  return isOwned ? { ...state, owner: { target, types } } : "unreadable"
}

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string")

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
