import { dynamodbContract } from "./dynamodb-contract.ts"
import { startDynalite } from "./dynamodb-engine.ts"

dynamodbContract("DynamoDB, on dynalite", startDynalite)
