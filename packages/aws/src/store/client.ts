import { setTimeout } from "node:timers/promises"

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb"
import type { Clock, Store } from "@posthorn/core/ports"

import { openAccess } from "./access.ts"
import { accountStore } from "./accounts.ts"
import { budgetStore } from "./budget.ts"
import { checkpointStore } from "./checkpoints.ts"
import { deliveryStore } from "./deliveries.ts"
import { endpointStore } from "./endpoints.ts"
import { jobStore } from "./jobs.ts"
import { keyStore } from "./key-rows.ts"
import { logStore } from "./log.ts"
import { sessionStore } from "./sessions.ts"
import { slotStore } from "./slots.ts"
import { statsStore } from "./stats.ts"

export interface StoreOptions {
  client: DynamoDBClient
  tableName: string
  /** Events are kept for so long, and a while longer for deliveries that are still open. */
  retentionDays: number
  clock?: Clock
}

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => {
    await setTimeout(ms)
  },
}

/** The store on one DynamoDB table: single conditional writes only, no scans, no transactions. */
export const createStore = ({ client, tableName, retentionDays, clock = systemClock }: StoreOptions): Store => {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const table = openAccess(documents, tableName, clock)
  return {
    ...accountStore(table),
    ...checkpointStore(table),
    ...logStore(table, retentionDays),
    ...endpointStore(table, retentionDays),
    ...deliveryStore(table, retentionDays),
    ...budgetStore(table),
    ...slotStore(table),
    ...jobStore(table),
    ...keyStore(table),
    ...sessionStore(table),
    ...statsStore(table),
  }
}
