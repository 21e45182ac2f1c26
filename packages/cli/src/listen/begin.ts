import { type Client, PosthornError } from "@posthorn/sdk"

import type { Deployed } from "../deployed.ts"
import { CliError, exitCodes } from "../exit.ts"
import { earliest } from "./earliest.ts"
import { inherit, type Neighbour } from "./places.ts"
import { sayTypes } from "./selection.ts"
import { type ListenState, type Owner, readState, type SavedState, unreadable } from "./state.ts"

export interface Begin {
  /** In words. */
  from: string
  state: ListenState
}

interface Where {
  file: string
  owner: Owner
  /** What `--from` says. */
  from: string | undefined
  /** Asked where the place has to come from other selections. */
  neighbours: () => Neighbour[]
}

const MOVE_AWAY =
  "Move it away and say with --from where to begin (start repeats, now leaves out), or name another with --state."

const FROM_TAKES =
  "--from takes start, now, an event's id, a bookmark or the path of a place; for a time, the id of an event seen before it (`posthorn events list --until <time>`)."

/**
 * Where to begin: at `--from`, at the place of an earlier run, at the earliest of other selections for the same receiver, or now. Throws a
 * CliError where the file is another run's or no place at all, also with `--from`: writing over it would lose what is there.
 */
export const beginOf = async ({ file, owner, from, neighbours }: Where, deployed: Deployed): Promise<Begin> => {
  const saved = readState(file)
  if (saved === "unreadable") throw unreadable(file, MOVE_AWAY)
  if (saved !== null) refuseOther(saved, owner, file)
  if (from !== undefined && isPath(from)) {
    const named = readState(from)
    if (named === null) throw new CliError(`There is no file ${from}. ${FROM_TAKES}`, exitCodes.usage)
    if (named === "unreadable") throw unreadable(from, FROM_TAKES)
    return held(named.bookmark, [named], `the place in ${from}`, deployed)
  }
  if (from !== undefined && from !== "now") {
    // Asked before it is written down: a slip of the pen must not take the place of a good one.
    await deployed.client.events.catchUp({ after: from, pageSize: 1, signal: deployed.signal }).next()
    return { from: from === "start" ? from : "the place named", state: { bookmark: from, lastEventId: null } }
  }
  if (from === undefined) {
    if (saved !== null) return held(saved.bookmark, [saved], sayOwn(saved), deployed)
    const others = inherit(owner.types, neighbours())
    if (others.length > 0) return held(bookmarkFor(others, owner), others, sayOthers(others), deployed)
  }
  const { client, signal } = deployed
  const newest = (await client.events.list({ limit: 1 }, { signal }).page()).data[0]?.id ?? null
  // Written down before anything comes: a run that dies at once has missed nothing.
  return { from: "now", state: { bookmark: await client.events.now({ signal }), lastEventId: newest } }
}

/**
 * Holds a place against the deployment: one that does not know the last event of each run that it comes from has removed it, or is
 * another at the same address (a data directory that was deleted), in whose logs the place would stand before events that nobody has
 * seen. Then everything that is kept comes, rather than that something is missed.
 */
const held = async (
  bookmark: string,
  runs: readonly ListenState[],
  from: string,
  { client, signal, output }: Deployed,
): Promise<Begin> => {
  const ids = runs.flatMap(({ lastEventId }) => lastEventId ?? [])
  for (const id of ids)
    if (!(await isKnown(id, client, signal))) {
      output.note(
        "The deployment does not know the last event of the run before: it was removed since, or this is another deployment. Everything that is kept comes; skip by id what you have.",
      )
      return { from: "start", state: { bookmark: "start", lastEventId: null } }
    }
  return { from, state: { bookmark, lastEventId: ids[0] ?? null } }
}

const sayOwn = ({ owner }: SavedState): string =>
  owner === null ? "where the last run of an earlier version stopped" : "where the last run stopped"

const bookmarkFor = (others: Neighbour[], owner: Owner): string => {
  const [first] = others
  if (first !== undefined && others.length === 1) return first.bookmark
  const bookmark = earliest(others.map((each) => each.bookmark))
  if (bookmark === null) throw unclear(owner, others)
  return bookmark
}

const sayOthers = (others: Neighbour[]): string => {
  const runs = others.map(sayWhose)
  const whose = runs.length === 1 ? `the run ${runs.join()}` : `the earliest of the runs ${runs.join(" and ")}`
  return `where ${whose} stands; from here on these types have a place of their own`
}

const sayWhose = ({ owner }: SavedState): string => (owner === null ? "of an earlier version" : sayTypes(owner.types))

/** Neither a bookmark nor an id has one of these in it. */
const isPath = (from: string): boolean => /[./\\:]/.test(from)

const refuseOther = ({ owner }: SavedState, { target, types }: Owner, file: string): void => {
  if (owner === null || (owner.target === target && sayTypes(owner.types) === sayTypes(types))) return
  const whose =
    owner.target === target
      ? `of the run ${sayTypes(owner.types)}, and this one is ${sayTypes(types)}`
      : "of another deployment or receiver"
  throw new CliError(
    `${file} is the place ${whose}. Name another with --state; to begin that one where this one stands: --from ${file}.`,
    exitCodes.usage,
  )
}

const unclear = ({ types }: Owner, others: Neighbour[]): CliError => {
  const places = others.map((each) => `${each.file} (${sayWhose(each)})`)
  return new CliError(
    `A run ${sayTypes(types)} has no place for this receiver yet, and which of the others is the earliest cannot be told. Say with --from where to begin: one of these files, now (which leaves out), or start (which repeats): ${places.join(", ")}.`,
    exitCodes.usage,
  )
}

const isKnown = async (eventId: string, client: Client, signal: AbortSignal): Promise<boolean> => {
  try {
    await client.events.get(eventId, { signal })
    return true
  } catch (error) {
    if (error instanceof PosthornError && error.code === "not_found") return false
    throw error
  }
}
