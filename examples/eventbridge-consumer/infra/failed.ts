const FOURTEEN_DAYS = 14 * 86_400

/** Where events end that did not arrive, or that our code refused to the end. Set an alarm on each, and look into it. */
export const failedQueue = (name: string) =>
  new sst.aws.Queue(name, { transform: { queue: { messageRetentionSeconds: FOURTEEN_DAYS } } })

/** What a rule does with a target that it cannot reach: tries for a day, EventBridge's longest, then the dead-letter queue. */
export const orElse = (queue: sst.aws.Queue) => ({
  retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
  deadLetterConfig: { arn: queue.arn },
})

/** EventBridge writes to a queue only where the queue's own policy lets it: here this one rule, and no other of whatever account. */
export const letRuleSend = (name: string, rule: $util.Input<string>, queue: sst.aws.Queue) =>
  new aws.sqs.QueuePolicy(name, {
    queueUrl: queue.url,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
          actions: ["sqs:SendMessage"],
          resources: [queue.arn],
          conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [rule] }],
        },
      ],
    }).json,
  })
