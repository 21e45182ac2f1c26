import { describe } from "vitest"

import { dynamodbContract } from "./dynamodb-contract.ts"
import { startDynamodbLocal, whyNoDynamodbLocal } from "./dynamodb-engine.ts"

const reason = whyNoDynamodbLocal()

describe.skipIf(reason !== null)(`AWS's own emulator${reason === null ? "" : `, skipped: ${reason}`}`, () => {
  dynamodbContract("DynamoDB, on DynamoDB Local", startDynamodbLocal)
})
