import { bus } from "./bus"
import { everyMinute, onlyNow } from "./every-minute"
import { publishesTo, putsOff, receivesFrom, rows, searches, sendsTo } from "./grants"
import { deliveryQueue } from "./queues"
import { secret } from "./secret"
import { table } from "./table"

/** Requests under way at a time are this many times the batch's size. */
const CONCURRENCY_MAX = 20

/** The only function that dials strangers: a role of its own, and no VPC whose addresses it could reach. */
export const deliver = new sst.aws.Function("Deliver", {
  handler: "packages/aws/src/handlers/deliver.handler",
  timeout: "30 seconds",
  link: [table, bus, deliveryQueue, secret.EncryptionKey],
  permissions: [
    rows(table, "GetItem", "Query", "PutItem", "UpdateItem"),
    searches(table, "work"),
    publishesTo(bus),
    sendsTo(deliveryQueue),
    receivesFrom(deliveryQueue),
    putsOff(deliveryQueue),
  ],
})
deliveryQueue.subscribe(deliver.arn, {
  batch: { size: 10, partialResponses: true },
  transform: { eventSourceMapping: { scalingConfig: { maximumConcurrency: CONCURRENCY_MAX } } },
})

// Retries go back into the queue that the function reads. Lambda takes more than 16 such rounds for an accident and stops
// them; here every round is bounded by the delivery's own schedule.
new aws.lambda.FunctionRecursionConfig("DeliverRecursion", { functionName: deliver.name, recursiveLoop: "Allow" })

/** Retries that are due beyond SQS's 15 minutes, what is held, and what is still encrypted with an older key. */
export const sweep = new sst.aws.Function("Sweep", {
  ...onlyNow,
  handler: "packages/aws/src/handlers/sweep.handler",
  timeout: "50 seconds",
  link: [table, bus, deliveryQueue, secret.EncryptionKey],
  permissions: [
    rows(table, "GetItem", "Query", "PutItem", "UpdateItem"),
    searches(table, "work"),
    publishesTo(bus),
    sendsTo(deliveryQueue),
  ],
})
everyMinute("SweepTick", sweep)
