import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { setTimeout } from "node:timers/promises"

import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge"
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs"
import { bundle, type HandlerName, handlers } from "@posthorn/aws/build"
import { createSimulator, type Simulator } from "@posthorn/simulator/simulator"
import type { APIGatewayProxyStructuredResultV2, SQSEvent } from "aws-lambda"

import { type Engine, startDynalite, startDynamodbLocal, whyNoDynamodbLocal } from "../contract/dynamodb-engine.ts"
import { type Gateway, startGateway } from "./gateway.ts"
import { createLambda, type Lambda } from "./lambda.ts"
import { startMoto } from "./moto.ts"
import { ACCOUNT, arnOf, createPump, type Pump, REGION } from "./pump.ts"

/** Emulators and bundles, for all clouds of a suite. */
export interface Region {
  engine: Engine
  moto: { port: number; close(): Promise<void> }
  bundles: Record<HandlerName, string>
  close(): Promise<void>
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" }
export const ADMIN_KEY = "phk_test_key_of_the_cloud_tests"
export const UPSTREAM_KEY = "secret-upstream-key"

export const openRegion = async (): Promise<Region> => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "posthorn-cloud-"))
  const standIn = (name: string): string => path.join(import.meta.dirname, "stand-ins", name)
  const replace = { "deps/clock.ts": standIn("clock.ts"), "deps/post.ts": standIn("post.ts") }
  const [engine, moto, files] = await Promise.all([
    whyNoDynamodbLocal() === null ? startDynamodbLocal() : startDynalite(),
    startMoto(),
    Promise.all(handlers.map(async (name) => [name, (await bundle(name, folder, replace)).file] as const)),
  ])
  return {
    engine,
    moto,
    bundles: Object.fromEntries(files) as Record<HandlerName, string>,
    close: async () => {
      await Promise.all([engine.close(), moto.close()])
      rmSync(folder, { recursive: true })
    },
  }
}

export interface CloudOptions {
  accounts?: number
  env?: Record<string, string>
  /** Null: the stage has no key for upstream. */
  upstreamKey?: string | null
  /** Left out of the links, by name. */
  without?: string
  /** In place of those that a good deployment has. */
  links?: Record<string, unknown>
}

type QueueName = "poll" | "fanout" | "delivery"

export interface Cloud {
  simulator: Simulator
  gateway: Gateway
  logs: string[]
  invocations: Record<HandlerName, { count: number; ms: number }>
  pumps: Record<QueueName, Pump>
  lambdas: Record<HandlerName, Lambda>
  invoke(name: HandlerName, event: unknown): Promise<unknown>
  /** Time passes for the handlers; the emulators keep the real one. */
  advance(ms: number): void
  now(): number
  /** A minute later: what EventBridge Scheduler sends. */
  tick(): Promise<void>
  /** Pumps until these queues hold nothing; by default all of them. */
  settle(...names: QueueName[]): Promise<void>
  api<Answer = Record<string, unknown>>(path: string, body?: unknown): Promise<{ status: number; body: Answer }>
  /** Registers a receiver's port; answers the endpoint's id and secret. */
  endpoint(port: number, more?: Record<string, unknown>): Promise<{ id: string; secret: string }>
  sendRaw(queue: QueueName, body: string): Promise<void>
  /** The bodies of a dead-letter queue. */
  dead(queue: QueueName): Promise<string[]>
  close(): Promise<void>
}

/** Seconds; the real ones are in infra/queues.ts. */
const VISIBILITY = 2
export const RECEIVES_MAX = 3
const SETTLES_WITHIN_MS = 20_000
let clouds = 0

/** One deployment: the plan's table, bus, rule and queues, and its six functions. */
export const openCloud = async (region: Region, options: CloudOptions = {}): Promise<Cloud> => {
  clouds += 1
  const stage = `test-${String(clouds)}`
  const simulator = createSimulator({ accounts: options.accounts ?? 1, apiKey: UPSTREAM_KEY })
  const upstream = await simulator.listen()
  const endpoint = await region.engine.client.config.endpoint!()
  const gateway = await startGateway({ dynamodb: endpoint.port!, moto: region.moto.port })
  // Straight to the emulator, so that nothing of the test's own is counted.
  const motoUrl = `http://127.0.0.1:${String(region.moto.port)}`
  const direct = new SQSClient({ region: REGION, endpoint: motoUrl, credentials })
  const counted = new SQSClient({ region: REGION, endpoint: gateway.url, credentials })
  const events = new EventBridgeClient({ region: REGION, endpoint: motoUrl, credentials })

  const createQueue = async (name: string, attributes: Record<string, string> = {}): Promise<string> => {
    const { QueueUrl } = await direct.send(
      new CreateQueueCommand({ QueueName: `${stage}-${name}`, Attributes: attributes }),
    )
    return `${gateway.url}/${ACCOUNT}/${QueueUrl!.slice(QueueUrl!.lastIndexOf("/") + 1)}`
  }
  const withDlq = async (name: string): Promise<{ url: string; dlq: string }> => {
    const dlq = await createQueue(`${name}-dlq`)
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dlq), maxReceiveCount: RECEIVES_MAX })
    return { url: await createQueue(name, { VisibilityTimeout: String(VISIBILITY), RedrivePolicy }), dlq }
  }
  const queues = {
    poll: await withDlq("poll"),
    fanout: await withDlq("fanout"),
    delivery: await withDlq("delivery"),
  }
  const tableName = await region.engine.createTable()
  await events.send(new CreateEventBusCommand({ Name: stage }))
  const rule = { EventBusName: stage, Name: `${stage}-fanout` }
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ["posthorn"] }) }))
  await events.send(
    new PutTargetsCommand({
      EventBusName: stage,
      Rule: rule.Name,
      // moto runs no Lambda; a queue takes its place, and its pump invokes the function with the event as it is.
      Targets: [{ Id: "fanout", Arn: arnOf(queues.fanout.url) }],
    }),
  )

  const links: Record<string, unknown> = {
    App: { name: "posthorn", stage },
    Table: { name: tableName },
    Bus: { name: stage },
    PollQueue: { url: queues.poll.url },
    DeliveryQueue: { url: queues.delivery.url },
    AdminKey: { value: ADMIN_KEY },
    EncryptionKey: { value: `${Buffer.alloc(32, 1).toString("base64")},${Buffer.alloc(32, 2).toString("base64")}` },
    ConnectSafelyApiKey: { value: options.upstreamKey === undefined ? UPSTREAM_KEY : (options.upstreamKey ?? "") },
    ...options.links,
  }
  if (options.without !== undefined) Reflect.deleteProperty(links, options.without)
  const env = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: gateway.url,
    SST_RESOURCES_JSON: JSON.stringify(links),
    CONNECTSAFELY_BASE_URL: upstream.url,
    POSTHORN_ALLOW_PRIVATE_URLS: "false",
    POSTHORN_LOG_LEVEL: "debug",
    ...options.env,
  }
  const logs: string[] = []
  const each = <Value>(make: (name: HandlerName) => Value): Record<HandlerName, Value> =>
    Object.fromEntries(handlers.map((name) => [name, make(name)])) as Record<HandlerName, Value>
  const invocations = each(() => ({ count: 0, ms: 0 }))
  const lambdas = each((name) =>
    createLambda({
      file: region.bundles[name],
      env,
      onLine: (line) => logs.push(line),
      onDone: (ms) => {
        invocations[name].count += 1
        invocations[name].ms += ms
      },
    }),
  )
  // Time begins with a minute, so that none ends between two events of a test.
  let aheadMs = 60_000 - (Date.now() % 60_000)
  const invoke = (name: HandlerName, event: unknown): Promise<unknown> => lambdas[name].invoke(event, aheadMs)
  const pumps = {
    poll: createPump({ sqs: counted, url: queues.poll.url, batchSize: 1, invoke: (event) => invoke("poll", event) }),
    delivery: createPump({
      sqs: counted,
      url: queues.delivery.url,
      batchSize: 10,
      invoke: (event) => invoke("deliver", event),
    }),
    // Not counted: in AWS there is no queue here.
    fanout: createPump({
      sqs: direct,
      url: queues.fanout.url,
      batchSize: 1,
      invoke: async ({ Records: [record] }: SQSEvent) => {
        await invoke("fanout", JSON.parse(record!.body))
        return { batchItemFailures: [] }
      },
    }),
  }
  const isEmpty = async (url: string): Promise<boolean> => {
    const { Attributes = {} } = await direct.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    )
    return [
      "ApproximateNumberOfMessages",
      "ApproximateNumberOfMessagesNotVisible",
      "ApproximateNumberOfMessagesDelayed",
    ].every((name) => Attributes[name as "ApproximateNumberOfMessages"] === "0")
  }

  const cloud: Cloud = {
    simulator,
    gateway,
    logs,
    invocations,
    pumps,
    lambdas,
    invoke,
    advance: (ms) => void (aheadMs += ms),
    now: () => Date.now() + aheadMs,
    tick: async () => {
      aheadMs += 60_000
      await invoke("schedule", { version: "1.0" })
    },
    settle: async (...names) => {
      const wanted = names.length === 0 ? (["poll", "fanout", "delivery"] as const) : names
      const deadline = Date.now() + SETTLES_WITHIN_MS
      for (;;) {
        let handled = 0
        for (const name of wanted) handled += await pumps[name].round()
        if (handled > 0) continue
        const empty = await Promise.all(wanted.map((name) => isEmpty(queues[name].url)))
        if (empty.every(Boolean)) return
        if (Date.now() > deadline) throw new Error(`queues did not settle: ${logs.slice(-5).join("\n")}`)
        await setTimeout(50)
      }
    },
    api: async (target, body) => {
      const answer = (await invoke("api", requestEvent(target, body))) as APIGatewayProxyStructuredResultV2
      return { status: answer.statusCode!, body: JSON.parse(answer.body === "" ? "{}" : answer.body!) as never }
    },
    endpoint: async (port, more = {}) => {
      const url = `https://r${String(port)}.receivers.test/hook`
      const answer = await cloud.api<{ id: string; secret: string }>("/v1/endpoints", { url, ...more })
      if (answer.status !== 201) throw new Error(`endpoint not made: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    sendRaw: async (queue, body) => {
      await direct.send(new SendMessageCommand({ QueueUrl: queues[queue].url, MessageBody: body }))
    },
    dead: async (queue) => {
      const { Messages = [] } = await direct.send(
        new ReceiveMessageCommand({ QueueUrl: queues[queue].dlq, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      )
      return Messages.map(({ Body }) => Body ?? "")
    },
    close: async () => {
      for (const lambda of Object.values(lambdas)) lambda.kill()
      for (const client of [direct, counted, events]) client.destroy()
      await Promise.all([simulator.close(), gateway.close()])
    },
  }
  return cloud
}

/** As API Gateway's HTTP API sends it (payload format 2.0). */
const requestEvent = (target: string, body: unknown) => {
  const [rawPath = "", rawQueryString = ""] = target.split("?")
  const method = body === undefined ? "GET" : "POST"
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json", host: "api.receivers.test" },
    requestContext: {
      accountId: ACCOUNT,
      apiId: "api",
      domainName: "api.receivers.test",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "gateway-request-1",
      routeKey: "$default",
      stage: "$default",
      time: "22/Nov/2026:00:00:00 +0000",
      timeEpoch: 0,
    },
    ...(body === undefined || body === null ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  }
}
