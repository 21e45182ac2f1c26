import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { DatabaseSync } from "node:sqlite"

/** What a dead relay has left on the disk. */
export interface Disk {
  /** Events that are in the log and in no checkpoint. */
  unfolded: number
  /** Events in log and checkpoint of which neither bus nor queue has heard. */
  unpublished: number
  /** Events that were handed on, and are not marked so. */
  unmarked: number
  /** Attempts that began and have no record. */
  claims: { eventId: string; key: string; recorded: number }[]
}

const TAIL = `
  WITH tail AS (
    SELECT events.*, coalesce(upto, 0) AS upto,
      EXISTS (SELECT 1 FROM deliveries WHERE deliveries.event_id = events.event_id)
        OR EXISTS (SELECT 1 FROM queue WHERE json_extract(queue.body, '$.eventId') = events.event_id) AS handed_on
    FROM events
    LEFT JOIN logs ON logs.log = events.log
    LEFT JOIN checkpoints ON account_id = events.log AND checkpoints.conversation_id = events.conversation_id
    WHERE position > coalesce(published, 0)
  )`

/** Reads a copy: opening the file itself would do the relay's recovery for it. */
export const readDisk = (dataDir: string): Disk => {
  const copy = mkdtempSync(path.join(tmpdir(), "posthorn-disk-"))
  for (const name of ["posthorn.db", "posthorn.db-wal"])
    if (existsSync(path.join(dataDir, name))) copyFileSync(path.join(dataDir, name), path.join(copy, name))
  const db = new DatabaseSync(path.join(copy, "posthorn.db"))
  const count = (sql: string): number => Number(db.prepare(sql).get()!["count"])
  try {
    const claims = db
      .prepare(
        `SELECT deliveries.event_id AS eventId,
           json_extract(event, '$.data.account.id') || ' ' || json_extract(event, '$.data.message.id') AS key,
           json_array_length(body, '$.attempts') AS recorded
         FROM deliveries JOIN events ON events.event_id = deliveries.event_id
         WHERE json_extract(body, '$.claim') IS NOT NULL`,
      )
      .all()
    return {
      unfolded: count(`${TAIL} SELECT count(*) AS count FROM tail WHERE position > upto`),
      unpublished: count(`${TAIL} SELECT count(*) AS count FROM tail WHERE position <= upto AND NOT handed_on`),
      unmarked: count(`${TAIL} SELECT count(*) AS count FROM tail WHERE handed_on`),
      claims: claims as unknown as Disk["claims"],
    }
  } finally {
    db.close()
    rmSync(copy, { recursive: true })
  }
}
