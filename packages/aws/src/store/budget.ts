import type { Budget } from "@posthorn/core/poll/budget"
import type { BudgetStore } from "@posthorn/core/ports"
import { DAY_MS, type Instant, SECOND_MS } from "@posthorn/core/time"
import * as z from "zod"

import type { Access } from "./access.ts"
import { absent, unchanged } from "./expression.ts"
import { decodeRow, encodeRow, type Fields, orNull, plain } from "./item.ts"
import { BUDGET, reserveKey, tickKey, TTL } from "./keys.ts"

const fields: Fields<Budget> = {
  version: plain("v", z.number()),
  perMinute: plain("perMinute", z.number()),
  halvedAt: orNull("halvedAt", z.number()),
  pausedUntil: orNull("pausedUntil", z.number()),
}

/** Long after anyone asks about a minute. */
const expiry = (minute: Instant): number => Math.ceil((minute + DAY_MS) / SECOND_MS)

export const budgetStore = (table: Access): BudgetStore => ({
  async getBudget() {
    const item = await table.get(BUDGET)
    return item && decodeRow(fields, item)
  },

  putBudget: (budget, expectedVersion) =>
    table.put({ ...BUDGET, ...encodeRow(fields, budget) }, unchanged("v", expectedVersion)),

  claimTick: (minute) => table.put({ ...tickKey(minute), [TTL]: expiry(minute) }, absent),

  async takeReserved(minute, max) {
    if (max < 1) return false
    const taken = await table.update(
      reserveKey(minute),
      { set: { [TTL]: expiry(minute) }, add: { taken: 1 } },
      { expression: "attribute_not_exists(taken) OR taken < :max", values: { ":max": max } },
    )
    return taken !== null
  },
})
