import { bus } from "./bus"
import { failedQueue, letRuleSend, orElse } from "./failed"
import { forKeeping } from "./messages"

export const queueFailed = failedQueue("QueueFailed")

/** For a consumer that works at its own pace, or in batches, or is switched off now and then. */
export const inbox = new sst.aws.Queue("Inbox", {
  // Six times the function's timeout, as AWS advises.
  visibilityTimeout: "60 seconds",
  dlq: { queue: queueFailed.arn, retry: 5 },
})

// Not `bus.subscribeQueue`: its policy would let any rule, of whatever account, send to the queue.
const rule = new aws.cloudwatch.EventRule("ToInbox", {
  eventBusName: bus.name,
  eventPattern: JSON.stringify({ source: ["posthorn"], "detail-type": [{ prefix: "message." }] }),
})
new aws.cloudwatch.EventTarget("ToInboxTarget", {
  eventBusName: bus.name,
  rule: rule.name,
  arn: inbox.arn,
  ...orElse(queueFailed),
})
letRuleSend("InboxPolicy", rule.arn, inbox)
letRuleSend("QueueFailedPolicy", rule.arn, queueFailed)

const fromQueue = new sst.aws.Function("FromQueue", {
  handler: "src/from-queue.handler",
  timeout: "10 seconds",
  environment: forKeeping.environment,
  permissions: [
    ...forKeeping.permissions,
    { actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], resources: [inbox.arn] },
  ],
})
inbox.subscribe(fromQueue.arn, { batch: { size: 10, partialResponses: true } })
