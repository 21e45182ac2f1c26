import { SYSTEM_LOG } from "../event.ts"
import type { LogRow } from "../log-row.ts"
import { ACCOUNTS_MAX, type AccountStore, type LogStore } from "../ports.ts"
import type { Instant } from "../time.ts"
import { type Bookmark, logKey } from "./bookmark.ts"

export interface WalkDeps {
  store: Pick<AccountStore, "listAccounts"> & Pick<LogStore, "getEvent" | "getPublished" | "readLog">
}

export type Walked =
  | { kind: "page"; rows: LogRow[]; bookmark: Bookmark }
  /** Retention has removed rows behind the bookmark: what they were cannot be told any more. */
  | { kind: "expired" }

/** Logs that are read at the same time. */
const READS_AT_ONCE = 16
/** Rows that are read at once behind those that nobody is shown: pings, and what was forgotten. */
const REFILL_ROWS = 100
/** Such reads in one page: 100,000 rows, or the page would say that nothing follows. */
const REFILLS_MAX = 1_000

/**
 * The forward walk (design.md): published events behind a bookmark, each once, in log order; logs interleave by `seenAt`. What it
 * shows the bus has, and it reads nothing but consistent rows, so that nothing appears behind a position it has passed.
 * No rows: caught up. A log that the bookmark does not know starts at its first row that is kept.
 */
export const walk = async (
  bookmark: Bookmark,
  { limit, keptSince }: { limit: number; keptSince: Instant },
  deps: WalkDeps,
): Promise<Walked> => {
  const reached = new Map(bookmark)
  const logs = await logsOf(deps)
  const heads: Head[] = []
  for (let start = 0; start < logs.length; start += READS_AT_ONCE) {
    const opened = await Promise.all(
      logs.slice(start, start + READS_AT_ONCE).map((log) => openHead(log, bookmark, { limit, keptSince }, deps)),
    )
    for (const head of opened) {
      if (head === "expired") return { kind: "expired" }
      heads.push(head)
    }
  }
  const rows: LogRow[] = []
  for (let refills = 0; rows.length < limit && refills < REFILLS_MAX;) {
    const next = heads.filter((head) => head.rows.length > 0).reduce(earlier, null)
    if (next === null) break
    const row = next.rows.shift()
    if (row === undefined) break
    next.position = row.position
    if (isShown(row)) rows.push(row)
    if (next.rows.length === 0 && next.position < next.published && rows.length < limit) {
      refills++
      next.rows = await readRows(next, REFILL_ROWS, deps)
    }
  }
  for (const { log, position } of heads) reached.set(logKey(log), position)
  return { kind: "page", rows, bookmark: reached }
}

/** A bookmark at the end of everything: what comes next is news. */
export const endOfLogs = async (deps: WalkDeps): Promise<Bookmark> =>
  new Map((await logsOf(deps)).map(({ log, published }) => [logKey(log), published]))

/** How long before an event the other logs are taken up when a walk starts at it: it may repeat what was seen, and misses nothing. */
export const OTHERS_BACK_MS = 120_000

/**
 * A bookmark right behind an event; null where its log is unknown. It may be ahead of `published`: a webhook is sometimes faster
 * than the write that says so, and the walk goes on when that has passed it.
 */
export const bookmarkBehind = async (row: Pick<LogRow, "log" | "position" | "seenAt">, deps: WalkDeps) => {
  const logs = await logsOf(deps)
  const own = logs.find(({ log }) => log === row.log)
  if (own === undefined) return null
  const bookmark = new Map<string, number>()
  for (let start = 0; start < logs.length; start += READS_AT_ONCE) {
    const found = await Promise.all(
      logs
        .slice(start, start + READS_AT_ONCE)
        .map(async (log) => [log, await lastBefore(log, row.seenAt - OTHERS_BACK_MS, deps)] as const),
    )
    for (const [{ log }, position] of found) bookmark.set(logKey(log), log === row.log ? row.position : position)
  }
  return bookmark
}

interface Log {
  log: string
  published: number
}

interface Head extends Log {
  position: number
  rows: LogRow[]
}

const logsOf = async ({ store }: WalkDeps): Promise<Log[]> => {
  const accounts = (await store.listAccounts()).slice(0, ACCOUNTS_MAX)
  const system = { log: SYSTEM_LOG, published: await store.getPublished(SYSTEM_LOG) }
  return [...accounts.map(({ id, published }) => ({ log: id, published })), system]
}

const openHead = async (
  { log, published }: Log,
  bookmark: Bookmark,
  { limit, keptSince }: { limit: number; keptSince: Instant },
  deps: WalkDeps,
): Promise<Head | "expired"> => {
  const known = bookmark.get(logKey(log))
  const head: Head = { log, published, position: known ?? 0, rows: [] }
  if (head.position >= published) return head
  head.rows = await readRows(head, limit, deps)
  if (known !== undefined) {
    const [next] = head.rows
    const isThere = next?.position === known + 1 && next.seenAt >= keptSince
    return isThere ? head : "expired"
  }
  // What retention hides is skipped: the log starts where it is kept.
  while (head.rows.length > 0) {
    const kept = head.rows.findIndex((row) => row.seenAt >= keptSince)
    if (kept >= 0) {
      head.rows = head.rows.slice(kept)
      return head
    }
    head.position = head.rows.at(-1)?.position ?? published
    head.rows = head.position < published ? await readRows(head, limit, deps) : []
  }
  head.position = published
  return head
}

const readRows = async ({ log, position, published }: Head, limit: number, { store }: WalkDeps): Promise<LogRow[]> =>
  (await store.readLog(log, position, limit)).filter((row) => row.position <= published)

/** A ping is for the endpoint that was tested alone. */
const isShown = (row: LogRow): boolean => !row.forgotten && row.event.type !== "ping"

const earlier = (best: Head | null, head: Head): Head => {
  const [a, b] = [best?.rows[0], head.rows[0]]
  if (best === null || a === undefined || b === undefined) return best ?? head
  return a.seenAt < b.seenAt || (a.seenAt === b.seenAt && best.log < head.log) ? best : head
}

/** Position of the last published row from before `at`, by bisection: a log is sorted by `seenAt`. Removed rows count as before. */
const lastBefore = async ({ log, published }: Log, at: Instant, { store }: WalkDeps): Promise<number> => {
  const isBefore = async (position: number): Promise<boolean> => {
    const row = await store.getEvent(log, position)
    return row === null || row.seenAt < at
  }
  // Most logs are quiet: one read tells.
  if (published === 0 || (await isBefore(published))) return published
  let [low, high] = [0, published]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await isBefore(middle)) low = middle
    else high = middle
  }
  return low
}
