import { type Event, SYSTEM_LOG } from "@posthorn/core/event"
import type { LogRow } from "@posthorn/core/log-row"
import type { LogStore } from "@posthorn/core/ports"
import { DAY_MS, SECOND_MS } from "@posthorn/core/time"
import * as z from "zod"

import type { Access } from "./access.ts"
import { absent, present } from "./expression.ts"
import { decodeRow, encodeRow, type Fields, flag, type Item, json, orNull, plain } from "./item.ts"
import {
  eventById,
  eventIndexKeys,
  eventKey,
  logOf,
  logPartition,
  positionOf,
  publishedKey,
  sortable,
  TTL,
} from "./keys.ts"
import { listEvents } from "./list-events.ts"
import { KEPT_BEHIND_RETENTION_MS } from "./retention.ts"

/** An id stands once, in the log `system` perhaps twice; entries of rows that are gone may linger in the index. */
const ENTRIES_OF_ONE_EVENT_MAX = 5

/** As core made it: its types are checked when it is made, and those of older versions are still to be delivered as they are. */
const StoredEvent = z.custom<Event>(
  (value) =>
    z.object({ id: z.string(), type: z.string(), timestamp: z.string(), data: z.object() }).safeParse(value).success,
)

type Body = Omit<LogRow, "log" | "position" | "only"> & { only: string[] | null }
const fields: Fields<Body> = {
  event: json("event", StoredEvent),
  seenAt: plain("seen", z.number()),
  conversationId: orNull("conv", z.string()),
  sequence: orNull("seq", z.number()),
  previous: orNull("prev", z.number()),
  only: json("only", z.array(z.string()).nullable(), null),
  forgotten: flag("gone"),
}

const decode = (item: Item): LogRow => {
  const { only, ...row } = decodeRow(fields, item)
  return { log: logOf(item), position: positionOf(item), ...row, ...(only !== null && { only }) }
}

export const logStore = (table: Access, retentionDays: number): LogStore => {
  const expiry = (row: LogRow): number =>
    Math.ceil((row.seenAt + retentionDays * DAY_MS + KEPT_BEHIND_RETENTION_MS) / SECOND_MS)

  return {
    appendEvent: (row) =>
      table.put(
        {
          ...eventKey(row.log, row.position),
          ...eventIndexKeys(row),
          ...encodeRow<Body>(fields, { ...row, only: row.only ?? null }),
          [TTL]: expiry(row),
        },
        absent,
      ),

    async readLog(log, after, limit) {
      const items = await table.query({ pk: logPartition(log), range: [">", sortable(after)], limit })
      return items.map(decode)
    },

    async lastPosition(log) {
      const [last] = await table.query({ pk: logPartition(log), newestFirst: true, limit: 1 })
      return last === undefined ? 0 : positionOf(last)
    },

    async getEvent(log, position) {
      const item = await table.get(eventKey(log, position))
      return item && decode(item)
    },

    async findEventLagging(eventId) {
      const entries = await table.query({ index: "list", pk: eventById(eventId), limit: ENTRIES_OF_ONE_EVENT_MAX })
      const items = await table.getMany(entries)
      const rows = items.map((item) => item && decode(item)).filter((row) => row?.event.id === eventId)
      return rows.find((row) => row?.forgotten === false) ?? rows[0] ?? null
    },

    listEventsLagging: (filters, page) => listEvents(table, retentionDays, decode, filters, page),

    async getPublished(log) {
      const item = await table.get(publishedKey(log))
      return z.number().parse(item?.done ?? 0)
    },

    async raisePublished(log, position) {
      // An account's row is made by createAccount alone; the row of another log by its first publication.
      const holds = log === SYSTEM_LOG ? "attribute_not_exists(done) OR done < :to" : "done < :to"
      await table.update(
        publishedKey(log),
        { set: { done: position } },
        { expression: holds, values: { ":to": position } },
      )
    },

    async forgetEvent(log, position) {
      const key = eventKey(log, position)
      const item = await table.get(key)
      if (item === null) return
      // What is kept of an event never changes, so nothing is lost between the two. The entries of the indexes stay: whoever
      // follows one reads the row.
      const { event } = decode(item)
      const emptied = fields.event.encode({ ...event, data: {} as Event["data"] })
      await table.update(
        key,
        { set: { [fields.event.attribute]: emptied, [fields.forgotten.attribute]: true } },
        present,
      )
    },
  }
}
