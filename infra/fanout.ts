import { bus } from "./bus"
import { rows, sendsTo } from "./grants"
import { deliveryQueue, fanoutDlq } from "./queues"
import { table } from "./table"

/** Which endpoints want an event: one message each. Invoked by the rule itself, since a queue between would be polled when idle. */
export const fanout = new sst.aws.Function("Fanout", {
  handler: "packages/aws/src/handlers/fanout.handler",
  timeout: "30 seconds",
  link: [table, deliveryQueue],
  permissions: [rows(table, "GetItem", "Query"), sendsTo(deliveryQueue), sendsTo(fanoutDlq)],
  retries: 2,
  transform: {
    eventInvokeConfig: {
      maximumEventAgeInSeconds: 21_600,
      destinationConfig: { onFailure: { destination: fanoutDlq.arn } },
    },
  },
})

const subscription = bus.subscribe("Fanout", fanout.arn, {
  pattern: { source: ["posthorn"] },
  transform: { target: { deadLetterConfig: { arn: fanoutDlq.arn } } },
})

// Not `subscription.nodes.rule.arn`: an output reads all of `nodes`, whose `function` throws where the function is its own.
const ruleArn = subscription.apply(({ nodes }) => nodes.rule.arn)

// EventBridge writes to a dead-letter queue only where the queue's own policy lets it; SST leaves that to us.
new aws.sqs.QueuePolicy("FanoutDlqPolicy", {
  queueUrl: fanoutDlq.url,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
        actions: ["sqs:SendMessage"],
        resources: [fanoutDlq.arn],
        conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [ruleArn] }],
      },
    ],
  }).json,
})
