import type { DeliveryRow } from "@posthorn/core/delivery"
import type { DeliveryFilters, Page, PageRequest } from "@posthorn/core/ports"
import { MINUTE_MS } from "@posthorn/core/time"

import type { Access } from "./access.ts"
import { collect, COST_OF_NOTHING, type Step } from "./collect.ts"
import { decodeCursor, encodeCursor } from "./cursor.ts"
import type { Item } from "./item.ts"
import { deliveryPartition, eventIdOf, eventKey, numberAt, sortable } from "./keys.ts"
import { walkEndpoint } from "./walk-endpoint.ts"
import { walkEvents } from "./walk-events.ts"

/** A filter may drop most of what is read: chunks as large as one BatchGet. */
const CHUNK_MAX = 100
/** So many events' deliveries are asked for at once. */
const EVENTS_AT_ONCE = 10
/** One event's deliveries: at most one for each endpoint that ever was. */
const DELIVERIES_OF_EVENT_MAX = 2_000

interface Context {
  table: Access
  retentionDays: number
  decode: (item: Item) => DeliveryRow
  filters: DeliveryFilters
  page: PageRequest
}

/** Each way to ask has a walk of its own: no index serves them all, and one more would cost every delivery a write. */
export const listDeliveries = async (
  table: Access,
  retentionDays: number,
  decode: (item: Item) => DeliveryRow,
  filters: DeliveryFilters,
  page: PageRequest,
): Promise<Page<DeliveryRow>> => {
  const context = { table, retentionDays, decode, filters, page }
  const { eventId, endpointId } = filters
  const steps =
    eventId !== undefined
      ? ofEvent(context, eventId)
      : endpointId !== undefined
        ? ofEndpoint(context, endpointId)
        : ofEvents(context)
  return collect(steps, page.limit, (row) => matches(row, filters))
}

const matches = (row: DeliveryRow, filters: DeliveryFilters): boolean =>
  row.endpointId === (filters.endpointId ?? row.endpointId) &&
  row.eventId === (filters.eventId ?? row.eventId) &&
  row.accountId === (filters.accountId ?? row.accountId) &&
  (filters.statuses?.includes(row.status) ?? true) &&
  row.createdAt >= (filters.since ?? 0) &&
  row.createdAt < (filters.until ?? Infinity)

async function* ofEndpoint(context: Context, endpointId: string): AsyncGenerator<Step<DeliveryRow>> {
  const { table, decode, filters, page } = context
  const { statuses, since = 0, until = Infinity } = filters
  const below = decodeCursor("endpoint", page.cursor)?.below ?? sortable(until)
  const size = statuses === undefined && filters.accountId === undefined ? Math.min(page.limit, CHUNK_MAX) : CHUNK_MAX
  for await (const entries of walkEndpoint(table, { endpointId, statuses, below, size })) {
    const items = await table.getMany(entries.map(({ key }) => key))
    for (const [index, { order }] of entries.entries()) {
      if (numberAt(order) < since) return
      const item = items[index] ?? null
      yield { row: item && decode(item), cost: 1, cursor: () => encodeCursor("endpoint", order) }
    }
  }
}

async function* ofEvent(context: Context, eventId: string): AsyncGenerator<Step<DeliveryRow>> {
  const behind = decodeCursor("event", context.page.cursor)?.behind
  for (const row of await deliveriesOf(context, eventId, behind))
    yield { row, cost: 1, cursor: () => encodeCursor("event", "", orderInEvent(row)) }
}

/**
 * Across all endpoints: events newest first, then the deliveries of each. That is "newest first by createdAt" but for replays to
 * endpoints that had not had the event: these stand where their event stands.
 */
async function* ofEvents(context: Context): AsyncGenerator<Step<DeliveryRow>> {
  const { table, retentionDays, filters, page } = context
  const { accountId } = filters
  const walk = accountId === undefined ? "day" : "log"
  const from = decodeCursor(walk, page.cursor)
  // A delivery is made after its event was seen, give or take two machines' clocks. For `since` that says nothing: see replays.
  const until = filters.until === undefined ? undefined : filters.until + MINUTE_MS
  const size = Math.min(page.limit, CHUNK_MAX)
  for await (const chunk of walkEvents(table, retentionDays, { accountId, until, below: from?.below, size })) {
    for (let at = 0; at < chunk.items.length; at += EVENTS_AT_ONCE) {
      const items = chunk.items.slice(at, at + EVENTS_AT_ONCE)
      const orders = chunk.orders.slice(at, at + EVENTS_AT_ONCE)
      const found = await Promise.all(
        items.map((item, index) =>
          deliveriesOf(context, eventIdOf(item), from?.below === including(orders[index]) ? from.behind : undefined),
        ),
      )
      for (const [index, rows] of found.entries()) {
        const order = orders[index] ?? chunk.below
        // An event may stand twice in the log `system`: its deliveries are shown with the one that they name.
        for (const row of rows.filter((row) => isOf(row, items[index])))
          yield { row, cost: 1, cursor: () => encodeCursor(walk, including(order), orderInEvent(row)) }
        yield { row: null, cost: 1, cursor: () => encodeCursor(walk, order) }
      }
    }
    yield { row: null, cost: COST_OF_NOTHING, cursor: () => encodeCursor(walk, chunk.below) }
  }
}

const isOf = (row: DeliveryRow, event: Item | undefined): boolean => {
  const { pk, sk } = eventKey(row.log, row.position)
  return pk === event?.pk && sk === event.sk
}

/** The bound under which the event itself is read again, for its other deliveries. */
const including = (order: string | undefined): string => `${order ?? ""}~`

const orderInEvent = (row: DeliveryRow): string => `${sortable(row.createdAt)}#${row.endpointId}`

const deliveriesOf = async ({ table, decode }: Context, eventId: string, behind?: string): Promise<DeliveryRow[]> => {
  const items = await table.query({ pk: deliveryPartition(eventId), limit: DELIVERIES_OF_EVENT_MAX })
  const rows = items.map((item) => decode(item)).filter((row) => behind === undefined || orderInEvent(row) < behind)
  return rows.sort((a, b) => (orderInEvent(a) < orderInEvent(b) ? 1 : -1))
}
