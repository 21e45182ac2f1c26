// Writes docs/cost.md from docs/cost-counts.json (what test/aws/counts.test.ts counted), docs/bundles.json (scripts/bundles.ts) and
// cost-prices.ts. `--check` only says whether it is out of date.
import { readFileSync, writeFileSync } from "node:fs"

import prettier from "prettier"

import { BUNDLE_RUNS, BYTES_MAX, IMPORT_MS_MAX, readFigures } from "./bundles.ts"
import { FOUND_ON, type Price, type PriceName, prices, REGION } from "./cost-prices.ts"

const FILE = "docs/cost.md"
const COUNTS = "docs/cost-counts.json"

interface Counted {
  dynamodb: { writeUnits: number; readUnits: number; requests: number }
  sqs: { send: number; receive: number; delete: number; changeVisibility: number }
  eventbridge: { putEventsEntries: number }
  lambda: Record<string, { invocations: number; ms: number }>
}
interface Counts {
  accounts: number
  endpoints: number
  idleMinute: Counted
  oneMessage: Counted
}

const MINUTES = 730 * 60
const MESSAGES = 100_000

/** What no emulator counts. Each stands in docs/cost.md as well. */
const ASSUMED = {
  /** AWS's guide: five long polls a queue, as few as two where no maximum concurrency is set; 20 s each. */
  pollersOfDelivery: 5,
  pollersOfPoll: { least: 2, most: 5 },
  longPollSeconds: 20,
  /** infra/defaults.ts. */
  memoryGb: 0.5,
  /** 512 MB get about 0.3 of a processor. */
  slower: 3,
  upstreamMs: 400,
  subscriberMs: 300,
  logKbPerInvocation: 1.2,
  tableGb: 0.1,
  tableKbPerMessage: 6,
  sentKbPerDelivery: 3,
}
const GB_IN_KB = 1_000_000

type Usage = Partial<Record<PriceName, number>>

const sum = (...usages: Usage[]): Usage => {
  const total: Usage = {}
  for (const usage of usages)
    for (const [name, units] of Object.entries(usage) as [PriceName, number][]) total[name] = (total[name] ?? 0) + units
  return total
}
const times = (factor: number, usage: Usage): Usage =>
  Object.fromEntries(Object.entries(usage).map(([name, units]) => [name, units * factor]))

const costOf = (name: PriceName, units: number, isFree: boolean): number => {
  const { usd, per, alwaysFree }: Price = prices[name]
  return (Math.max(0, units - (isFree ? alwaysFree : 0)) / per) * usd
}

interface Line {
  name: PriceName
  units: number
  without: number
  with: number
}

/** What `extra` adds to a bill that has `base` already: allowances that the base uses up are gone. */
const bill = (extra: Usage, base: Usage = {}): Line[] =>
  (Object.keys(prices) as PriceName[]).flatMap((name) => {
    const [before, units] = [base[name] ?? 0, extra[name] ?? 0]
    if (units === 0) return []
    const added = (isFree: boolean) => costOf(name, before + units, isFree) - costOf(name, before, isFree)
    return [{ name, units, without: added(false), with: added(true) }]
  })
const total = (lines: Line[], column: "with" | "without"): number => lines.reduce((all, line) => all + line[column], 0)

const counts = JSON.parse(readFileSync(COUNTS, "utf8")) as Counts
const { idleMinute, oneMessage } = counts

const tableOf = ({ dynamodb }: Counted): Usage => ({
  dynamodbWrites: dynamodb.writeUnits,
  dynamodbReads: dynamodb.readUnits,
})
/** Every message here has a group, which makes its queue a fair one. */
const queueRequests = (requests: number): Usage => ({ sqsRequests: requests, sqsFairRequests: requests })
const requestsOf = ({ sqs }: Counted): number => sqs.send + sqs.receive + sqs.delete + sqs.changeVisibility

const invocations = (number: number, ms: number): Usage => ({
  lambdaRequests: number,
  lambdaGbSeconds: (number * ms * ASSUMED.memoryGb) / 1_000,
  logs: (number * ASSUMED.logKbPerInvocation) / GB_IN_KB,
})
const counted = (from: Counted, name: string): { invocations: number; ms: number } => {
  const found = from.lambda[name]
  if (found === undefined) throw new Error(`${COUNTS} has no function ${name}`)
  return found
}
/** A duration as Lambda would bill it: what was counted here, slowed down, and the wait for others. */
const billedMs = (from: Counted, name: string, waitMs = 0): number => {
  const { invocations: number, ms } = counted(from, name)
  return (Math.max(0, ms) / Math.max(1, number)) * ASSUMED.slower + waitMs
}

const POLL_MS = billedMs(idleMinute, "poll", ASSUMED.upstreamMs)
const pollsPerMinute = counted(idleMinute, "poll").invocations
if (pollsPerMinute !== counts.accounts)
  throw new Error(`${COUNTS}: ${pollsPerMinute} polls of ${counts.accounts} accounts`)

const longPolls = (pollers: number): Usage => ({ sqsRequests: (pollers * MINUTES * 60) / ASSUMED.longPollSeconds })

const idle = (pollersOfPoll: number): Usage =>
  sum(
    times(
      MINUTES,
      sum(
        tableOf(idleMinute),
        queueRequests(requestsOf(idleMinute)),
        invocations(pollsPerMinute, POLL_MS),
        invocations(1, billedMs(idleMinute, "schedule")),
        invocations(1, billedMs(idleMinute, "sweep")),
        { schedulerInvocations: 2 },
      ),
    ),
    longPolls(ASSUMED.pollersOfDelivery),
    longPolls(pollersOfPoll),
    { alarms: 10, dashboards: 1, dynamodbStorage: ASSUMED.tableGb, dynamodbRecovery: ASSUMED.tableGb },
  )

/** All of the minute's table and queue work is shared out, although some of it would be there without accounts. */
const oneAccount: Usage = times(
  MINUTES,
  sum(
    times(1 / counts.accounts, sum(tableOf(idleMinute), queueRequests(requestsOf(idleMinute)))),
    invocations(1, POLL_MS),
  ),
)

const gigabytes = ASSUMED.tableKbPerMessage / GB_IN_KB
/** Lambda may hand every delivery over alone, whereas the run hands over all at once. */
const message: Usage = sum(
  tableOf(oneMessage),
  queueRequests(oneMessage.sqs.send + 2 * Math.max(counts.endpoints, oneMessage.sqs.receive)),
  { eventBridgeEvents: oneMessage.eventbridge.putEventsEntries },
  invocations(counted(oneMessage, "fanout").invocations, billedMs(oneMessage, "fanout")),
  invocations(counts.endpoints, billedMs(oneMessage, "deliver", ASSUMED.subscriberMs)),
  // The poll that finds it reads one thread more.
  { lambdaGbSeconds: (billedMs(oneMessage, "poll", ASSUMED.upstreamMs) * ASSUMED.memoryGb) / 1_000 },
  { dynamodbStorage: gigabytes, dynamodbRecovery: gigabytes },
  { transferOut: (counts.endpoints * ASSUMED.sentKbPerDelivery) / GB_IN_KB },
)

const base = idle(ASSUMED.pollersOfPoll.most)
const idleLines = bill(base)
const idleLeast = bill(idle(ASSUMED.pollersOfPoll.least))
const accountLines = bill(oneAccount, base)
const messageLines = bill(times(MESSAGES, message), base)

const usd = (value: number): string => `$${value.toFixed(2)}`
const whole = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en-GB") : String(Math.round(value * 100) / 100)
const range = (column: "with" | "without"): string =>
  `${usd(total(idleLeast, column))} to ${usd(total(idleLines, column))}`
const fixed = idleLines.filter(({ name }) => name === "alarms" || name === "dashboards")

const tableText = (lines: Line[]): string =>
  [
    "| what | units | full price | with allowances |",
    "|---|---:|---:|---:|",
    ...lines.map(
      ({ name, units, ...line }) =>
        `| ${prices[name].service}: ${prices[name].unit} | ${whole(units)} | ${usd(line.without)} | ${usd(line.with)} |`,
    ),
    `| **all** | | **${usd(total(lines, "without"))}** | **${usd(total(lines, "with"))}** |`,
  ].join("\n")

const bundles = readFigures()
const bundleText = [
  "| function | bundle, KB | import, ms |",
  "|---|---:|---:|",
  ...bundles.handlers.map(({ handler, bytes, importMs }) => `| ${handler} | ${whole(bytes / 1_000)} | ${importMs} |`),
].join("\n")

const pollMs = Math.round(POLL_MS)
const text = `# What it costs

Made by \`scripts/cost.ts\`. The calls were counted on this project's own test of the bundled handlers against emulators
(\`docs/cost-counts.json\`); the prices are those of ${REGION}, found on ${FOUND_ON}, and stand at the end. No bill of AWS has been
compared with it yet: nobody here has deployed it to a real account.

| | full price | with AWS's always-free allowances |
|---|---:|---:|
| a month in which nothing happens, ${counts.accounts} accounts polled each minute | ${range("without")} | **${range("with")}** |
| another account polled each minute, a month | ${usd(total(accountLines, "without"))} | ${usd(total(accountLines, "with"))} |
| ${whole(MESSAGES)} messages to ${counts.endpoints} endpoints | ${usd(total(messageLines, "without"))} | ${usd(total(messageLines, "with"))} |

The allowances are the account's, shared with whatever else runs in it; those that end after a year are not counted. Of the full
price, ${usd(total(fixed, "without"))} are ten alarms and a dashboard. A second stage in the same account finds the allowances used.

The table spends ${oneMessage.dynamodb.writeUnits} write units and ${oneMessage.dynamodb.readUnits} read units on a message to
${counts.endpoints} endpoints: ${(oneMessage.dynamodb.writeUnits / counts.endpoints).toFixed(1)} and
${(oneMessage.dynamodb.readUnits / counts.endpoints).toFixed(1)} for each delivery.

## A month in which nothing happens

${counts.accounts} accounts, with the larger number of idle polls. An idle minute is ${idleMinute.dynamodb.writeUnits} write units,
${idleMinute.dynamodb.readUnits} read units, ${requestsOf(idleMinute)} requests to SQS beside the empty ones, and
${pollsPerMinute + 2} invocations.

${tableText(idleLines)}

Lambda asks an empty queue all the time. The delivery queue has a maximum concurrency and so keeps ${ASSUMED.pollersOfDelivery} long
polls of ${ASSUMED.longPollSeconds} s; the poll queue has none and may go down to ${ASSUMED.pollersOfPoll.least}. Together that is
${whole((longPolls(ASSUMED.pollersOfDelivery + ASSUMED.pollersOfPoll.least).sqsRequests ?? 0) / 1_000)} thousand to
${whole((longPolls(ASSUMED.pollersOfDelivery + ASSUMED.pollersOfPoll.most).sqsRequests ?? 0) / 1_000)} thousand requests a month.

## Another account polled each minute

An upper bound: what an idle minute does for ${counts.accounts} accounts, divided by ${counts.accounts}. Twice the interval costs half.

${tableText(accountLines)}

## ${whole(MESSAGES)} messages to ${counts.endpoints} endpoints

On top of the idle month, every delivery succeeding at its first attempt, and each handed to a function of its own.

${tableText(messageLines)}

## Cold starts

What a function carries, minified, and how long a fresh process takes to import it: the part of a cold start that is ours. Aimed at are
under ${BYTES_MAX.other / 1_000} KB and ${IMPORT_MS_MAX} ms each, ${BYTES_MAX.api / 1_000} KB for the API.

${bundleText}

Times are medians of ${BUNDLE_RUNS}, measured on ${bundles.measuredOn} on ${bundles.machine}; a Lambda of ${ASSUMED.memoryGb * 1_024} MB takes longer. To measure
again: \`node scripts/node.mjs scripts/bundles.ts --write && node scripts/node.mjs scripts/cost.ts\`.

## What was counted, and what was assumed

Counted: DynamoDB's units (by \`ReturnConsumedCapacity\`, on DynamoDB Local), requests to SQS, entries put on the bus, invocations. To
count again (DynamoDB Local needs Java, the emulator of SQS and EventBridge needs Python), run this. Not run by our tests, because it
writes this page anew; they count the same and write nothing.

\`\`\`sh
node scripts/node.mjs scripts/dynamodb-local.ts
node scripts/node.mjs scripts/moto.ts
POSTHORN_COUNTS=docs/cost-counts.json node scripts/node.mjs node_modules/vitest/vitest.mjs run test/aws/counts.test.ts
node scripts/node.mjs scripts/cost.ts
\`\`\`

Assumed, since no emulator has it:

- A function runs ${ASSUMED.slower} times as long as it did here, since ${ASSUMED.memoryGb * 1_024} MB get a part of a processor; ConnectSafely answers in
  ${ASSUMED.upstreamMs} ms and a subscriber in ${ASSUMED.subscriberMs} ms. A poll is billed as ${pollMs} ms. Cold starts are left out.
- The extra price of fair queues is asked for every request that carries a message, and not for empty ones.
- ${ASSUMED.logKbPerInvocation} KB of log for an invocation, most of it Lambda's own lines; a table of ${ASSUMED.tableGb} GB, and ${ASSUMED.tableKbPerMessage} KB more for a message with
  its deliveries; ${ASSUMED.sentKbPerDelivery} KB sent for a delivery.
- Left out, because they are cents or less: stored logs, SST's bucket, mails of alarms, retries. Metrics made from failures cost $0.30
  each for a month in which they occur without a pause; there are five, and ten are free in an account.
- A request to the API costs an API Gateway request and an invocation: about
  ${usd(costOf("apiRequests", 1_000_000, false) + costOf("lambdaRequests", 1_000_000, false))} for a million, and their duration.

## Prices

${REGION}, found on ${FOUND_ON}. Other regions cost more or less. "Not confirmed" means that no page could be read that says so.

| service | unit | price | always free, a month | read in |
|---|---|---:|---:|---|
${Object.values<Price>(prices)
  .map(
    ({ service, unit, usd: price, per, alwaysFree, page, readIn }) =>
      `| [${service}](${page}) | ${unit} | $${price}${per === 1 ? "" : ` for ${whole(per)}`} | ${alwaysFree === 0 ? "none" : whole(alwaysFree)} | ${readIn} |`,
  )
  .join("\n")}
`

/** For scripts/docs.ts: the file, and what is to stand in it before prettier. */
export const costDoc = [FILE, text] as const

if (import.meta.main) {
  const wanted = await prettier.format(text, { ...(await prettier.resolveConfig(FILE)), filepath: FILE })
  let current = ""
  try {
    current = readFileSync(FILE, "utf8")
  } catch {
    // Not there yet: out of date.
  }
  if (process.argv.includes("--check")) {
    if (current !== wanted) {
      console.error(`${FILE} is out of date: node scripts/node.mjs scripts/cost.ts`)
      process.exit(1)
    }
  } else if (current !== wanted) writeFileSync(FILE, wanted)
}
