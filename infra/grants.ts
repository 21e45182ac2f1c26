import type { IndexName } from "@posthorn/aws/store/keys"

/** What a function may do, named action by action and resource by resource. Nothing scans, nothing deletes: time to live does. */

export const reads = (table: sst.aws.Dynamo) => ({
  actions: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
  resources: [table.arn],
})

export const searches = (table: sst.aws.Dynamo, ...indexes: IndexName[]) => ({
  actions: ["dynamodb:Query"],
  resources: indexes.map((index) => $interpolate`${table.arn}/index/${index}`),
})

export const writes = (table: sst.aws.Dynamo) => ({
  actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
  resources: [table.arn],
})

export const sendsTo = (queue: sst.aws.Queue) => ({ actions: ["sqs:SendMessage"], resources: [queue.arn] })

/** For the event source mapping, which works with its function's role, and for handlers that put a message off. */
export const receivesFrom = (queue: sst.aws.Queue) => ({
  actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
  resources: [queue.arn],
})

export const publishesTo = (bus: sst.aws.Bus) => ({ actions: ["events:PutEvents"], resources: [bus.arn] })
