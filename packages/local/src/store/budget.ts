import type { DatabaseSync } from "node:sqlite"

import type { Budget } from "@posthorn/core/poll/budget"
import type { BudgetStore } from "@posthorn/core/ports"
import { DAY_MS, type Instant } from "@posthorn/core/time"

import type { Writer } from "./writer.ts"

/** The one row that all polls share, and one for each minute of the last day that was asked about. */
export const budgetStore = (db: DatabaseSync, writer: Writer): BudgetStore => {
  const select = db.prepare("SELECT body FROM budget")
  const insert = db.prepare("INSERT INTO budget (only, version, body) VALUES (1, ?, ?) ON CONFLICT DO NOTHING")
  const update = db.prepare("UPDATE budget SET version = ?, body = ? WHERE version = ?")

  const claim = db.prepare(
    "INSERT INTO minutes (minute, claimed) VALUES (?, 1) ON CONFLICT DO UPDATE SET claimed = 1 WHERE claimed = 0",
  )
  const take = db.prepare(
    "INSERT INTO minutes (minute, taken) SELECT ?1, 1 WHERE ?2 > 0 ON CONFLICT DO UPDATE SET taken = taken + 1 WHERE taken < ?2",
  )
  const forget = db.prepare("DELETE FROM minutes WHERE minute < ?")
  const inMinute = (minute: Instant, run: () => { changes: number | bigint }): Promise<boolean> =>
    writer.write(() => {
      const changed = run().changes === 1
      if (changed) forget.run(minute - DAY_MS)
      return changed
    })

  return {
    getBudget: async () => {
      const found = select.get() as { body: string } | undefined
      return found === undefined ? null : (JSON.parse(found.body) as Budget)
    },
    putBudget: (budget, expectedVersion) => {
      const body = JSON.stringify(budget)
      return writer.write(
        () =>
          (expectedVersion === null
            ? insert.run(budget.version, body)
            : update.run(budget.version, body, expectedVersion)
          ).changes === 1,
      )
    },
    claimTick: (minute) => inMinute(minute, () => claim.run(minute)),
    takeReserved: (minute, max) => inMinute(minute, () => take.run(minute, max)),
  }
}
