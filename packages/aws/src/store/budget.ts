import type { Budget } from "@posthorn/core/poll/budget"
import type { BudgetStore } from "@posthorn/core/ports"
import * as z from "zod"

import type { Access } from "./access.ts"
import { unchanged } from "./expression.ts"
import { decodeRow, encodeRow, type Fields, orNull, plain } from "./item.ts"
import { BUDGET } from "./keys.ts"

const fields: Fields<Budget> = {
  version: plain("v", z.number()),
  perMinute: plain("perMinute", z.number()),
  halvedAt: orNull("halvedAt", z.number()),
  pausedUntil: orNull("pausedUntil", z.number()),
}

export const budgetStore = (table: Access): BudgetStore => ({
  async getBudget() {
    const item = await table.get(BUDGET)
    return item && decodeRow(fields, item)
  },

  putBudget: (budget, expectedVersion) =>
    table.put({ ...BUDGET, ...encodeRow(fields, budget) }, unchanged("v", expectedVersion)),
})
