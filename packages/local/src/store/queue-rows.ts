import type { DatabaseSync } from "node:sqlite"

import type { Instant } from "@posthorn/core/time"

export interface QueueRow {
  id: number
  notBefore: Instant
  /** How often it was handed out in vain. */
  received: number
  /** JSON. */
  body: string
}

/** Statements over the messages of one kind. The writing ones belong inside a transaction of the writer. */
export const queueRows = (db: DatabaseSync, kind: string) => {
  const insert = db.prepare("INSERT INTO queue (kind, grp, not_before, body) VALUES (?, ?, ?, ?)")
  const remove = db.prepare("DELETE FROM queue WHERE id = ?")
  const postpone = db.prepare("UPDATE queue SET not_before = ?, received = ? WHERE id = ?")
  const bury = db.prepare(
    "INSERT INTO dead_letters (kind, grp, received, reason, died_at, body) VALUES (?, ?, ?, ?, ?, ?)",
  )
  const ready = db.prepare(
    `SELECT id, not_before AS notBefore, received, body FROM queue
     WHERE kind = ? AND grp = ? AND not_before <= ? ORDER BY not_before, id LIMIT ?`,
  )
  const next = db.prepare("SELECT min(not_before) AS at FROM queue WHERE kind = ? AND grp = ? AND not_before > ?")
  const groups = db.prepare("SELECT grp AS name, min(not_before) AS at FROM queue WHERE kind = ? GROUP BY grp")
  const queued = db.prepare("SELECT count(*) AS count FROM queue WHERE kind = ?")
  const dead = db.prepare("SELECT count(*) AS count FROM dead_letters WHERE kind = ?")

  return {
    insert: (group: string, notBefore: Instant, body: string): number =>
      Number(insert.run(kind, group, notBefore, body).lastInsertRowid),
    remove: (id: number): void => void remove.run(id),
    postpone: (id: number, until: Instant, received: number): void => void postpone.run(until, received, id),
    bury: (group: string, row: QueueRow, reason: string, at: Instant): void => {
      bury.run(kind, group, row.received, reason, at, row.body)
      remove.run(row.id)
    },
    /** By instant, then by the order of sending. */
    ready: (group: string, now: Instant, limit: number): QueueRow[] =>
      ready.all(kind, group, now, limit) as unknown as QueueRow[],
    /** The first instant after `now` at which the group has a message. */
    nextAfter: (group: string, now: Instant): Instant =>
      (next.get(kind, group, now) as { at: Instant | null }).at ?? Infinity,
    groups: (): { name: string; at: Instant }[] => groups.all(kind) as { name: string; at: Instant }[],
    counts: () => ({
      queued: (queued.get(kind) as { count: number }).count,
      dead: (dead.get(kind) as { count: number }).count,
    }),
  }
}
