import { DatabaseSync } from "node:sqlite"

const HOUR_MS = 3_600_000

/**
 * One row for each event, whatever becomes of it: `pending` -> `sending` -> `sent`; or why not: `skipped`, `failed`, or `unsure` where nobody
 * knows whether LinkedIn has it.
 */
export const openReplies = (file) => {
  const db = new DatabaseSync(file, { timeout: 5_000 })
  db.exec(`CREATE TABLE IF NOT EXISTS replies (id TEXT PRIMARY KEY, conversation TEXT NOT NULL, event TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', note TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL)`)
  const insert = db.prepare(
    "INSERT INTO replies (id, conversation, event, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  )
  const oldest = db.prepare("SELECT event FROM replies WHERE state = 'pending' ORDER BY at, rowid LIMIT 1")
  const update = db.prepare("UPDATE replies SET state = ?, note = ?, at = ? WHERE id = ?")
  const count = db.prepare("SELECT count(*) AS sent FROM replies WHERE conversation = ? AND state = 'sent' AND at > ?")
  const interrupted = db.prepare("UPDATE replies SET state = 'unsure' WHERE state = 'sending' RETURNING id")

  return {
    /** False for an event that was here before. */
    keep: (event) => {
      const { conversation } = event.data
      return insert.run(event.id, conversation.id, JSON.stringify(event), Date.now()).changes === 1
    },
    next: () => {
      const row = oldest.get()
      return row === undefined ? null : JSON.parse(row.event)
    },
    mark: (event, state, note = "") => update.run(state, note, Date.now(), event.id),
    sentLately: (conversationId) => count.get(conversationId, Date.now() - HOUR_MS).sent,
    /** Ids of those that we were sending when we died. */
    giveUpInterrupted: () => interrupted.all().map(({ id }) => id),
  }
}
