import { DatabaseSync } from "node:sqlite"
import { afterEach, expect, it, vi } from "vitest"

import { openStore } from "./open.ts"

afterEach(() => vi.restoreAllMocks())

/** The others have hundreds of rows at most: their lists read them whole. */
const LARGE = "events|deliveries|checkpoints|stats"
const isOfLarge = new RegExp(`\\b(${LARGE})\\b`)
const isSlow = new RegExp(`^SCAN (${LARGE})(?! USING)|TEMP B-TREE`)

const statementsOf = async (): Promise<{ sql: string; plan: string[] }[]> => {
  const asked = vi.spyOn(DatabaseSync.prototype, "prepare")
  const store = openStore({ path: ":memory:" })
  await store.listEventsLagging({}, { limit: 1, cursor: null })
  await store.listEventsLagging({ accountId: "a", since: 1, until: 2 }, { limit: 1, cursor: null })
  await store.listEventsLagging({ conversationId: "c", types: ["ping"] }, { limit: 1, cursor: null })
  await store.listDeliveriesLagging({}, { limit: 1, cursor: null })
  await store.listDeliveriesLagging({ endpointId: "p", statuses: ["held"] }, { limit: 1, cursor: null })
  const statements = [...new Set(asked.mock.calls.map(([sql]) => sql))].filter((sql) =>
    /^\s*(SELECT|UPDATE|DELETE)/.test(sql),
  )
  const plans = statements.map((sql) => ({
    sql,
    plan: store.db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail)),
  }))
  await store.close()
  return plans
}

it("no statement reads a large table from end to end, nor sorts what an index has in order", async () => {
  const statements = await statementsOf()
  expect(statements.length).toBeGreaterThan(30)
  const slow = statements.filter(({ sql, plan }) => isOfLarge.test(sql) && plan.some((step) => isSlow.test(step)))
  expect(slow).toEqual([])
})
