import { apiFunction } from "./api"
import { deliver, sweep } from "./deliver"
import { fanout } from "./fanout"
import { poll, schedule } from "./poll"

/** Metrics made from log lines: they cost nothing while the line is not written. */

export const functions = {
  Schedule: schedule,
  Poll: poll,
  Fanout: fanout,
  Deliver: deliver,
  Sweep: sweep,
  Api: apiFunction,
}
export const namespace = `${$app.name}-${$app.stage}`

/** Lambda leaves a line that is JSON as it is, and puts an object given to `console` under `message`. */
const fact = (name: string) => `($.fact = "${name}" || $.message.fact = "${name}")`
const kind = (name: string) => `$.kind = "${name}" || $.message.kind = "${name}"`
const ended = (status: string) => `$.record.status = "${status}"`

const count = (metric: string, pattern: string, ...from: (keyof typeof functions)[]) => {
  for (const name of from)
    new aws.cloudwatch.LogMetricFilter(`${metric}In${name}`, {
      logGroupName: functions[name].nodes.function.loggingConfig.logGroup,
      pattern,
      metricTransformation: { namespace, name: metric, value: "1" },
    })
  return metric
}

const died = `($.type = "platform.report" && (${["error", "failure", "timeout"].map(ended).join(" || ")}))`
/**
 * Lambda's own metric is one per function, and an alarm is paid for by the metric: six instead of one. With it counts what a function
 * survives and nobody would hear of: events, polls and accounts that get no further.
 */
export const functionErrors = count("FunctionErrors", `{ ${died} }`, "Fanout", "Api")
count("FunctionErrors", `{ ${died} || ${fact("publish.refused")} }`, "Poll", "Deliver", "Sweep")
count("FunctionErrors", `{ ${died} || ${fact("schedule.refused")} || ${fact("discover.failed")} }`, "Schedule")
/** Upstream does not let us see an account: nothing is read of it until somebody acts. Told at every poll, not only at the first. */
export const accountRefused = count(
  "AccountRefused",
  `{ ${fact("poll.failed")} && (${["unauthorized", "forbidden", "not_found"].map(kind).join(" || ")}) }`,
  "Poll",
)
/** Whoever appends to a log may find an entry in it that the bus refuses for good. */
export const eventUnpublishable = count(
  "EventUnpublishable",
  `{ ${fact("event.unpublishable")} }`,
  "Poll",
  "Deliver",
  "Sweep",
  "Api",
)
export const pollFailed = count("PollFailed", `{ ${fact("poll.failed")} }`, "Poll")
export const endpointDisabled = count("EndpointDisabled", `{ ${fact("endpoint.disabled")} }`, "Deliver", "Sweep", "Api")
/** Each opening, also one of a ramp that failed. */
export const circuitOpened = count(
  "CircuitOpened",
  `{ ${fact("endpoint.circuit")} && ($.state = "open" || $.message.state = "open") }`,
  "Deliver",
)
/** A reconciliation found a message that had no event, and published it: a fault of ours or of upstream's, one line each. */
export const messageMissing = count("MessageMissing", `{ ${fact("reconcile.missing")} }`, "Poll")
export const jobFailed = count("JobFailed", `{ ${fact("job.failed")} || ${fact("reconcile.incomplete")} }`, "Poll")
count("JobFailed", `{ ${fact("job.given_up")} }`, "Sweep")
export const statsLost = count("StatsLost", `{ ${fact("stats.lost")} }`, "Poll", "Deliver")
