import type { DatabaseSync } from "node:sqlite"

import type { SlotStore } from "@posthorn/core/ports"

import type { Writer } from "./writer.ts"

/** The next turn of each endpoint that nobody has. */
export const slotStore = (db: DatabaseSync, writer: Writer): SlotStore => {
  const take = db.prepare(
    `INSERT INTO slots (endpoint_id, free_at) VALUES (:endpoint, :now + :interval)
     ON CONFLICT DO UPDATE SET free_at = max(free_at, :now) + :interval RETURNING free_at AS freeAt`,
  )
  return {
    takeSlot: (endpointId, now, intervalMs) =>
      writer.write(() => {
        const { freeAt } = take.get({ endpoint: endpointId, now, interval: intervalMs }) as { freeAt: number }
        return freeAt - intervalMs
      }),
  }
}
