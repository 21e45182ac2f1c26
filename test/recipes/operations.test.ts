import { afterEach, describe, expect, it, vi } from "vitest"

import { blockOf, inlineOf } from "../../scripts/doc-blocks.ts"
import { inputsOf } from "../infra/plan.ts"
import { endAll } from "../kill/process.ts"
import { whyNoAws } from "./aws-account.ts"
import { useDeployedAccount } from "./deployed-account.ts"
import { withPlan } from "../suite.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const DOC = "docs/operations.md"
const { title, skip } = withPlan("the commands of docs/operations.md, on an emulated account", whyNoAws())
describe.skipIf(skip)(title, () => {
  const { account, plan, nameOf } = useDeployedAccount()
  afterEach(endAll)

  const functions = blockOf(DOC, "functions")
  const sh = (script: string): Promise<string> => account().sh(`${functions}\n${script}`)
  const queue = (name: string): string => nameOf(`${name}${name.endsWith("Dlq") ? "" : "Queue"}Queue`)

  const urlOf = async (name: string): Promise<string> =>
    (await account().standIn.call<{ QueueUrl: string }>("sqs", "AmazonSQS.GetQueueUrl", { QueueName: queue(name) }))
      .QueueUrl
  const send = async (name: string, body: unknown): Promise<void> => {
    const message = { QueueUrl: await urlOf(name), MessageBody: JSON.stringify(body) }
    await account().standIn.call("sqs", "AmazonSQS.SendMessage", message)
  }
  /** How many a queue has, those that were just looked at too. */
  const countIn = async (name: string): Promise<number> => {
    const { Attributes } = await account().standIn.call<{ Attributes: Record<string, string> }>(
      "sqs",
      "AmazonSQS.GetQueueAttributes",
      { QueueUrl: await urlOf(name), AttributeNames: ["All"] },
    )
    return (
      Number(Attributes["ApproximateNumberOfMessages"]) + Number(Attributes["ApproximateNumberOfMessagesNotVisible"])
    )
  }

  it("find what a deploy makes, by the names that it gives, and nothing else", async () => {
    const names = {
      function_of: ["Schedule", "Poll", "Fanout", "Deliver", "Sweep", "Api"].map((name) => [
        name,
        nameOf(`${name}Function`),
      ]),
      arn_of: ["Poll", "Delivery", "PollDlq", "DeliveryDlq", "FanoutDlq"].map((name) => [
        name,
        `arn:aws:sqs:eu-west-1:123456789012:${queue(name)}`,
      ]),
    }
    for (const [command, wanted] of Object.entries(names)) {
      const script = wanted.map(([name = ""]) => `echo ${name} $(${command} ${name})`).join("\n")
      expect(await sh(script)).toBe(`${wanted.map((pair) => pair.join(" ")).join("\n")}\n`)
    }
    const uuids = await sh("mapping_of Poll; mapping_of Deliver")
    expect(uuids).toMatch(/^[\da-f-]{36}\n[\da-f-]{36}\n$/)
    expect(await sh("queue_of Nothing; function_of Nothing; true")).toBe("")
  })

  it("show what is in a dead-letter queue and leave it there, or empty it", async () => {
    for (const id of ["dlv_1", "dlv_2"]) await send("DeliveryDlq", { id })
    const shown = await sh(blockOf(DOC, "look"))
    expect(JSON.parse(shown)).toEqual(expect.arrayContaining(['{"id":"dlv_1"}', '{"id":"dlv_2"}']))
    expect(await countIn("DeliveryDlq")).toBe(2)

    await send("PollDlq", { id: "old" })
    for (const name of ["DeliveryDlq", "PollDlq"]) {
      await sh(inlineOf(DOC, `aws sqs purge-queue --queue-url $(queue_of ${name})`))
      expect(await countIn(name)).toBe(0)
    }
  })

  it("put deliveries back into their queue, and say how far they are", async () => {
    for (const id of ["dlv_1", "dlv_2"]) await send("DeliveryDlq", { id })
    expect(await sh(blockOf(DOC, "DeliveryDlq"))).toContain("COMPLETED")
    expect([await countIn("DeliveryDlq"), await countIn("Delivery")]).toEqual([0, 2])
  })

  it("hand events to the function again, as the rule and as Lambda left them, and keep one that fails", async () => {
    const [ofRule, ofLambda, failing] = [{ id: "of-rule" }, { id: "of-lambda" }, { id: "failing" }]
    await send("FanoutDlq", ofRule)
    await send("FanoutDlq", { version: "1.0", requestPayload: ofLambda })
    expect(await sh(blockOf(DOC, "again"))).toBe("")
    const name = nameOf("FanoutFunction")
    expect(account().standIn.invoked).toHaveLength(2)
    expect(account().standIn.invoked).toEqual(
      expect.arrayContaining([ofRule, ofLambda].map((event) => ({ name, event }))),
    )
    expect(await countIn("FanoutDlq")).toBe(0)

    account().standIn.onInvoke = () => {
      throw new Error("still broken")
    }
    await send("FanoutDlq", failing)
    expect(await sh(blockOf(DOC, "again"))).toContain("still broken")
    expect(await countIn("FanoutDlq")).toBe(1)
    expect(JSON.parse(await sh(blockOf(DOC, "left")))).toHaveProperty("Attributes.ApproximateNumberOfMessages")
  })

  it("show a function's lines, those of a fact alone or all that come", async () => {
    const lines = ["poll.failed", "poll.found"].map((fact) => JSON.stringify({ level: "warn", fact }))
    for (const name of ["PollLogGroup", "DeliverLogGroup"]) {
      const place = { logGroupName: nameOf(name), logStreamName: "one" }
      await account().standIn.call("logs", "Logs_20140328.CreateLogStream", place)
      const logEvents = lines.map((message) => ({ message, timestamp: Date.now() }))
      await account().standIn.call("logs", "Logs_20140328.PutLogEvents", { ...place, logEvents })
    }
    const [ofFact = "", follow = ""] = blockOf(DOC, "Logs").split("\n")
    expect(await sh(ofFact)).toContain(lines[0])
    expect(await sh(ofFact)).not.toContain(lines[1])
    const following = account().start(`${functions}\n${follow}`)
    await following.says(/poll\.found/)
    expect(following.end()).toBeNull()
  })

  it("pause deliveries and polls, and let them go on", async () => {
    const stateOf = async (name: string): Promise<string | undefined> => {
      const { EventSourceMappings } = await account().standIn.call<{
        EventSourceMappings: { FunctionArn: string; State: string }[]
      }>("lambda", "/2015-03-31/event-source-mappings/", {}, "GET")
      const suffix = `:${nameOf(`${name}Function`)}`
      return EventSourceMappings.find(({ FunctionArn }) => FunctionArn.endsWith(suffix))?.State
    }
    const [off = "", on = ""] = blockOf(DOC, "deliveries").split("\n")
    await sh(off)
    expect([await stateOf("Deliver"), await stateOf("Poll")]).toEqual(["Disabled", "Enabled"])
    await sh(on)
    expect(await stateOf("Deliver")).toBe("Enabled")
    await sh(blockOf(DOC, "polls"))
    expect([await stateOf("Deliver"), await stateOf("Poll")]).toEqual(["Enabled", "Disabled"])
  })

  it("restore the table and give it what AWS leaves out", async () => {
    await sh(blockOf(DOC, "Restore the table"))
    const TableName = "posthorn-production-restored"
    const ask = (operation: string) =>
      account().standIn.call("dynamodb", `DynamoDB_20120810.${operation}`, { TableName })
    expect(await ask("DescribeTable")).toMatchObject({ Table: { DeletionProtectionEnabled: true } })
    const { attributeName } = (inputsOf(plan(), "TableTable") as { ttl: { attributeName: string } }).ttl
    expect(await ask("DescribeTimeToLive")).toMatchObject({
      TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: attributeName },
    })
    expect(await ask("DescribeContinuousBackups")).toMatchObject({
      ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "ENABLED" } },
    })
  })
})
