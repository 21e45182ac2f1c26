import { createHash } from "node:crypto"

import type { DeliveryRow, Work } from "@posthorn/core/delivery"
import { WORK_SHARDS } from "@posthorn/core/delivery"
import { SYSTEM_LOG } from "@posthorn/core/event"
import type { Instant } from "@posthorn/core/time"

import type { Item } from "./item.ts"

/**
 * Every key pattern of the one table, each with the reason why it is composed as it is. Nothing else makes or reads a key.
 *
 *     pk            sk              list                       work                        day
 *     accounts      <account>
 *     acc#<account> conv#<conv>
 *     log#<log>     <position>      event#<evt> / <position>                               day#<date> / <seenAt>#<log>#<position>#<evt>
 *     published     <log>
 *     endpoints     <endpoint>
 *     dlv#<evt>     <endpoint>      ep#<ep> / <made>#<evt>     due#<shard> / <at>
 *                                                              held#<ep> / <class>#<made>#<evt>
 *                                                              probed#<ep> / <class>#<at>#<evt>#<made>
 *                                                              failed#<ep> / <made>#<evt>#<at>
 *     budget        budget
 *                   tick#<minute>
 *                   reserve#<minute>
 *     slot#<ep>     slot
 *     jobs          <job>
 *     keys          <key>
 *     session#<ses> session
 *     stats#<ep>    <minute>
 *     stats#all     <minute>
 */

/** An alias and no interface: a key is an item as well. */
export type Key = { pk: string; sk: string }

/** The indexes hold keys only: an entry costs a write of 1 KB whatever the row's size, and nothing while its key stays. */
export const indexes = {
  /** An event by its id; an endpoint's deliveries by time. */
  list: { pk: "lpk", sk: "lsk" },
  /** Sparse: what somebody has yet to look at. An entry that a row moves from one place to another costs two writes. */
  work: { pk: "wpk", sk: "wsk" },
  /** Events of all accounts, newest first. One partition a day takes far more than upstream's limit lets in. */
  day: { pk: "dpk", sk: "dsk" },
} as const
export type IndexName = keyof typeof indexes

/** DynamoDB's own time to live, in seconds. */
export const TTL = "ttl"

const DIGITS = 16
/** Whole numbers and instants as text that sorts like them; as wide as the largest safe integer. */
export const sortable = (value: number): string =>
  String(Math.min(Math.max(Math.floor(value), 0), Number.MAX_SAFE_INTEGER)).padStart(DIGITS, "0")
/** The number that such a text begins with. */
export const numberAt = (text: string): number => Number(text.slice(0, DIGITS))

/** All accounts are one partition, hundreds of small rows at most: one consistent Query lists them. */
export const ACCOUNTS = "accounts"
export const accountKey = (id: string): Key => ({ pk: ACCOUNTS, sk: id })

/** Beside the account's row, not in its partition: listing accounts must not read checkpoints. */
export const checkpointKey = (accountId: string, conversationId: string): Key => ({
  pk: `acc#${accountId}`,
  sk: `conv#${conversationId}`,
})

/** Endpoints are one partition for the same reason as accounts; fan-out reads them all. */
export const ENDPOINTS = "endpoints"
export const endpointKey = (id: string): Key => ({ pk: ENDPOINTS, sk: id })

/** One row for the whole deployment. */
export const BUDGET: Key = { pk: "budget", sk: "budget" }
/** A row for each minute, so that its absence is the condition: who deals, and what is used of what was kept back. */
export const tickKey = (minute: Instant): Key => ({ pk: "budget", sk: `tick#${sortable(minute)}` })
export const reserveKey = (minute: Instant): Key => ({ pk: "budget", sk: `reserve#${sortable(minute)}` })

/** Every delivery to an endpoint with a `rateLimit` writes it: a row and a partition of its own. */
export const slotKey = (endpointId: string): Key => ({ pk: `slot#${endpointId}`, sk: "slot" })

/** Each one partition for the same reason as accounts: lists of them come whole. */
export const JOBS = "jobs"
export const jobKey = (id: string): Key => ({ pk: JOBS, sk: id })
export const KEYS = "keys"
export const keyKey = (id: string): Key => ({ pk: KEYS, sk: id })

/** No list of sessions is ever asked for: each is a partition of its own. */
export const sessionKey = (id: string): Key => ({ pk: `session#${id}`, sk: "session" })
export const sessionIdOf = (pk: string): string => pk.slice("session#".length)

/** A partition for each endpoint, and one for the whole deployment, which no endpoint's id can be. */
export const statsPartition = (endpointId: string | null): string => `stats#${endpointId ?? "all"}`
export const statsKey = (endpointId: string | null, minute: Instant): Key => ({
  pk: statsPartition(endpointId),
  sk: sortable(minute),
})
export const minuteOf = ({ sk }: Item): Instant => numberAt(String(sk))

/** A log is a partition, a position is a key: "append if that position is free" is one conditional put. */
export const logPartition = (log: string): string => `log#${log}`
export const eventKey = (log: string, position: number): Key => ({ pk: logPartition(log), sk: sortable(position) })
export const logOf = ({ pk }: Item): string => String(pk).slice("log#".length)
export const positionOf = ({ sk }: Item): number => numberAt(String(sk))

/** An account's `published` stands on its row, so that taking the lease answers it; other logs have a row for it. */
export const publishedKey = (log: string): Key => (log === SYSTEM_LOG ? { pk: "published", sk: log } : accountKey(log))

/** By id alone. In the log `system` the same id may stand twice: the position tells the entries apart. */
export const eventById = (eventId: string): string => `event#${eventId}`

export const dayPartition = (at: Instant): string => `day#${new Date(at).toISOString().slice(0, 10)}`

/** Log and position put events of one instant into their log's order; the id spares reading the row to know it. */
export const eventIndexKeys = (row: {
  log: string
  position: number
  seenAt: Instant
  event: { id: string }
}): Item => ({
  lpk: eventById(row.event.id),
  lsk: sortable(row.position),
  dpk: dayPartition(row.seenAt),
  dsk: `${sortable(row.seenAt)}#${row.log}#${sortable(row.position)}#${row.event.id}`,
})
/** From a whole row or from an entry of the day index. */
export const eventIdOf = ({ lpk, dsk }: Item): string =>
  typeof lpk === "string" ? lpk.slice("event#".length) : String(dsk).slice(String(dsk).lastIndexOf("#") + 1)

/** An event's deliveries are one partition, at most one row per endpoint: the row's absence is what the first claim asks for. */
export const deliveryPartition = (eventId: string): string => `dlv#${eventId}`
export const deliveryKey = (eventId: string, endpointId: string): Key => ({
  pk: deliveryPartition(eventId),
  sk: endpointId,
})
export const pairOf = ({ pk, sk }: Item): { eventId: string; endpointId: string } => ({
  eventId: String(pk).slice("dlv#".length),
  endpointId: String(sk),
})

export const deliveriesOf = (endpointId: string): string => `ep#${endpointId}`
/** Where a delivery stands among its endpoint's; never changes, so the entry is written once. */
export const deliveryOrder = (row: { createdAt: Instant; eventId: string }): string =>
  `${sortable(row.createdAt)}#${row.eventId}`
export const deliveryListKeys = (row: DeliveryRow): Item => ({
  lpk: deliveriesOf(row.endpointId),
  lsk: deliveryOrder(row),
})

/** By the event's id alone: a delivery's entry stays in one shard for ever. A hash, since ids may share their beginnings. */
export const shardOf = (eventId: string): number =>
  (createHash("sha256").update(eventId).digest()[0] ?? 0) % WORK_SHARDS

export const duePartition = (shard: number): string => `due#${String(shard)}`
export const heldPartition = (endpointId: string): string => `held#${endpointId}`
/**
 * Held deliveries that have failed as probes stand apart, by when they did: the others' entries sort by when they were made, as
 * people's lists do, and these few are put where they belong by whoever reads both.
 */
export const probedPartition = (endpointId: string): string => `probed#${endpointId}`
export const failedPartition = (endpointId: string): string => `failed#${endpointId}`

/** Live deliveries sort before replays. */
export const heldClass = (replay: boolean): string => (replay ? "1#" : "0#")

/** The entry of an open (or failed) delivery. It is kept in these two attributes only, so that row and index cannot differ. */
export const workKeys = (row: DeliveryRow): Item => {
  switch (row.work?.kind) {
    case undefined:
      return {}
    case "due":
      return { wpk: duePartition(shardOf(row.eventId)), wsk: sortable(row.work.at) }
    case "held":
      return row.work.at === row.createdAt
        ? { wpk: heldPartition(row.endpointId), wsk: heldClass(row.work.replay) + deliveryOrder(row) }
        : { wpk: probedPartition(row.endpointId), wsk: heldClass(row.work.replay) + probedOrder(row, row.work.at) }
    case "failed":
      // The row's place among its endpoint's comes first: failed deliveries are listed like all others, by when they were made.
      return { wpk: failedPartition(row.endpointId), wsk: `${deliveryOrder(row)}#${sortable(row.work.at)}` }
  }
}

const probedOrder = ({ eventId, createdAt }: DeliveryRow, at: Instant): string =>
  `${sortable(at)}#${eventId}#${sortable(createdAt)}`
/** Of an entry of a probed partition: where the delivery stands among its endpoint's. */
export const orderOfProbed = (sortKey: string): string => {
  const [, , eventId, createdAt] = sortKey.split("#")
  return `${String(createdAt)}#${String(eventId)}`
}

export const workOf = ({ wpk, wsk }: Item): Work | null => {
  if (typeof wpk !== "string" || typeof wsk !== "string") return null
  if (wpk.startsWith("due#")) return { kind: "due", at: numberAt(wsk) }
  if (!wpk.startsWith("failed#")) {
    const replay = wsk.startsWith(heldClass(true))
    return { kind: "held", replay, at: numberAt(wsk.slice(heldClass(replay).length)) }
  }
  return { kind: "failed", at: numberAt(wsk.slice(wsk.lastIndexOf("#") + 1)) }
}
