import { setTimeout } from "node:timers/promises"

import { EventBridgeClient } from "@aws-sdk/client-eventbridge"
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { type HandlerName, handlers } from "@posthorn/aws/build"
import { createSimulator, type Simulator } from "@posthorn/simulator/simulator"
import type { APIGatewayProxyStructuredResultV2, SQSEvent } from "aws-lambda"

import { type Gateway, startGateway } from "./gateway.ts"
import { createLambda, type Lambda } from "./lambda.ts"
import { createPump, type Pump, REGION } from "./pump.ts"
import type { Region } from "./region.ts"
import { ADMIN_KEY, requestEvent } from "./request-event.ts"
import { createResources, type QueueName } from "./resources.ts"

const credentials = { accessKeyId: "test", secretAccessKey: "test" }
export const UPSTREAM_KEY = "secret-upstream-key"

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

  const { queues, tableName } = await createResources(stage, {
    direct,
    events,
    queuesAt: gateway.url,
    engine: region.engine,
  })
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
