import type { DatabaseSync } from "node:sqlite"

import type { Budget } from "@posthorn/core/poll/budget"
import type { BudgetStore } from "@posthorn/core/ports"

import type { Writer } from "./writer.ts"

/** The one row that all polls share. */
export const budgetStore = (db: DatabaseSync, writer: Writer): BudgetStore => {
  const select = db.prepare("SELECT body FROM budget")
  const insert = db.prepare("INSERT INTO budget (only, version, body) VALUES (1, ?, ?) ON CONFLICT DO NOTHING")
  const update = db.prepare("UPDATE budget SET version = ?, body = ? WHERE version = ?")

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
  }
}
