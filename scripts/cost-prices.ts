/** Every price that docs/cost.md is made with: us-east-1, in US dollars, as found on the date given. */

export const REGION = "us-east-1"
export const FOUND_ON = "2026-11-22"

export interface Price {
  service: string
  unit: string
  /** For `per` units. */
  usd: number
  per: number
  /** Units a month that no account ever pays for; shared by everything in the account. */
  alwaysFree: number
  /** AWS's own page for it. */
  page: string
  /** Where the figure was read. AWS's price pages load their tables by script, so that most could only be read elsewhere. */
  readIn: string
}

const MILLION = 1_000_000
const CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
const DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
const EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/"
const LAMBDA = "https://aws.amazon.com/lambda/pricing/"
const SQS = "https://aws.amazon.com/sqs/pricing/"

export const prices = {
  lambdaRequests: {
    service: "Lambda",
    unit: "requests",
    usd: 0.2,
    per: MILLION,
    alwaysFree: MILLION,
    page: LAMBDA,
    readIn: "third parties, 2024 and later",
  },
  lambdaGbSeconds: {
    service: "Lambda, arm64",
    unit: "GB-seconds",
    usd: 0.0000133334,
    per: 1,
    alwaysFree: 400_000,
    page: LAMBDA,
    readIn: "third parties, 2024 and later",
  },
  sqsRequests: {
    service: "SQS, standard",
    unit: "requests of up to 64 KB",
    usd: 0.4,
    per: MILLION,
    alwaysFree: MILLION,
    page: SQS,
    readIn: "third parties, 2026-03 and 2026-06",
  },
  sqsFairRequests: {
    service: "SQS, fair queues",
    unit: "requests, on top",
    usd: 0.1,
    per: MILLION,
    alwaysFree: 0,
    page: SQS,
    readIn: "one third party, 2026-03: not confirmed",
  },
  eventBridgeEvents: {
    service: "EventBridge",
    unit: "custom events of up to 64 KB",
    usd: 1,
    per: MILLION,
    alwaysFree: 0,
    page: EVENTBRIDGE,
    readIn: "third parties, 2026-03 and 2026-06",
  },
  schedulerInvocations: {
    service: "EventBridge Scheduler",
    unit: "invocations",
    usd: 1,
    per: MILLION,
    alwaysFree: 14 * MILLION,
    page: EVENTBRIDGE,
    readIn: "one third party, 2026-03",
  },
  dynamodbWrites: {
    service: "DynamoDB, on demand",
    unit: "write request units",
    usd: 0.625,
    per: MILLION,
    alwaysFree: 0,
    page: DYNAMODB,
    readIn: "one third party, 2025-07; AWS's blog has the reduction of November 2024",
  },
  dynamodbReads: {
    service: "DynamoDB, on demand",
    unit: "read request units",
    usd: 0.125,
    per: MILLION,
    alwaysFree: 0,
    page: DYNAMODB,
    readIn: "one third party, 2025-07; AWS's blog has the reduction of November 2024",
  },
  dynamodbStorage: {
    service: "DynamoDB",
    unit: "GB-months",
    usd: 0.25,
    per: 1,
    alwaysFree: 25,
    page: DYNAMODB,
    readIn: "AWS's page, a stored copy",
  },
  dynamodbRecovery: {
    service: "DynamoDB, point-in-time recovery",
    unit: "GB-months",
    usd: 0.2,
    per: 1,
    alwaysFree: 0,
    page: DYNAMODB,
    readIn: "nowhere: not confirmed",
  },
  alarms: {
    service: "CloudWatch",
    unit: "alarms on one metric, a month",
    usd: 0.1,
    per: 1,
    alwaysFree: 10,
    page: CLOUDWATCH,
    readIn: "AWS's page for the free ten; the price nowhere: not confirmed",
  },
  dashboards: {
    service: "CloudWatch",
    unit: "dashboards, a month",
    usd: 3,
    per: 1,
    alwaysFree: 3,
    page: CLOUDWATCH,
    readIn: "AWS's page for the free three; a third party, 2026-06",
  },
  logs: {
    service: "CloudWatch Logs",
    unit: "GB taken in",
    usd: 0.5,
    per: 1,
    alwaysFree: 5,
    page: CLOUDWATCH,
    readIn: "AWS's page for the free five; third parties, 2026",
  },
  apiRequests: {
    service: "API Gateway, HTTP",
    unit: "requests of up to 512 KB",
    usd: 1,
    per: MILLION,
    alwaysFree: 0,
    page: "https://aws.amazon.com/api-gateway/pricing/",
    readIn: "AWS's whitepaper on private APIs",
  },
  transferOut: {
    service: "Data transfer",
    unit: "GB to the internet",
    usd: 0.09,
    per: 1,
    alwaysFree: 100,
    page: "https://aws.amazon.com/ec2/pricing/on-demand/",
    readIn: "third parties",
  },
} satisfies Record<string, Price>

export type PriceName = keyof typeof prices
