import type { CreateTableCommandInput, KeySchemaElement } from "@aws-sdk/client-dynamodb"

import { indexes } from "./keys.ts"

const keySchema = ({ pk, sk }: { pk: string; sk: string }): KeySchemaElement[] => [
  { AttributeName: pk, KeyType: "HASH" },
  { AttributeName: sk, KeyType: "RANGE" },
]

const primary = { pk: "pk", sk: "sk" }
const keyAttributes = [primary, ...Object.values(indexes)].flatMap(({ pk, sk }) => [pk, sk])

/** The one table, as CreateTable wants it. Its time to live (attribute `TTL` of keys.ts) is switched on beside it. */
export const tableDefinition = (tableName: string): CreateTableCommandInput => ({
  TableName: tableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: keyAttributes.map((name) => ({ AttributeName: name, AttributeType: "S" })),
  KeySchema: keySchema(primary),
  GlobalSecondaryIndexes: Object.entries(indexes).map(([name, keys]) => ({
    IndexName: name,
    KeySchema: keySchema(keys),
    Projection: { ProjectionType: "KEYS_ONLY" },
  })),
})
