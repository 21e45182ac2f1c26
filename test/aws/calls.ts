import { ACCOUNT, arnOf, REGION } from "./pump.ts"

/** A request to AWS as IAM sees it: who asks, for which action, on which resource. */
export interface Call {
  /** Empty for a request that is not signed. */
  accessKeyId: string
  /** As policies write it: `sqs:SendMessage`. */
  action: string
  /** Its ARN. */
  resource: string
}

type Json = Record<string, unknown>
/** Where a request says what it is about. */
interface Named {
  TableName?: string
  IndexName?: string
  RequestItems?: Json
  QueueUrl?: string
  Entries?: { EventBusName?: string }[]
}

/** The operations that have an action of another name. */
const BATCHES: Record<string, string> = {
  SendMessageBatch: "SendMessage",
  DeleteMessageBatch: "DeleteMessage",
  ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
}

/** `authorization`: a header of signature version 4, whose scope names key and service. Whatever it cannot tell is on no resource. */
export const callsOf = (authorization: string, operation: string, body: Json): Call[] => {
  const [, accessKeyId = "", service = "unknown"] = /Credential=([^/]+)\/\d+\/[^/]+\/(\w+)\//.exec(authorization) ?? []
  const action = `${service}:${BATCHES[operation] ?? operation}`
  return resourcesOf(service, operation, body).map((resource) => ({ accessKeyId, action, resource }))
}

const resourcesOf = (service: string, operation: string, body: Json): string[] => {
  const table = (name: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`
  const { TableName, IndexName, RequestItems, QueueUrl, Entries } = body as Named
  if (service === "dynamodb" && operation === "BatchGetItem") return Object.keys(RequestItems ?? {}).map(table)
  if (service === "dynamodb" && TableName !== undefined)
    return [table(TableName) + (IndexName === undefined ? "" : `/index/${IndexName}`)]
  if (service === "sqs" && QueueUrl !== undefined) return [arnOf(QueueUrl)]
  if (service === "events" && Entries !== undefined) {
    const buses = new Set(Entries.map(({ EventBusName = "default" }) => EventBusName))
    return [...buses].map((bus) => `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${bus}`)
  }
  return ["none"]
}
