import { createHash } from "node:crypto"
import { readdirSync } from "node:fs"
import { homedir } from "node:os"
import path from "node:path"

import { CliError, exitCodes } from "../exit.ts"
import { overlaps, type Selection } from "./selection.ts"
import { type Owner, readState, type SavedState, unreadable } from "./state.ts"

/** Selections for one receiver. Nobody has as many; more are not looked at. */
const PLACES_MAX = 1_000

/** Deployment and receiver in one name, in which neither's address stands, since hooks are secrets. */
export const targetOf = (url: string, forward: string): string => hash(`${url}\n${forward}`)

/** Beside others under XDG's state directory: one per deployment, receiver and selection. */
export const defaultPlace = ({ target, types }: Owner): string =>
  path.join(folder(), `listen-${target}-${hash(types.join(","))}.json`)

export interface Neighbour extends SavedState {
  file: string
}

/** The default places of other selections for the same deployment and receiver. */
export const neighboursOf = (owner: Owner): Neighbour[] => {
  const own = path.basename(defaultPlace(owner))
  const names = namesIn(folder()).filter(
    // Without a selection: of a version that did not tell them apart.
    (name) => name === `listen-${owner.target}.json` || /^-[0-9a-f]+\.json$/.test(restOf(name, owner.target)),
  )
  if (names.length > PLACES_MAX)
    throw new CliError(`${folder()} has more than ${String(PLACES_MAX)} places of this receiver.`, exitCodes.usage)
  return names
    .filter((name) => name !== own)
    .flatMap((name) => {
      const file = path.join(folder(), name)
      const saved = readState(file)
      if (saved === "unreadable")
        throw unreadable(file, "Say with --from where to begin: start repeats, now leaves out.")
      return saved === null ? [] : [{ ...saved, file }]
    })
}

/**
 * Whose places tell where a selection begins that has none of its own: at the earliest of them (`earliest`) nothing is lost that this
 * receiver was to have, and what some of them have delivered behind it comes again. One that stands further on, and has all these types,
 * does not tell that they were delivered: it may have begun with `--from now`. None where none shares any of the types: nothing of them was
 * ever asked for.
 */
export const inherit = (types: Selection, neighbours: readonly Neighbour[]): Neighbour[] =>
  // One of an earlier version may have been for any types.
  neighbours.filter(({ owner }) => owner === null || overlaps(owner.types, types))

const folder = (): string => {
  const base = process.env["XDG_STATE_HOME"]
  const directory = base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), ".local", "state")
  return path.join(directory, "posthorn")
}

const namesIn = (directory: string): string[] => {
  try {
    return readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []
    throw error
  }
}

const restOf = (name: string, target: string): string =>
  name.startsWith(`listen-${target}`) ? name.slice(`listen-${target}`.length) : ""

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16)
