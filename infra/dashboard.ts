import { alarms } from "./alarms"
import { api } from "./api"
import {
  circuitOpened,
  endpointDisabled,
  functions,
  jobFailed,
  messageMissing,
  namespace,
  pollFailed,
  statsLost,
} from "./facts"
import { deliveryDlq, deliveryQueue, fanoutDlq, pollDlq, pollQueue } from "./queues"

const region = aws.getRegionOutput().region

const widget = (title: string, stat: string, metrics: unknown[], position: number) => ({
  type: "metric",
  x: (position % 2) * 12,
  y: 3 + Math.floor(position / 2) * 6,
  width: 12,
  height: 6,
  properties: { region, title, stat, period: 300, metrics },
})
const each = (metric: string) =>
  Object.values(functions).map((fn) => ["AWS/Lambda", metric, "FunctionName", fn.nodes.function.name])
const ofQueues = (metric: string, ...queues: sst.aws.Queue[]) =>
  queues.map((queue) => ["AWS/SQS", metric, "QueueName", queue.nodes.queue.name])
const ofFacts = (...metrics: string[]) => metrics.map((metric) => [namespace, metric])
const ofApi = (metric: string) => ["AWS/ApiGateway", metric, "ApiId", api.nodes.api.id]

/** For whoever is on call. The first three dashboards of an account are free. */
new aws.cloudwatch.Dashboard("Dashboard", {
  dashboardName: `${$app.name}-${$app.stage}`,
  dashboardBody: $jsonStringify({
    widgets: [
      {
        type: "alarm",
        x: 0,
        y: 0,
        width: 24,
        height: 3,
        properties: { title: "Alarms", alarms: alarms.map(({ arn }) => arn) },
      },
      ...[
        widget(
          "Waiting messages",
          "Maximum",
          ofQueues("ApproximateNumberOfMessagesVisible", pollQueue, deliveryQueue),
          0,
        ),
        widget(
          "Age of the oldest, seconds",
          "Maximum",
          ofQueues("ApproximateAgeOfOldestMessage", pollQueue, deliveryQueue),
          1,
        ),
        widget(
          "Dead letters",
          "Maximum",
          ofQueues("ApproximateNumberOfMessagesVisible", pollDlq, fanoutDlq, deliveryDlq),
          2,
        ),
        widget(
          "Failed polls, disabled endpoints, opened circuits",
          "Sum",
          ofFacts(pollFailed, endpointDisabled, circuitOpened),
          3,
        ),
        widget("Invocations", "Sum", each("Invocations"), 4),
        widget("Errors", "Sum", each("Errors"), 5),
        widget("Duration, milliseconds", "p99", each("Duration"), 6),
        widget("API", "Sum", [ofApi("Count"), ofApi("4xx"), ofApi("5xx")], 7),
        widget(
          "Missing messages, failed jobs, lost statistics",
          "Sum",
          ofFacts(messageMissing, jobFailed, statsLost),
          8,
        ),
      ],
    ],
  }),
})
