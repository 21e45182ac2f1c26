import { DAY_MS, HOUR_MS, type Instant } from "@posthorn/core/time"

import type { Access } from "./access.ts"
import type { Item } from "./item.ts"
import { dayPartition, logPartition, numberAt, sortable } from "./keys.ts"

/** Another process's clock may be ahead of ours by as much. */
const CLOCK_SKEW_MS = HOUR_MS
/** Rows are kept for eight days behind retention and removed within a few more: no day before these holds anything. */
const DAYS_BEHIND_RETENTION = 11

export interface EventWalk {
  accountId?: string | undefined
  since?: Instant | undefined
  until?: Instant | undefined
  /** Where the page before ended. */
  below?: string | undefined
  /** Items in a chunk. */
  size: number
}

/** Events newest first: whole rows of one log, or entries of the day index. `orders` are their sort keys. */
export interface EventChunk {
  items: Item[]
  orders: string[]
  /** The sort key below which the next chunk goes on. */
  below: string
}

/** The events of one account if one is given, else of all. */
export const walkEvents = (table: Access, retentionDays: number, walk: EventWalk): AsyncGenerator<EventChunk> => {
  if (walk.accountId !== undefined) return walkLog(table, walk.accountId, walk.below ?? sortable(Infinity), walk.size)
  const now = table.clock.now()
  const newest = sortable(Math.min(walk.until ?? Infinity, now + CLOCK_SKEW_MS))
  const oldest = Math.max(walk.since ?? 0, now - (retentionDays + DAYS_BEHIND_RETENTION) * DAY_MS)
  return walkDays(table, walk.below ?? newest, oldest, walk.size)
}

/** A log backwards: its order is that of `seenAt` too. */
async function* walkLog(table: Access, log: string, newest: string, size: number): AsyncGenerator<EventChunk> {
  for (let below = newest; ;) {
    const items = await table.query({ pk: logPartition(log), range: ["<", below], newestFirst: true, limit: size })
    const orders = items.map((item) => String(item.sk))
    below = orders.at(-1) ?? below
    yield { items, orders, below }
    if (items.length < size) return
  }
}

/**
 * Day by day backwards. `below` is a sort key of the index, or an instant alone: that excludes everything from the instant on,
 * so at midnight the day before is the next to be read.
 */
async function* walkDays(table: Access, newest: string, oldest: Instant, size: number): AsyncGenerator<EventChunk> {
  for (let below = newest; ;) {
    const isInstant = below.length === sortable(0).length
    const at = numberAt(below) - (isInstant ? 1 : 0)
    if (at < oldest) return
    const items = await table.query({
      index: "day",
      pk: dayPartition(at),
      range: ["<", below],
      newestFirst: true,
      limit: size,
    })
    const orders = items.map((item) => String(item.dsk))
    below = (items.length === size ? orders.at(-1) : undefined) ?? sortable(at - (at % DAY_MS))
    yield { items, orders, below }
  }
}
