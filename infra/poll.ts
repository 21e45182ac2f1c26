import { bus } from "./bus"
import { everyMinute, onlyNow } from "./every-minute"
import { publishesTo, receivesFrom, rows, searches, sendsTo } from "./grants"
import { pollQueue } from "./queues"
import { secret } from "./secret"
import { table } from "./table"

/** Which accounts are due: one message each, with its share of the minute's requests. */
export const schedule = new sst.aws.Function("Schedule", {
  ...onlyNow,
  handler: "packages/aws/src/handlers/schedule.handler",
  timeout: "30 seconds",
  // The key, since it finds the accounts that are to be polled.
  link: [table, pollQueue, secret.ConnectSafelyApiKey],
  permissions: [rows(table, "GetItem", "Query", "PutItem"), sendsTo(pollQueue)],
})
everyMinute("ScheduleTick", schedule)

export const poll = new sst.aws.Function("Poll", {
  handler: "packages/aws/src/handlers/poll.handler",
  // Below the lease's 60 s: a lease that ran out means a dead process.
  timeout: "50 seconds",
  link: [table, bus, secret.ConnectSafelyApiKey],
  permissions: [
    // The index and the batch: whether a message of long ago has its event (backfill, reconciliation).
    rows(table, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"),
    searches(table, "list"),
    publishesTo(bus),
    receivesFrom(pollQueue),
  ],
})
// One account per invocation, so that a slow one takes nobody else's time. No maximum concurrency: with one, Lambda's idle
// polling of the queue cannot go down, and the number of accounts is the bound anyway.
pollQueue.subscribe(poll.arn, { batch: { size: 1, partialResponses: true } })
