import { setTimeout } from "node:timers/promises"

import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge"
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { iso } from "@posthorn/core/time"
import { createSimulator, type Simulator } from "@posthorn/simulator/simulator"
import type { APIGatewayProxyStructuredResultV2, SQSEvent } from "aws-lambda"

import { createDelays } from "./delays.ts"
import type { FunctionName, QueueName } from "./deployment.ts"
import { environmentOf } from "./environment.ts"
import { type Gateway, startGateway } from "./gateway.ts"
import { createLambda, type Lambda } from "./lambda.ts"
import { accessKeyIdOf, createPermissions } from "./permissions.ts"
import { createPump, type Pump, REGION } from "./pump.ts"
import type { Region } from "./region.ts"
import { requestEvent } from "./request-event.ts"
import { createResources } from "./resources.ts"

const credentials = { accessKeyId: "test", secretAccessKey: "test" }
export const UPSTREAM_KEY = "secret-upstream-key"

export interface CloudOptions {
  accounts?: number
  /** Over what the plan gives. */
  env?: Record<string, string>
  /** Null: the stage has no key for upstream. */
  upstreamKey?: string | null
  /** Left out of the links, by name. */
  without?: string
  /** In place of those that a good deployment has. */
  secrets?: Record<string, string>
}

/** Those functions that queues, or the rule, bring their events to. */
export type PumpName = Extract<FunctionName, "Poll" | "Deliver" | "Fanout">

export interface Cloud {
  simulator: Simulator
  gateway: Gateway
  logs: string[]
  invocations: Record<FunctionName, { count: number; ms: number }>
  pumps: Record<PumpName, Pump>
  lambdas: Record<FunctionName, Lambda>
  /** What functions asked of AWS, each once, as texts of permissions. */
  used: ReadonlySet<string>
  invoke(name: FunctionName, event: unknown): Promise<unknown>
  /** Time passes for the handlers, and for what they delayed in a queue; in all else the emulators keep the real one. */
  advance(ms: number): void
  now(): number
  /** A minute later: what EventBridge Scheduler sends to the schedule. */
  tick(): Promise<void>
  /** What it sends to the sweep. */
  sweep(): Promise<void>
  /** Pumps until nothing waits for these functions; by default for any. */
  settle(...names: PumpName[]): Promise<void>
  /** Pumps until these functions have nothing to do at this moment; what was delayed goes on waiting. */
  drain(...names: PumpName[]): Promise<void>
  /** Then turns time forward to when the next delayed message is handed out. False: none waits. */
  next(): Promise<boolean>
  /** GET, or POST where there is a body (null: an empty one), unless told otherwise. With the admin key, unless told otherwise. */
  api<Answer = Record<string, unknown>>(
    path: string,
    body?: unknown,
    method?: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Answer; cookies: string[] }>
  /** As `api`: for what is no JSON. */
  fetch(path: string): Promise<APIGatewayProxyStructuredResultV2>
  /** Registers a receiver's port; answers the endpoint's id and secret. */
  endpoint(port: number, more?: Record<string, unknown>): Promise<{ id: string; secret: string }>
  sendRaw(queue: QueueName, body: string): Promise<void>
  /** To the bus, past every function. */
  publishRaw(detail: Record<string, unknown>): Promise<void>
  /** The bodies in a queue of which nobody reads. */
  bodies(queue: QueueName): Promise<string[]>
  /** Throws where a function asked for what its role may not. */
  close(): Promise<void>
}

const SETTLES_WITHIN_MS = 90_000
let clouds = 0

/** One deployment: the plan's table, bus, rule, queues and functions, with their permissions, links and environments. */
export const openCloud = async (region: Region, options: CloudOptions = {}): Promise<Cloud> => {
  clouds += 1
  const { deployment } = region
  const simulator = createSimulator({ accounts: options.accounts ?? 1, apiKey: UPSTREAM_KEY })
  const upstream = await simulator.listen()
  const endpoint = await region.engine.client.config.endpoint!()
  const plannedNames = new Map<string, string>()
  const permissions = createPermissions(deployment, plannedNames)
  // Time begins with a minute, so that none ends between two events of a test.
  let aheadMs = 60_000 - (Date.now() % 60_000)
  const now = (): number => Date.now() + aheadMs
  // Straight to the emulator, so that nothing of the test's own is counted, or judged.
  const motoUrl = `http://127.0.0.1:${String(region.moto.port)}`
  const direct = new SQSClient({ region: REGION, endpoint: motoUrl, credentials })
  const events = new EventBridgeClient({ region: REGION, endpoint: motoUrl, credentials })
  const delays = createDelays({ sqs: direct, now })
  const gateway = await startGateway({
    dynamodb: endpoint.port!,
    moto: region.moto.port,
    judge: permissions.judge,
    delay: (batch) => delays.take(batch as never),
  })
  const clients: SQSClient[] = []
  /** As Lambda asks for a function: with its role, and counted. */
  const as = (name: FunctionName): SQSClient => {
    const role = { accessKeyId: accessKeyIdOf(name), secretAccessKey: credentials.secretAccessKey }
    const client = new SQSClient({ region: REGION, endpoint: gateway.url, credentials: role })
    clients.push(client)
    return client
  }

  const resources = await createResources(deployment, `-${String(clouds)}`, {
    direct,
    events,
    queuesAt: gateway.url,
    engine: region.engine,
  })
  for (const [made, planned] of resources.plannedNames) plannedNames.set(made, planned)
  const urlOf = (physicalName: string): string => resources.urls.get(physicalName)!
  const queueUrl = (name: QueueName): string =>
    urlOf(deployment.queues.find((queue) => queue.name === name)?.physicalName ?? "")

  const logs: string[] = []
  const each = <Value>(make: (name: FunctionName) => Value): Record<FunctionName, Value> =>
    Object.fromEntries(Object.keys(deployment.functions).map((name) => [name, make(name as FunctionName)])) as Record<
      FunctionName,
      Value
    >
  const invocations = each(() => ({ count: 0, ms: 0 }))
  const lambdas = each((name) =>
    createLambda({
      file: region.bundles[name],
      exported: deployment.functions[name].exported,
      env: {
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: accessKeyIdOf(name),
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_ENDPOINT_URL: gateway.url,
        ...environmentOf(deployment, name, resources, {
          without: options.without ?? null,
          upstreamUrl: upstream.url,
          secrets: {
            ConnectSafelyApiKey: options.upstreamKey === undefined ? UPSTREAM_KEY : (options.upstreamKey ?? ""),
            ...options.secrets,
          },
        }),
        ...options.env,
      },
      onLine: (line) => logs.push(line),
      onDone: (ms) => {
        invocations[name].count += 1
        invocations[name].ms += ms
      },
    }),
  )
  const invoke = (name: FunctionName, event: unknown): Promise<unknown> => lambdas[name].invoke(event, aheadMs)
  const scheduled = async (name: FunctionName): Promise<void> => {
    const input = deployment.schedules[name]
    if (input === undefined) throw new Error(`the plan has no schedule for ${name}`)
    const time = iso(now()).replace(/\.\d+Z$/, "Z")
    await invoke(name, JSON.parse(input.replaceAll("<aws.scheduler.scheduled-time>", time)))
  }

  const { rule } = deployment
  const sources = new Map(deployment.mappings.map((mapping) => [mapping.function, urlOf(mapping.queue)]))
  const pumps = Object.fromEntries(
    deployment.mappings.map((mapping) => [
      mapping.function,
      createPump({
        ...mapping,
        before: delays.release,
        sqs: as(mapping.function),
        url: urlOf(mapping.queue),
        invoke: (event) => invoke(mapping.function, event),
      }),
    ]),
  ) as Record<PumpName, Pump>
  sources.set(rule.function, resources.ruleUrl)
  pumps[rule.function as PumpName] = createPump({
    // Not counted: in AWS there is no queue here.
    sqs: direct,
    url: resources.ruleUrl,
    batchSize: 1,
    reportsFailures: false,
    concurrencyMax: null,
    invoke: async ({ Records: [record] }: SQSEvent) => invoke(rule.function, JSON.parse(record!.body)),
  })

  /** Nothing is there, hidden ones included; what is delayed is not there yet. */
  const isDrained = async (url: string): Promise<boolean> => {
    const { Attributes = {} } = await direct.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    )
    return ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"].every(
      (name) => Attributes[name as "ApproximateNumberOfMessages"] === "0",
    )
  }
  /** Pumps until all of these queues are as they should be. */
  const pumpUntil = async (names: PumpName[], isDone: (url: string) => Promise<boolean>): Promise<void> => {
    const wanted = names.length === 0 ? (Object.keys(pumps) as PumpName[]) : names
    const deadline = Date.now() + SETTLES_WITHIN_MS
    for (;;) {
      let handled = 0
      for (const name of wanted) handled += await pumps[name].round()
      // Also while there is much to do: what goes on for ever is to be told, not waited for.
      if (Date.now() > deadline) throw new Error(`queues did not settle: ${logs.slice(-5).join("\n")}`)
      if (handled > 0) continue
      const done = await Promise.all(wanted.map((name) => isDone(sources.get(name)!)))
      if (done.every(Boolean)) return
      await setTimeout(50)
    }
  }

  const cloud: Cloud = {
    simulator,
    gateway,
    logs,
    invocations,
    pumps,
    lambdas,
    used: permissions.used,
    invoke,
    advance: (ms) => void (aheadMs += ms),
    now,
    tick: async () => {
      aheadMs += 60_000
      await scheduled("Schedule")
    },
    sweep: () => scheduled("Sweep"),
    settle: (...names) => pumpUntil(names, async (url) => delays.nextAt([url]) === null && (await isDrained(url))),
    drain: (...names) => pumpUntil(names, isDrained),
    next: async () => {
      await cloud.drain()
      const at = delays.nextAt(sources.values())
      if (at !== null) aheadMs += Math.max(0, at - now())
      return at !== null
    },
    fetch: async (target) =>
      (await invoke("Api", requestEvent(target, undefined))) as APIGatewayProxyStructuredResultV2,
    api: async (target, body, method, headers) => {
      const event = requestEvent(target, body, method, headers)
      const answer = (await invoke("Api", event)) as APIGatewayProxyStructuredResultV2
      const isJson = String(answer.headers?.["content-type"]).includes("json")
      const parsed = (isJson ? JSON.parse(answer.body!) : {}) as never
      return { status: answer.statusCode!, body: parsed, cookies: answer.cookies ?? [] }
    },
    endpoint: async (port, more = {}) => {
      const url = `https://r${String(port)}.receivers.test/hook`
      const answer = await cloud.api<{ id: string; secret: string }>("/v1/endpoints", { url, ...more })
      if (answer.status !== 201) throw new Error(`endpoint not made: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    sendRaw: async (queue, body) => {
      await direct.send(new SendMessageCommand({ QueueUrl: queueUrl(queue), MessageBody: body }))
    },
    publishRaw: async (detail) => {
      const { source } = JSON.parse(rule.pattern) as { source: string[] }
      const entry = { Source: source[0], DetailType: "test", Detail: JSON.stringify(detail) }
      await events.send(new PutEventsCommand({ Entries: [{ ...entry, EventBusName: resources.busName }] }))
    },
    bodies: async (queue) => {
      const { Messages = [] } = await direct.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      )
      return Messages.map(({ Body }) => Body ?? "")
    },
    close: async () => {
      for (const lambda of Object.values(lambdas)) lambda.kill()
      for (const client of [direct, events, ...clients]) client.destroy()
      await Promise.all([simulator.close(), gateway.close()])
      if (permissions.refused.size > 0)
        throw new Error(`not allowed by the plan:\n${[...permissions.refused].sort().join("\n")}`)
    },
  }
  return cloud
}
