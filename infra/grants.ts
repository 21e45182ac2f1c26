import type { IndexName } from "@posthorn/aws/store/keys"

/**
 * What a function may do, named action by action and resource by resource, and all of it used: test/aws/permissions.test.ts compares
 * it with the calls that the functions make. Nothing scans. The API alone deletes, what it is asked to; time to live does the rest.
 */

type RowAction = "GetItem" | "BatchGetItem" | "Query" | "PutItem" | "UpdateItem" | "DeleteItem"

export const rows = (table: sst.aws.Dynamo, ...actions: RowAction[]) => ({
  actions: actions.map((action) => `dynamodb:${action}`),
  resources: [table.arn],
})

export const searches = (table: sst.aws.Dynamo, ...indexes: IndexName[]) => ({
  actions: ["dynamodb:Query"],
  resources: indexes.map((index) => $interpolate`${table.arn}/index/${index}`),
})

export const sendsTo = (queue: sst.aws.Queue) => ({ actions: ["sqs:SendMessage"], resources: [queue.arn] })

/** For the event source mapping, which works with its function's role. */
export const receivesFrom = (queue: sst.aws.Queue) => ({
  actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  resources: [queue.arn],
})

/** For a handler that answers a message with "not now". */
export const putsOff = (queue: sst.aws.Queue) => ({ actions: ["sqs:ChangeMessageVisibility"], resources: [queue.arn] })

export const publishesTo = (bus: sst.aws.Bus) => ({ actions: ["events:PutEvents"], resources: [bus.arn] })
