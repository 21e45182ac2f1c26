import type { LogRow } from "@posthorn/core/log-row"
import type { EventFilters, Page, PageRequest } from "@posthorn/core/ports"

import type { Access } from "./access.ts"
import { collect, COST_OF_NOTHING, type Step } from "./collect.ts"
import { decodeCursor, encodeCursor } from "./cursor.ts"
import type { Item } from "./item.ts"
import { walkEvents } from "./walk-events.ts"

/** A filter may drop most of what is read: chunks as large as one BatchGet. */
const CHUNK_MAX = 100

/** One account's events from its log; all accounts' from the day index, which holds keys only: their rows are read again. */
export const listEvents = async (
  table: Access,
  retentionDays: number,
  decode: (item: Item) => LogRow,
  filters: EventFilters,
  { limit, cursor }: PageRequest,
): Promise<Page<LogRow>> => {
  const { accountId, since, until } = filters
  const walk = accountId === undefined ? "day" : "log"
  const below = decodeCursor(walk, cursor)?.below
  const picky = filters.types !== undefined || filters.conversationId !== undefined || until !== undefined
  const size = picky ? CHUNK_MAX : Math.min(limit, CHUNK_MAX)

  async function* steps(): AsyncGenerator<Step<LogRow>> {
    for await (const chunk of walkEvents(table, retentionDays, { accountId, since, until, below, size })) {
      const items = accountId === undefined ? await table.getMany(chunk.items) : chunk.items
      for (const [index, item] of items.entries()) {
        const row = item && decode(item)
        if (row !== null && row.seenAt < (since ?? 0)) return
        yield { row, cost: 1, cursor: () => encodeCursor(walk, chunk.orders[index] ?? chunk.below) }
      }
      yield { row: null, cost: COST_OF_NOTHING, cursor: () => encodeCursor(walk, chunk.below) }
    }
  }
  return collect(steps(), limit, (row) => matches(row, filters))
}

const matches = (row: LogRow, filters: EventFilters): boolean =>
  !row.forgotten &&
  (filters.types?.includes(row.event.type) ?? true) &&
  (filters.conversationId === undefined || filters.conversationId === row.conversationId) &&
  row.seenAt >= (filters.since ?? 0) &&
  row.seenAt < (filters.until ?? Infinity)
