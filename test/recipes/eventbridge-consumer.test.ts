import { execFile } from "node:child_process"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"

import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge"
import { CreateTableCommand, ScanCommand } from "@aws-sdk/client-dynamodb"
import { createBus } from "@posthorn/aws/bus"
import type { Event } from "@posthorn/core/event"
import { build } from "esbuild"
import { beforeAll, describe, expect, it, vi } from "vitest"

import type { BusEvent, MessageEvent } from "../../examples/eventbridge-consumer/src/event.ts"
import { blockOf } from "../../scripts/doc-blocks.ts"
import { startEmulator } from "../aws/emulator.ts"
import { whyNoMoto } from "../aws/moto.ts"
import { arnOf } from "../aws/pump.ts"
import { type Engine, startDynalite } from "../contract/dynamodb-engine.ts"
import { alice, conversationIn, useStage } from "../flow/stage.ts"
import { inputsOf, type Plan, planOf, platformSuite } from "../infra/plan.ts"
import { until } from "../relay.ts"
import { temporaryFolder } from "./program.ts"
import { faultsOf, messageOn } from "./schemas.ts"

vi.setConfig({ testTimeout: 60_000 })

const { start, receive, cleanups } = useStage()
const root = path.resolve(import.meta.dirname, "../..")
const TABLE = "messages"

/** What the example's types say of our events holds, or this does not compile. */
const typed = (event: Event<"message.received">): MessageEvent => event

/** Bundled as SST does for a Lambda, in a process of its own, with a DynamoDB of its own. */
const consumer = async () => {
  const engine: Engine = await startDynalite()
  cleanups.push(() => engine.close())
  const key = { AttributeName: "id" }
  await engine.client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ ...key, AttributeType: "S" }],
      KeySchema: [{ ...key, KeyType: "HASH" }],
    }),
  )
  const folder = await temporaryFolder(cleanups)
  const { port } = await engine.client.config.endpoint!()
  const handler = async (name: "on-message" | "from-queue") => {
    const outfile = path.join(folder, `${name}.mjs`)
    await build({
      entryPoints: [path.join(root, `examples/eventbridge-consumer/src/${name}.ts`)],
      ...{ outfile, bundle: true, format: "esm", platform: "node", mainFields: ["module", "main"], minify: true },
      banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    })
    return async (event: unknown, table = TABLE): Promise<{ answer: unknown; logged: string[] }> => {
      const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(outfile).href)});
        console.log(JSON.stringify({ answer: (await handler(JSON.parse(process.argv[1]))) ?? null }))`
      const env = {
        ...{ MESSAGES: table, AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
        ...{ AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${String(port)}`, AWS_MAX_ATTEMPTS: "1" },
      }
      const args = ["--input-type=module", "-e", script, JSON.stringify(event)]
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env })
      const lines = stdout.trim().split("\n")
      return { ...(JSON.parse(lines.at(-1)!) as { answer: unknown }), logged: lines.slice(0, -1) }
    }
  }
  const kept = async (): Promise<{ id: string; text: string }[]> => {
    const { Items = [] } = await engine.client.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }))
    return Items.map(({ id, text }) => ({ id: id!.S!, text: text!.S! }))
  }
  return { onMessage: await handler("on-message"), fromQueue: await handler("from-queue"), kept }
}

/** What a relay published of a conversation that began with a message, and was answered. */
const realEvents = async (): Promise<Event[]> => {
  const [relay, receiver] = [await start(), await receive()]
  await relay.endpoint(receiver.url, { eventTypes: ["*"] })
  const conversation = conversationIn(relay)
  const { world } = relay.simulator
  world.write({ conversation, from: alice, text: "Grüße 👋" })
  world.write({ conversation, from: "owner", text: "Hello Alice" })
  await relay.poll()
  await until(() => receiver.requests.length >= 3, "the conversation and both messages")
  return receiver.requests.map(({ body }) => JSON.parse(body) as Event)
}
const ofType = (events: Event[], type: string): Event => events.find((event) => event.type === type)!
const onBus = (event: Event) =>
  ({ version: "0", source: "posthorn", "detail-type": event.type, detail: event }) as unknown as BusEvent

it("keeps what the relay told once, however often it comes, by the rule and by the queue", async () => {
  const [{ onMessage, fromQueue, kept }, events] = [await consumer(), await realEvents()]
  const [received, sent] = [ofType(events, "message.received"), ofType(events, "message.sent")]
  const first = await onMessage(onBus(received))
  const { conversation, message } = typed(received as Event<"message.received">).data
  expect(first.logged.map((line) => JSON.parse(line) as unknown)).toEqual([
    { kept: received.id, conversation: conversation.id, message: message.id },
  ])
  expect(await onMessage(onBus(received))).toEqual({ answer: null, logged: [] })

  const record = (messageId: string, event: Event) => ({ messageId, body: JSON.stringify(onBus(event)) })
  const batch = { Records: [record("1", received), record("2", sent), record("3", sent)] }
  expect((await fromQueue(batch)).answer).toEqual({ batchItemFailures: [] })
  expect((await kept()).toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    [
      { id: received.id, text: "Grüße 👋" },
      { id: sent.id, text: "Hello Alice" },
    ].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  )
})

it("what fails is told: by the function to Lambda, by the batch of one message alone", async () => {
  const [{ onMessage, fromQueue, kept }, events] = [await consumer(), await realEvents()]
  const received = ofType(events, "message.received")
  await expect(onMessage(onBus(received), "no-such-table")).rejects.toThrow("ResourceNotFoundException")
  const Records = [
    { messageId: "unreadable", body: "{" },
    { messageId: "fine", body: JSON.stringify(onBus(received)) },
  ]
  expect((await fromQueue({ Records })).answer).toEqual({ batchItemFailures: [{ itemIdentifier: "unreadable" }] })
  expect(await kept()).toHaveLength(1)
})

const noMoto = whyNoMoto()
const suite = platformSuite("the example's rules on an emulated bus")
const title = noMoto === null ? suite.title : `${suite.title}, skipped: ${noMoto}`
describe.skipIf(suite.skip || noMoto !== null)(title, () => {
  let plan: Plan
  beforeAll(
    () => void (plan = planOf("test", { POSTHORN_BUS: "any" }, "--app", "examples/eventbridge-consumer")),
    60_000,
  )

  it("bring what Posthorn puts on its bus to the function and the queue: valid by the AsyncAPI document, and kept", async () => {
    const emulator = await startEmulator()
    cleanups.push(() => emulator.close())
    const [{ onMessage, fromQueue, kept }, events] = [await consumer(), await realEvents()]
    const busName = "posthorn-test-BusBus-abc"
    await emulator.events.send(new CreateEventBusCommand({ Name: busName }))
    const patternOf = (rule: string): string => (inputsOf(plan, rule) as { eventPattern: string }).eventPattern
    const listen = async (rule: string, eventPattern = patternOf(rule)): Promise<string> => {
      await emulator.events.send(new PutRuleCommand({ EventBusName: busName, Name: rule, EventPattern: eventPattern }))
      const queueUrl = await emulator.createQueue()
      const Targets = [{ Id: "target", Arn: arnOf(queueUrl) }]
      await emulator.events.send(new PutTargetsCommand({ EventBusName: busName, Rule: rule, Targets }))
      return queueUrl
    }
    const functionsPlace = await listen("PosthornSubscriberOnMessageRule")
    const inbox = await listen("ToInbox")
    const narrowed = await listen("Narrowed", blockOf("docs/recipes/eventbridge.md", "pattern"))
    const bus = createBus({ client: emulator.events, busName })
    const entries = events.map((event, index) => ({ log: "acc", position: index + 1, event }))
    expect(await bus.publish(entries)).toEqual(entries.map(() => null))
    // Once they are through, whatever else the rules had let pass is in the queues before it.
    const received = ofType(events, "message.received") as Event<"message.received">
    const last = { ...received, id: "evt_last" }
    const inGroup = {
      ...last,
      data: { ...received.data, conversation: { ...received.data.conversation, isGroup: true } },
    }
    for (const event of [inGroup, last]) expect(await bus.publish([{ log: "acc", position: 9, event }])).toEqual([null])

    const typesIn = (bodies: string[]): string[] => bodies.map((body) => (JSON.parse(body) as BusEvent)["detail-type"])
    const invoked = (await emulator.receive(functionsPlace, 3)).map(({ Body }) => Body!)
    const queued = (await emulator.receive(inbox, 4)).map(({ Body }) => Body!)
    const three = Array.from({ length: 3 }, () => "message.received")
    expect(typesIn(invoked)).toEqual(three)
    expect(typesIn(queued).toSorted()).toEqual([...three, "message.sent"])
    const direct = (await emulator.receive(narrowed, 2)).map(({ Body }) => (JSON.parse(Body!) as BusEvent).detail)
    expect(direct.map(({ id }) => id).toSorted()).toEqual([received.id, "evt_last"].toSorted())
    for (const body of [...invoked, ...queued]) {
      const delivered = JSON.parse(body) as BusEvent
      // The emulator leaves the account out, which AWS puts into every event.
      const whole = { account: "123456789012", ...delivered }
      expect(faultsOf(messageOn("bus", delivered["detail-type"])!, "payload", whole)).toBeNull()
    }

    for (const body of invoked) await onMessage(JSON.parse(body))
    const Records = queued.map((body, index) => ({ messageId: String(index), body }))
    expect((await fromQueue({ Records })).answer).toEqual({ batchItemFailures: [] })
    expect((await kept()).map(({ id }) => id).toSorted()).toEqual(
      [ofType(events, "message.received").id, ofType(events, "message.sent").id, "evt_last"].toSorted(),
    )
  })
})
