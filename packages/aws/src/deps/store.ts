import { DynamoDBClient } from "@aws-sdk/client-dynamodb"

import { settings, tableName } from "../runtime.ts"
import { createStore } from "../store/client.ts"
import { clock } from "./clock.ts"
import { once } from "./once.ts"

export const store = once(() =>
  createStore({
    client: new DynamoDBClient(),
    tableName: tableName(),
    retentionDays: settings().retentionDays,
    clock,
  }),
)
