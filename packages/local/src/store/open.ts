import type { DatabaseSync as Database } from "node:sqlite"
import { DatabaseSync } from "node:sqlite"

import type { Store } from "@posthorn/core/ports"
import { messageOf } from "@posthorn/core/error"

import { StartError } from "../start-error.ts"
import { accountStore, clearLeases } from "./accounts.ts"
import { budgetStore } from "./budget.ts"
import { endClaims } from "./claims.ts"
import { checkpointStore } from "./checkpoints.ts"
import { deliveryStore } from "./deliveries.ts"
import { endpointStore } from "./endpoints.ts"
import { jobStore } from "./jobs.ts"
import { keyStore } from "./keys.ts"
import { logStore } from "./log.ts"
import { createPurge, type Purge } from "./purge.ts"
import { migrate } from "./schema.ts"
import { sessionStore } from "./sessions.ts"
import { slotStore } from "./slots.ts"
import { statsStore } from "./stats.ts"
import { createWriter, type Writer } from "./writer.ts"

/** The store in one SQLite file, for one process. The queue lives in the same file, by the same writer. */
export interface SqliteStore extends Store {
  db: Database
  writer: Writer
  /** At start only: one process has the file, so leases of an earlier one mean nothing. */
  clearLeases(): Promise<void>
  /** Likewise for claims; answers how many there were. */
  endClaims(): Promise<number>
  purge: Purge
  close(): Promise<void>
}

/** Opens the file, makes it if need be, and brings it to this program's form. `:memory:` keeps nothing. */
export const openStore = ({ path }: { path: string }): SqliteStore => {
  const db = openDatabase(path)
  const writer = createWriter(db)
  const log = logStore(db, writer)
  return {
    ...accountStore(db, writer),
    ...checkpointStore(db, writer),
    ...log.store,
    ...endpointStore(db, writer),
    ...deliveryStore(db, writer),
    ...budgetStore(db, writer),
    ...slotStore(db, writer),
    ...jobStore(db, writer),
    ...keyStore(db, writer),
    ...sessionStore(db, writer),
    ...statsStore(db, writer),
    db,
    writer,
    clearLeases: () => clearLeases(db, writer),
    endClaims: () => endClaims(db, writer),
    purge: createPurge(db, writer, log.forget),
    close: async () => {
      writer.close()
      db.close()
    },
  }
}

const openDatabase = (path: string): Database => {
  let db: Database | null = null
  try {
    db = new DatabaseSync(path)
    // Only people with a shell read beside us; they may hold the file for a moment.
    db.exec("PRAGMA busy_timeout = 5000")
    db.exec("PRAGMA journal_mode = WAL")
    db.exec(`PRAGMA wal_autocheckpoint = ${WAL_PAGES}`)
    db.exec(`PRAGMA journal_size_limit = ${WAL_BYTES_KEPT}`)
    migrate(db, path)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof StartError) throw error
    throw new StartError(`The database ${path} cannot be opened: ${messageOf(error)}.`, { cause: error })
  }
}

/** Pages between two checkpoints, each of which waits for the disk: four times SQLite's own, for 1.5 times the deliveries. */
const WAL_PAGES = 4_000
/** A burst may let the write-ahead log grow beyond it; the next checkpoint cuts it back. */
const WAL_BYTES_KEPT = 32 * 1024 * 1024
