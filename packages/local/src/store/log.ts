import type { DatabaseSync } from "node:sqlite"

import type { Event } from "@posthorn/core/event"
import type { LogRow } from "@posthorn/core/log-row"
import type { LogStore } from "@posthorn/core/ports"

import type { Writer } from "./writer.ts"
import { deepFreeze } from "./freeze.ts"
import { type Condition, createList } from "./list.ts"
import { published } from "./published.ts"
import { createRecent } from "./recent.ts"

interface Found {
  log: string
  position: number
  seen_at: number
  conversation_id: string | null
  sequence: number | null
  previous: number | null
  /** JSON; null: for all endpoints. */
  only_for: string | null
  forgotten: number
  event: string
}

const COLUMNS = "log, position, seen_at, conversation_id, sequence, previous, only_for, forgotten, event"

/** Characters of JSON. Fan-out reads an event once for each endpoint, within moments of its append. */
const RECENT_MAX = 8_000_000

const rowOf = (found: Found): LogRow => ({
  log: found.log,
  position: found.position,
  event: JSON.parse(found.event) as Event,
  seenAt: found.seen_at,
  conversationId: found.conversation_id,
  sequence: found.sequence,
  previous: found.previous,
  ...(found.only_for !== null && { only: JSON.parse(found.only_for) as string[] }),
  forgotten: found.forgotten === 1,
})

const keyOf = (log: string, position: number): string => `${position} ${log}`

/** The logs of events. Rows hardly ever change, so `getEvent` keeps the last ones in memory, frozen; `forget` drops those. */
export const logStore = (db: DatabaseSync, writer: Writer): { store: LogStore; forget: () => void } => {
  const logs = published(db)
  const recent = createRecent<LogRow>(RECENT_MAX)
  const insert = db.prepare(
    `INSERT INTO events (${COLUMNS}, event_id, type) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const select = db.prepare(`SELECT ${COLUMNS} FROM events WHERE log = ? AND position = ?`)
  const selectAfter = db.prepare(
    `SELECT ${COLUMNS} FROM events WHERE log = ? AND position > ? ORDER BY position LIMIT ?`,
  )
  const selectLast = db.prepare("SELECT max(position) AS position FROM events WHERE log = ?")
  const byId = (forgotten: 0 | 1) =>
    db.prepare(`SELECT ${COLUMNS} FROM events WHERE event_id = ? AND forgotten = ${forgotten} ORDER BY id LIMIT 1`)
  const [selectById, selectForgotten] = [byId(0), byId(1)]
  const empty = db.prepare(
    "UPDATE events SET forgotten = 1, event = json_set(event, '$.data', json('{}')) WHERE log = ? AND position = ?",
  )
  const list = createList<Found>(db, { table: "events", columns: COLUMNS, time: "seen_at" })

  const get = (log: string, position: number): LogRow | null => {
    const key = keyOf(log, position)
    const kept = recent.get(key)
    if (kept !== undefined) return kept
    const found = select.get(log, position) as unknown as Found | undefined
    if (found === undefined) return null
    const row = deepFreeze(rowOf(found))
    recent.set(key, row, found.event.length)
    return row
  }

  const store: LogStore = {
    appendEvent: (row) => {
      const { log, position, seenAt, conversationId, sequence, previous, only, forgotten, event } = row
      const place = [log, position, seenAt, conversationId, sequence, previous] as const
      const onlyFor = only === undefined ? null : JSON.stringify(only)
      const values = [...place, onlyFor, Number(forgotten), JSON.stringify(event)] as const
      const { id, type } = event
      return writer.write(() => insert.run(...values, id, type).changes === 1, { durable: true })
    },
    readLog: async (log, after, limit) => (selectAfter.all(log, after, limit) as unknown as Found[]).map(rowOf),
    lastPosition: async (log) => (selectLast.get(log) as { position: number | null }).position ?? 0,
    getEvent: async (log, position) => get(log, position),
    findEventLagging: async (eventId) => {
      const found = (selectById.get(eventId) ?? selectForgotten.get(eventId)) as unknown as Found | undefined
      return found === undefined ? null : rowOf(found)
    },

    listEventsLagging: async ({ types, accountId, conversationId, since, until }, page) => {
      const within: Condition[] = []
      if (conversationId !== undefined) within.push(["conversation_id = ?", conversationId])
      else if (accountId !== undefined) within.push(["log = ?", accountId])
      const wanted: Condition[] = [["forgotten = 0"]]
      if (conversationId !== undefined && accountId !== undefined) wanted.push(["+log = ?", accountId])
      if (types !== undefined) wanted.push(["+type IN (SELECT value FROM json_each(?))", JSON.stringify(types)])
      const { rows, cursor } = list({ within, wanted, since, until }, page)
      return { rows: rows.map(rowOf), cursor }
    },

    getPublished: async (log) => logs.get(log),
    raisePublished: (log, position) => writer.write(() => logs.raise(log, position)),
    forgetEvent: async (log, position) => {
      await writer.write(
        () => {
          // Inside the transaction: nobody can read between here and its end.
          recent.delete(keyOf(log, position))
          empty.run(log, position)
        },
        { durable: true },
      )
    },
  }
  return { store, forget: recent.clear }
}
