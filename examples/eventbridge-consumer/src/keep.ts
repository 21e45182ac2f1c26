import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb"

import type { MessageEvent } from "./event.ts"

const db = DynamoDBDocumentClient.from(new DynamoDBClient({}))

/**
 * Keeps a message; false if it was here before. Events come at least once, so that the check and the work are one write: nothing
 * is lost between the two, and nothing is done twice.
 */
export const keep = async ({ id, type, timestamp, data }: MessageEvent): Promise<boolean> => {
  const { account, conversation, message, sequence } = data
  const item = {
    ...{ id, type, timestamp, sequence },
    ...{ accountId: account.id, conversationId: conversation.id, messageId: message.id },
    ...{ from: message.sender?.name ?? null, text: message.text },
  }
  try {
    await db.send(
      new PutCommand({ TableName: process.env.MESSAGES, Item: item, ConditionExpression: "attribute_not_exists(id)" }),
    )
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
