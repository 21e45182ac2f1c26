import type { DatabaseSync } from "node:sqlite"

/** How far each log has been handed to the bus. A table of its own, since the log `system` has no account. */
export const published = (db: DatabaseSync) => {
  const select = db.prepare("SELECT published FROM logs WHERE log = ?")
  const upsert = db.prepare(
    "INSERT INTO logs (log, published) VALUES (?, ?) ON CONFLICT DO UPDATE SET published = max(published, excluded.published)",
  )
  return {
    get: (log: string): number => (select.get(log) as { published: number } | undefined)?.published ?? 0,
    raise: (log: string, position: number): void => {
      upsert.run(log, position)
    },
  }
}
