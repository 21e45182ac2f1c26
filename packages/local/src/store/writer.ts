import type { DatabaseSync } from "node:sqlite"

export interface WriteOptions {
  /** On the disk, whatever happens to its power, before the promise resolves. Else it survives the end of the process only. */
  durable?: boolean
  /** For more than one statement: all of them or none. One statement is so by itself. */
  atomic?: boolean
}

/**
 * Group commit. A transaction costs more than what stands in it, so the writes that are asked for in one turn of the event
 * loop share one, in the order in which they were asked for. Each has its own answer; one that fails fails alone. All
 * promises settle after the commit. A crash keeps a prefix of the commits, never a later write without an earlier one.
 */
export interface Writer {
  /** `run` is called inside a transaction, without waiting in between: it cannot be async. */
  write<T>(run: () => T, options?: WriteOptions): Promise<T>
  /** Commits what has been asked for; refuses from then on. */
  close(): void
}

/** Most writes in one transaction: the event loop stands still for so long. */
const BATCH_MAX = 500

interface Pending {
  run: () => unknown
  options: WriteOptions
  resolve: (answer: never) => void
  reject: (error: unknown) => void
  outcome: { answer: unknown } | { error: unknown } | null
}

export const createWriter = (db: DatabaseSync): Writer => {
  const begin = db.prepare("BEGIN IMMEDIATE")
  const commit = db.prepare("COMMIT")
  let pending: Pending[] = []
  let scheduled = false
  let closed = false
  let isDurable: boolean | null = null

  /** Before BEGIN: SQLite does not change it inside a transaction. */
  const setDurable = (durable: boolean): void => {
    if (durable === isDurable) return
    db.exec(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
    isDurable = durable
  }

  const runAll = (batch: Pending[]): void => {
    setDurable(batch.some(({ options }) => options.durable === true))
    begin.run()
    for (const each of batch) {
      try {
        each.outcome = { answer: each.options.atomic === true ? atomically(db, each.run) : each.run() }
      } catch (error) {
        // A full or failing disk takes the whole transaction back, not just this statement.
        if (!db.isTransaction) throw error
        each.outcome = { error }
      }
    }
    commit.run()
  }

  const flush = (): void => {
    scheduled = false
    const batch = pending.slice(0, BATCH_MAX)
    pending = pending.slice(BATCH_MAX)
    if (pending.length > 0) schedule()
    if (batch.length === 0) return
    try {
      runAll(batch)
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK")
      for (const each of batch) each.reject(error)
      return
    }
    for (const { outcome, resolve, reject } of batch) {
      if (outcome !== null && "answer" in outcome) resolve(outcome.answer as never)
      else reject(outcome?.error)
    }
  }

  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }

  return {
    write: (run, options = {}) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Error("the store is closed"))
          return
        }
        pending.push({ run, options, resolve, reject, outcome: null })
        schedule()
      }),
    close: () => {
      closed = true
      while (pending.length > 0) flush()
    },
  }
}

const atomically = <T>(db: DatabaseSync, run: () => T): T => {
  db.exec("SAVEPOINT one")
  try {
    const answer = run()
    db.exec("RELEASE one")
    return answer
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK TO one; RELEASE one")
    throw error
  }
}
