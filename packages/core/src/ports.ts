import type { Account, AccountProgress, AccountWishes, Checkpoint } from "./account.ts"
import type { Budget } from "./poll/budget.ts"
import type { DeliveryRow, DeliveryStatus, WorkKey } from "./delivery.ts"
import type { EndpointRow } from "./endpoint.ts"
import type { JobRow } from "./job.ts"
import type { KeyRow } from "./key.ts"
import type { SessionRow } from "./session.ts"
import type { StatsDelta, StatsRow } from "./stats.ts"
import type { Event } from "./event.ts"
import type { LogRow } from "./log-row.ts"
import type { Instant } from "./time.ts"

/**
 * What core asks of the world. Every method is async and has one effect (one conditional write, one send), so that both
 * runtimes can crash at the same places: before and after each await. Protocols stand in core, never behind a port.
 *
 * A conditional write answers `false` when its condition did not hold; any other failure throws.
 * `…Lagging` reads come from an index that may trail the table: what they find is read again and written under condition.
 */

export interface Clock {
  now(): Instant
  sleep(ms: number): Promise<void>
}

/** A number in [0, 1). */
export type Random = () => number
/** Cryptographically strong bytes. */
export type RandomBytes = (size: number) => Uint8Array

export interface Page<Row> {
  rows: Row[]
  /** Opaque; null when there is no more. */
  cursor: string | null
}

export interface PageRequest {
  limit: number
  cursor: string | null
}

/** Most accounts, and most endpoints, that one deployment holds; lists of them come whole. */
export const ACCOUNTS_MAX = 500
export const ENDPOINTS_MAX = 500

export interface AccountStore {
  /** Consistent. */
  getAccount(id: string): Promise<Account | null>
  /** Consistent, ordered by id, at most ACCOUNTS_MAX. */
  listAccounts(): Promise<Account[]>
  /** False where the account exists already. */
  createAccount(account: Account): Promise<boolean>
  /** Takes the lease if it is free or over at `now`; answers the row as it is then, or null if another holds it. */
  acquireLease(id: string, owner: string, now: Instant, until: Instant): Promise<Account | null>
  /** Writes some fields of the account's progress, if `owner` still holds the lease. `release` gives the lease up with the same write. */
  saveProgress(id: string, owner: string, progress: Partial<AccountProgress>, release: boolean): Promise<boolean>
  /** Unconditional; for wishes from outside a poll (poll now). */
  setNextPollAt(id: string, at: Instant): Promise<void>
  /** Writes the given wishes, whoever holds the lease. False where there is no such account. */
  setWishes(id: string, wishes: Partial<AccountWishes>): Promise<boolean>
  /** True for the first who asks in `gapMs`: of a burst of hints one leads to a poll. False where there is no such account. */
  claimHint(id: string, now: Instant, gapMs: number): Promise<boolean>
}

export interface CheckpointStore {
  /** Consistent. */
  getCheckpoint(accountId: string, conversationId: string): Promise<Checkpoint | null>
  /** Writes if the stored row's `upto` is `expectedUpto`; null: if there is no row. */
  putCheckpoint(accountId: string, checkpoint: Checkpoint, expectedUpto: number | null): Promise<boolean>
}

export interface EventFilters {
  types?: string[]
  accountId?: string
  conversationId?: string
  /** By seenAt: since inclusive, until exclusive. */
  since?: Instant
  until?: Instant
}

export interface LogStore {
  /** Appends at `row.position` of `row.log`, if that position is free. This one write commits an event. */
  appendEvent(row: LogRow): Promise<boolean>
  /** Consistent; rows with position > after, ascending. */
  readLog(log: string, after: number, limit: number): Promise<LogRow[]>
  /** Consistent; position of the last row, 0 when there is none. */
  lastPosition(log: string): Promise<number>
  /** Consistent. */
  getEvent(log: string, position: number): Promise<LogRow | null>
  /** Forgotten ones are found too: they are not to be made again. */
  findEventLagging(eventId: string): Promise<LogRow | null>
  /** Newest first (by seenAt), for people; a page may be short and still have a cursor. */
  listEventsLagging(filters: EventFilters, page: PageRequest): Promise<Page<LogRow>>
  /** Consistent; how far the log has been handed to the bus. 0 at first. */
  getPublished(log: string): Promise<number>
  /** Upwards only; a smaller number changes nothing. */
  raisePublished(log: string, position: number): Promise<void>
  /** Empties a row's event: `data` becomes {}, `forgotten` true; it is found by no list any more. Changes nothing where there is no row. */
  forgetEvent(log: string, position: number): Promise<void>
}

export interface EndpointStore {
  /** Consistent. Deleted endpoints are found too (`deletedAt`): deliveries still refer to them. */
  getEndpoint(id: string): Promise<EndpointRow | null>
  /** Consistent, without deleted ones, ordered by createdAt then id, at most ENDPOINTS_MAX. */
  listEndpoints(): Promise<EndpointRow[]>
  /** Consistent; the ENDPOINTS_MAX deleted last. Their rows go some time after the deliveries they explain. */
  listDeletedEndpoints(): Promise<EndpointRow[]>
  /** Writes the row if the stored `version` is `expectedVersion`; null: if there is no row. The row carries its new version. */
  putEndpoint(row: EndpointRow, expectedVersion: number | null): Promise<boolean>
}

export interface DeliveryFilters {
  endpointId?: string
  eventId?: string
  accountId?: string
  statuses?: DeliveryStatus[]
  since?: Instant
  until?: Instant
}

export interface DeliveryStore {
  /** Consistent. */
  getDelivery(eventId: string, endpointId: string): Promise<DeliveryRow | null>
  /** Writes the row if the stored `version` is `expectedVersion`; null: if there is no row. The row carries its new version. */
  putDelivery(row: DeliveryRow, expectedVersion: number | null): Promise<boolean>
  /** Removes the row, whatever it says. */
  forgetDelivery(eventId: string, endpointId: string): Promise<void>
  /** Moves a due entry, if it still stands at `from`; leaves `version` alone, so that it never beats a claim. */
  moveDue(eventId: string, endpointId: string, from: Instant, to: Instant): Promise<boolean>
  /** Entries of one of WORK_SHARDS shards whose instant is <= now, soonest first. */
  listDueLagging(shard: number, now: Instant, limit: number): Promise<WorkKey[]>
  /** Held deliveries of an endpoint: live before replays, oldest first. */
  listHeldLagging(endpointId: string, limit: number, only?: "live" | "replay"): Promise<WorkKey[]>
  /** Exact up to `max`. */
  countHeldLagging(endpointId: string, max: number): Promise<number>
  /** Newest first (by createdAt), for people; a page may be short and still have a cursor. */
  listDeliveriesLagging(filters: DeliveryFilters, page: PageRequest): Promise<Page<DeliveryRow>>
}

/** Turns under an endpoint's `rateLimit`. */
export interface SlotStore {
  /** Hands out the next free turn, at or after `now`, and keeps the one behind it `intervalMs` away. No turn is given twice. */
  takeSlot(endpointId: string, now: Instant, intervalMs: number): Promise<Instant>
}

export interface JobStore {
  /** Consistent. */
  getJob(id: string): Promise<JobRow | null>
  /** Consistent, at most JOBS_MAX, in no particular order. */
  listJobs(): Promise<JobRow[]>
  /** Writes the row if the stored `version` is `expectedVersion`; null: if there is no row. The row carries its new version. */
  putJob(row: JobRow, expectedVersion: number | null): Promise<boolean>
}

/** Most keys that one deployment has. */
export const KEYS_MAX = 500

export interface KeyStore {
  /** Consistent. */
  getKey(id: string): Promise<KeyRow | null>
  /** Consistent, at most KEYS_MAX, in no particular order. */
  listKeys(): Promise<KeyRow[]>
  /** Writes the row if the stored `version` is `expectedVersion`; null: if there is no row. The row carries its new version. */
  putKey(row: KeyRow, expectedVersion: number | null): Promise<boolean>
  /** False where there is none. */
  deleteKey(id: string): Promise<boolean>
}

/** What has expired is refused by whoever reads it, and goes some time after. */
export interface SessionStore {
  /** Consistent. */
  getSession(id: string): Promise<SessionRow | null>
  /** False where there is one with this id. */
  putSession(row: SessionRow): Promise<boolean>
  /** False where there is none. */
  deleteSession(id: string): Promise<boolean>
}

/** Counters for people: approximate, since what is written twice counts twice. Nothing is decided by them. */
export interface StatsStore {
  /** Adds to the counters of one minute and endpoint (null: of the whole deployment), in one write. */
  addStats(delta: StatsDelta): Promise<void>
  /** Minutes of one endpoint, or of the whole deployment, that had something to count; ascending; at most `limit`. */
  readStats(endpointId: string | null, since: Instant, until: Instant, limit: number): Promise<StatsRow[]>
}

/** What all polls share about upstream's limits: one row, and a small one for each minute, forgotten after a while. */
export interface BudgetStore {
  /** Consistent. */
  getBudget(): Promise<Budget | null>
  putBudget(budget: Budget, expectedVersion: number | null): Promise<boolean>
  /** True for the first who asks with this minute (its first instant), and for nobody after. */
  claimTick(minute: Instant): Promise<boolean>
  /** Takes one of the `max` requests that are kept back from this minute's deal. False when they are used up. */
  takeReserved(minute: Instant, max: number): Promise<boolean>
}

/** Both runtimes bring one; stages ask for the parts they use. */
export type Store = AccountStore &
  CheckpointStore &
  LogStore &
  EndpointStore &
  DeliveryStore &
  SlotStore &
  JobStore &
  KeyStore &
  SessionStore &
  StatsStore &
  BudgetStore

/** Most entries in one `publish` or `send` (EventBridge's and SQS's own limit). */
export const BATCH_MAX = 10

export interface BusEntry {
  log: string
  position: number
  event: Event
}

/** EventBridge, or in process. At least once: an entry may arrive twice. */
export interface Bus {
  /** At most BATCH_MAX entries. One answer per entry, in order: null when taken, else why not. */
  publish(entries: BusEntry[]): Promise<(BusRefusal | null)[]>
}

export interface BusRefusal {
  message: string
  /** True when the entry itself is at fault (too large, malformed), false for load and outages. */
  permanent: boolean
}

export interface Message<Body> {
  body: Body
  /** Messages of one group share their pace; groups do not slow each other. */
  group: string
  /** Not handed out before this instant. */
  notBefore: Instant
}

/** SQS, or a table in SQLite. At least once: a message may be handed out twice, and late, but not early. */
export interface Queue<Body> {
  /** At most BATCH_MAX messages. One answer per message, in order: null when taken, else why not. */
  send(messages: Message<Body>[]): Promise<(string | null)[]>
}

/** What a consumer tells the queue about a message that it has looked at. */
export type Verdict =
  | { kind: "delete" }
  /** Keep it, and hand it out again at this instant. */
  | { kind: "again"; at: Instant }
