import { api } from "./api"
import { accountRefused, eventUnpublishable, functionErrors, functions, namespace } from "./facts"
import { deliveryDlq, deliveryQueue, fanoutDlq, pollDlq } from "./queues"

/**
 * Ten alarms on ten metrics, in every stage: so many are free in an account. Each says what it means, and docs/operations.md
 * what to do.
 */

const email = process.env.ALERT_EMAIL?.trim() ?? ""
export const topic = new sst.aws.SnsTopic("Alarms")
if (email !== "")
  new aws.sns.TopicSubscription("AlarmsToEmail", { topic: topic.arn, protocol: "email", endpoint: email })

export const alerts =
  email === ""
    ? `ALARMS GO NOWHERE. Put ALERT_EMAIL=you@example.com into .env.${$app.stage} and deploy again.`
    : `Alarms go to ${email}, as soon as the link in AWS's mail has been followed.`

const alarm = (name: string, args: Partial<aws.cloudwatch.MetricAlarmArgs>) =>
  new aws.cloudwatch.MetricAlarm(name, {
    name: `${$app.name}-${$app.stage}-${name}`,
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    period: 300,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    alarmActions: [topic.arn],
    okActions: [topic.arn],
    ...args,
  })

const ofQueue = (queue: sst.aws.Queue, metricName: string) => ({
  namespace: "AWS/SQS",
  metricName,
  dimensions: { QueueName: queue.nodes.queue.name },
  statistic: "Maximum",
})
/** One failure is weather, and what it loses is in a dead-letter queue. */
const twiceInThree = { evaluationPeriods: 3, datapointsToAlarm: 2 }

export const alarms = [
  alarm("DeliveryDlqNotEmpty", {
    ...ofQueue(deliveryDlq, "ApproximateNumberOfMessagesVisible"),
    alarmDescription: "Deliveries that could not even be attempted ten times over. Redrive when the cause is gone.",
  }),
  alarm("FanoutDlqNotEmpty", {
    ...ofQueue(fanoutDlq, "ApproximateNumberOfMessagesVisible"),
    alarmDescription: "Events that did not become deliveries. They stand in the log: redrive or replay.",
  }),
  alarm("PollDlqNotEmpty", {
    ...ofQueue(pollDlq, "ApproximateNumberOfMessagesVisible"),
    alarmDescription: "Polls that died three times. The next minute asks again; look why, then purge the queue.",
  }),
  alarm("DeliveriesLate", {
    ...ofQueue(deliveryQueue, "ApproximateAgeOfOldestMessage"),
    // A delayed message may be 15 minutes old and on time.
    threshold: 1_200,
    evaluationPeriods: 2,
    alarmDescription: "The delivery queue is not keeping up.",
  }),
  alarm("FunctionErrors", {
    namespace,
    metricName: functionErrors,
    ...twiceInThree,
    alarmDescription: "A function fails, runs into its timeout, or is refused by what it calls, again and again.",
  }),
  alarm("ApiErrors", {
    namespace: "AWS/ApiGateway",
    metricName: "5xx",
    dimensions: { ApiId: api.nodes.api.id },
    ...twiceInThree,
    alarmDescription: "The API answers with 5xx again and again.",
  }),
  alarm("ScheduleSilent", {
    namespace: "AWS/Lambda",
    metricName: "Invocations",
    dimensions: { FunctionName: functions.Schedule.name },
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    alarmDescription: "The schedule has not run for five minutes: nothing is polled.",
  }),
  alarm("Throttles", {
    // Without a function's name: no function here reserves concurrency, so what throttles is the account's.
    namespace: "AWS/Lambda",
    metricName: "Throttles",
    evaluationPeriods: 2,
    alarmDescription: "The account's concurrency is used up, here or by its other functions. Ask AWS for more.",
  }),
  alarm("AccountRefused", {
    namespace,
    metricName: accountRefused,
    // A failing account is polled every 10 minutes: so the alarm stays for as long as the cause.
    period: 900,
    alarmDescription: "ConnectSafely refuses an account: its key or its connection to LinkedIn has to be renewed.",
  }),
  alarm("EventUnpublishable", {
    namespace,
    metricName: eventUnpublishable,
    alarmDescription: "EventBridge refuses an event for good; it was skipped. The API and its log still have it.",
  }),
]
