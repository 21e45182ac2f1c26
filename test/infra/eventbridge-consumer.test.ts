import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { beforeAll, describe as group, expect, it, vi } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"
import { inputsOf, list, ofType, type Plan, planOf, platformSuite, statementsOf } from "./plan.ts"

/** A plan takes a second or two on a quiet machine. */
const PLANS_MS = 180_000
vi.setConfig({ testTimeout: PLANS_MS })

const root = path.resolve(import.meta.dirname, "../..")
const APP = "examples/eventbridge-consumer"
/** As Posthorn's own plan outputs it. */
const busOf = (plan: Plan): string => String(plan.outputs["bus"])
const FORWARD_TO = "arn:aws:events:eu-west-1:210987654321:event-bus/posthorn-consumer-test-PosthornBus-abc"

const suite = platformSuite("the plan of examples/eventbridge-consumer")
const describe = suite.skip ? group.skip : group
const example = (env: Record<string, string>): Plan => planOf("test", env, "--app", APP)
const refusalOf = (env: Record<string, string>): string => {
  try {
    example(env)
    return ""
  } catch (error) {
    return (error as { stderr: string }).stderr
  }
}

let posthorn = ""
let beside: Plan
/** Deployed beside Posthorn, by the bus name that Posthorn's deploy prints. */
const plan = (): Plan => beside
const arnOfQueue = (name: string): string => `arn:aws:sqs:eu-west-1:123456789012:${String(inputsOf(plan(), name).name)}`
const ruleArn = (name: string): string => `arn:aws:events:eu-west-1:123456789012:rule/${posthorn}/${name}`
const granted = (role: string): string[] =>
  list(inputsOf(plan(), role).inlinePolicies).flatMap(({ policy }: { policy: string }) =>
    statementsOf(policy).flatMap(({ Action, Resource }) =>
      list(Action).flatMap((action) => list(Resource).map((resource) => `${action} ${resource}`)),
    ),
  )
/** A day of tries, then the queue. */
const orElse = (queue: string) => ({
  retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
  deadLetterConfig: { arn: arnOfQueue(queue) },
})

it("its doc shows of it what stands in its files", () => {
  const [, ...lines] = blockOf("docs/recipes/eventbridge.md", "in infra/to-function.ts").split("\n")
  expect(readFileSync(path.join(root, APP, "infra/to-function.ts"), "utf8")).toContain(lines.join("\n"))
})

describe(suite.title, () => {
  beforeAll(() => {
    posthorn = busOf(planOf("production"))
    beside = example({ POSTHORN_BUS: posthorn, FORWARD_TO })
  }, PLANS_MS)

  it("makes no bus beside Posthorn: its rules are on the one that Posthorn's deploy names", () => {
    const rules = ofType(plan(), "aws:cloudwatch/eventRule:EventRule")
    expect(posthorn).toMatch(/^posthorn-production-BusBus-/)
    expect(ofType(plan(), "aws:cloudwatch/eventBus:EventBus")).toEqual([])
    expect(ofType(plan(), "aws:cloudwatch/eventBusPolicy:EventBusPolicy")).toEqual([])
    expect(rules).toHaveLength(3)
    for (const { name, inputs } of [...rules, ...ofType(plan(), "aws:cloudwatch/eventTarget:EventTarget")])
      expect(inputs.eventBusName, name).toBe(posthorn)
  })

  const patternOf = (rule: string): unknown => JSON.parse(inputsOf(plan(), rule).eventPattern)
  const target = (name: string) => inputsOf(plan(), name)

  it("received messages invoke a function, which that rule alone may do; what it cannot reach is kept", () => {
    const rule = "PosthornSubscriberOnMessageRule"
    const { name } = inputsOf(plan(), rule)
    expect(patternOf(rule)).toEqual({ source: ["posthorn"], "detail-type": ["message.received"] })
    expect(target("PosthornSubscriberOnMessageTarget")).toMatchObject({
      rule: name,
      arn: expect.stringMatching(/:function:posthorn-consumer-test-OnMessageFunction-/),
      ...orElse("FunctionFailedQueue"),
    })
    expect(inputsOf(plan(), "PosthornSubscriberOnMessagePermission")).toMatchObject({
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: ruleArn(name),
    })
  })

  it("what the function refuses is tried twice more, for six hours at most, and then kept", () => {
    expect(inputsOf(plan(), "OnMessageEventInvokeConfig")).toMatchObject({
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 21_600,
      destinationConfig: { onFailure: { destination: arnOfQueue("FunctionFailedQueue") } },
    })
    const table = `arn:aws:dynamodb:eu-west-1:123456789012:table/${String(inputsOf(plan(), "MessagesTable").name)}`
    expect(granted("OnMessageRole").sort()).toEqual([
      `dynamodb:PutItem ${table}`,
      `sqs:SendMessage ${arnOfQueue("FunctionFailedQueue")}`,
    ])
  })

  it("all messages go into a queue, from which they are read in batches that fail message by message", () => {
    expect(patternOf("ToInbox")).toEqual({ source: ["posthorn"], "detail-type": [{ prefix: "message." }] })
    expect(target("ToInboxTarget")).toMatchObject({
      rule: "ToInbox",
      arn: arnOfQueue("InboxQueue"),
      ...orElse("QueueFailedQueue"),
    })
    expect(JSON.parse(inputsOf(plan(), "InboxQueue").redrivePolicy)).toEqual({
      deadLetterTargetArn: arnOfQueue("QueueFailedQueue"),
      maxReceiveCount: 5,
    })
    const [mapping] = ofType(plan(), "aws:lambda/eventSourceMapping:EventSourceMapping")
    expect(mapping!.inputs).toMatchObject({
      eventSourceArn: arnOfQueue("InboxQueue"),
      functionName: expect.stringMatching(/FromQueueFunction/),
      functionResponseTypes: ["ReportBatchItemFailures"],
    })
    expect(inputsOf(plan(), "MessagesTable")).toMatchObject({ hashKey: "id", attributes: [{ name: "id", type: "S" }] })
    const timeout = Number(inputsOf(plan(), "FromQueueFunction").timeout)
    expect(inputsOf(plan(), "InboxQueue").visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * timeout)
    expect(granted("FromQueueRole").map((each) => each.split(" ")[0])).toEqual([
      "dynamodb:PutItem",
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
    ])
  })

  it.each([
    ["FunctionFailedPolicy", "FunctionFailedQueue", "PosthornSubscriberOnMessageRule"],
    ["InboxPolicy", "InboxQueue", "ToInbox"],
    ["QueueFailedPolicy", "QueueFailedQueue", "ToInbox"],
    ["ForwardFailedPolicy", "ForwardFailedQueue", "Forward"],
  ])("%s lets one rule send to the queue, and nobody else", (policy, queue, rule) => {
    const { policy: text, queueUrl } = inputsOf(plan(), policy)
    expect(queueUrl.endsWith(`/${String(inputsOf(plan(), queue).name)}`)).toBe(true)
    expect(statementsOf(text)).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: arnOfQueue(queue),
        Condition: { ArnEquals: { "aws:SourceArn": ruleArn(String(inputsOf(plan(), rule).name ?? rule)) } },
      },
    ])
    const policies = ofType(plan(), "aws:sqs/queuePolicy:QueuePolicy")
    expect(policies.filter(({ inputs }) => inputs.queueUrl === queueUrl)).toHaveLength(1)
  })

  it("what failed is kept for the two weeks that SQS keeps anything", () => {
    const queues = ofType(plan(), "aws:sqs/queue:Queue").filter(({ name }) => name.endsWith("FailedQueue"))
    expect(queues.map(({ name }) => name)).toEqual(["ForwardFailedQueue", "FunctionFailedQueue", "QueueFailedQueue"])
    for (const { name, inputs } of queues) expect(inputs.messageRetentionSeconds, name).toBe(14 * 86_400)
  })

  it("forwards every event to the bus of another account, by a role that may put events there and nothing else", () => {
    expect(patternOf("Forward")).toEqual({ source: ["posthorn"] })
    expect(target("ForwardTarget")).toMatchObject({
      arn: FORWARD_TO,
      roleArn: expect.stringMatching(/:role\/ForwardRole/),
      ...orElse("ForwardFailedQueue"),
    })
    expect(granted("ForwardRole")).toEqual([`events:PutEvents ${FORWARD_TO}`])
    expect(inputsOf(plan(), "ForwardRole").assumeRolePolicy.Statement).toEqual([
      expect.objectContaining({ Effect: "Allow", Principal: { Service: "events.amazonaws.com" } }),
    ])
    expect(example({ POSTHORN_BUS: "any" }).resources.filter(({ name }) => name.startsWith("Forward"))).toEqual([])
  })

  it("in another account it makes a bus of its own, on which Posthorn's account may put events", () => {
    const other = example({ POSTHORN_ACCOUNT: "111122223333" })
    const [bus] = ofType(other, "aws:cloudwatch/eventBus:EventBus")
    const [policy] = ofType(other, "aws:cloudwatch/eventBusPolicy:EventBusPolicy")
    expect(policy!.inputs.eventBusName).toBe(bus!.inputs.name)
    expect(statementsOf(policy!.inputs.policy)).toEqual([
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: "events:PutEvents",
        Resource: `arn:aws:events:eu-west-1:123456789012:event-bus/${String(bus!.inputs.name)}`,
      },
    ])
    // What is handed to the other side's FORWARD_TO.
    expect(other.outputs["bus"]).toBe(`arn:aws:events:eu-west-1:123456789012:event-bus/${String(bus!.inputs.name)}`)
    for (const { name, inputs } of ofType(other, "aws:cloudwatch/eventRule:EventRule"))
      expect(inputs.eventBusName, name).toBe(bus!.inputs.name)
  })

  it.each([
    [{}, "Set POSTHORN_BUS to the name that Posthorn's deploy printed as `bus`"],
    [{ POSTHORN_BUS: "any", POSTHORN_ACCOUNT: "111122223333" }, "One of the two."],
    [{ POSTHORN_ACCOUNT: "1111" }, "POSTHORN_ACCOUNT is the 12 digits of an AWS account."],
    [{ POSTHORN_BUS: "any", FORWARD_TO: "a-bus" }, "FORWARD_TO is the ARN of a bus in another account"],
  ])("a missing or wrong setting stops the deploy with a sentence: %j", (env, sentence) => {
    expect(refusalOf(env)).toContain(sentence)
  })

  it("every role is assumed by one service, never by an account", () => {
    for (const { name, inputs } of ofType(plan(), "aws:iam/role:Role"))
      expect(inputs.assumeRolePolicy.Statement, name).toEqual([
        expect.objectContaining({ Principal: { Service: expect.stringMatching(/^(lambda|events)\.amazonaws\.com$/) } }),
      ])
  })

  it("its types check out against SST's source", () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-consumer-"))
    try {
      cpSync(path.join(root, APP), folder, { recursive: true })
      for (const name of [".sst", "node_modules"]) symlinkSync(path.join(root, name), path.join(folder, name))
      const tsc = path.join(root, "node_modules/typescript/bin/tsc")
      const checked = spawnSync(process.execPath, [tsc, "--project", folder], { cwd: folder, encoding: "utf8" })
      expect([checked.stdout, checked.status]).toEqual(["", 0])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
