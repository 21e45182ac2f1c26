import { createStore } from "@posthorn/aws/store/client"
import { DAY_MS } from "@posthorn/core/time"
import { afterAll, beforeAll } from "vitest"

import type { Engine } from "./dynamodb-engine.ts"
import { T0 } from "./rows.ts"
import { storeContract } from "./store-contract.ts"

/** The contract on one engine, with a table of its own for each test. */
export const dynamodbContract = (name: string, start: () => Promise<Engine>): void => {
  let engine: Engine | undefined
  beforeAll(async () => {
    engine = await start()
  })
  afterAll(() => engine?.close())

  storeContract(name, async () => {
    if (engine === undefined) throw new Error(`${name} has not started`)
    const tableName = await engine.createTable()
    // Lists for people begin at now and end behind retention: three days after the suite's rows were made.
    const clock = { now: () => T0 + 3 * DAY_MS, sleep: async () => {} }
    return { store: createStore({ client: engine.client, tableName, retentionDays: 30, clock }), close: async () => {} }
  })
}
