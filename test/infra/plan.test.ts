import { describe as group, expect, it, vi } from "vitest"

import { tableDefinition } from "@posthorn/aws/store/table"
import { TTL } from "@posthorn/aws/store/keys"
import { FAILING_INTERVAL_MS } from "@posthorn/core/poll/health"

import { inputsOf, list, ofType, type Plan, planOf, platformSuite, statementsOf } from "./plan.ts"

vi.setConfig({ testTimeout: 60_000 })

const suite = platformSuite("the plan of a deploy")
const describe = suite.skip ? group.skip : group
const plans = new Map<string, Plan>()
/** One run of each: it takes a second, on a quiet machine. */
const once = (key: string, make: () => Plan): Plan => {
  const made = plans.get(key) ?? make()
  plans.set(key, made)
  return made
}
const plan = (stage = "test"): Plan => once(stage, () => planOf(stage))

const given = {
  ALERT_EMAIL: "oncall@example.com",
  POSTHORN_POLL_SECONDS: "120",
  POSTHORN_RETENTION_DAYS: "7",
  POSTHORN_LOG_LEVEL: "debug",
  POSTHORN_ALLOW_PRIVATE_URLS: "true",
  SST_SECRET_AdminKey: "hush-hush",
  SST_SECRET_ConnectSafelyApiKey: "hush-hush",
}
/** A stage with an address for alarms, settings and secrets. */
const configured = (): Plan => once("configured", () => planOf("test", given))

const FUNCTIONS = ["Api", "Deliver", "Fanout", "Poll", "Schedule", "Sweep"]
const functions = () => ofType(plan(), "aws:lambda/function:Function")
const roles = () => ofType(plan(), "aws:iam/role:Role")
const queues = () => ofType(plan(), "aws:sqs/queue:Queue")
const isDlq = ({ name }: { name: string }) => name.endsWith("DlqQueue")
const mappings = () => ofType(plan(), "aws:lambda/eventSourceMapping:EventSourceMapping")
const mappingOf = (queue: string) => mappings().find(({ name }) => name.startsWith(queue))?.inputs
const arnOf = (queue: string): unknown => expect.stringMatching(new RegExp(`:${String(inputsOf(plan(), queue).name)}$`))

const granted = (role: string): string[] =>
  list(inputsOf(plan(), role).inlinePolicies).flatMap(({ policy }: { policy: string }) =>
    statementsOf(policy).flatMap(({ Action, Resource }) =>
      list(Action).flatMap((action) =>
        list(Resource).map(
          (resource) => `${action} ${resource.replace(/^.*[:/]posthorn-test-/, "").replace(/-bdvfbzta/, "")}`,
        ),
      ),
    ),
  )

describe(suite.title, () => {
  group("every function", () => {
    it("is one of six, on Node 24 and arm64", () => {
      expect(Object.keys(plan().functions)).toEqual(FUNCTIONS)
      for (const { name, inputs } of functions())
        expect(inputs, name).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"], memorySize: 512 })
    })
    it("logs JSON, kept for a month", () => {
      expect(functions()).toHaveLength(FUNCTIONS.length)
      for (const { name, inputs } of functions()) {
        const group = inputsOf(plan(), name.replace(/Function$/, "LogGroup"))
        expect(inputs.loggingConfig, name).toEqual({
          logFormat: "JSON",
          logGroup: group.name,
          applicationLogLevel: "INFO",
          systemLogLevel: "INFO",
        })
        expect(group.retentionInDays, name).toBe(30)
      }
      for (const { name, inputs } of ofType(plan(), "aws:cloudwatch/logGroup:LogGroup"))
        expect(inputs.retentionInDays, name).toBe(30)
    })
    it("logs at the stage's level, and what alarms count of Lambda's own lines at any", () => {
      for (const { name, inputs } of ofType(configured(), "aws:lambda/function:Function"))
        expect(inputs.loggingConfig, name).toMatchObject({ applicationLogLevel: "DEBUG", systemLogLevel: "INFO" })
    })
    it("has the handler of its name", () => {
      for (const [name, { handler }] of Object.entries(plan().functions))
        expect(handler, name).toBe(`packages/aws/src/handlers/${name.toLowerCase()}.handler`)
    })
    it("is linked to what its bundle reads", () => {
      for (const [name, { uses, links }] of Object.entries(plan().functions))
        expect([...links, "App"], name).toEqual(expect.arrayContaining(uses))
    })
    it("is bundled small", () => {
      for (const [name, { bundling }] of Object.entries(plan().functions))
        expect(bundling, name).toEqual({ minify: true, plugins: "packages/aws/esbuild-plugins.mjs" })
    })
    it("dials no private address, and shows no secret in its environment", () => {
      for (const { name, inputs } of functions()) {
        const { variables } = inputs.environment
        expect(variables.POSTHORN_ALLOW_PRIVATE_URLS, name).toBe("false")
        const fromSst = ["SST_KEY", "SST_KEY_FILE", "SST_RESOURCE_App"]
        expect(Object.keys(variables).sort(), name).toEqual(["POSTHORN_ALLOW_PRIVATE_URLS", ...fromSst])
      }
    })
    it("has a role of its own, outside any VPC, and reserves no concurrency", () => {
      expect(new Set(functions().map(({ inputs }) => inputs.role)).size).toBe(FUNCTIONS.length)
      for (const { name, inputs } of functions()) {
        expect(inputs.vpcConfig, name).toBeUndefined()
        expect(inputs.reservedConcurrentExecutions, name).toBeUndefined()
      }
    })
  })

  group("a role", () => {
    it("is assumed by one service, never by an account", () => {
      expect(roles()).toHaveLength(FUNCTIONS.length + 2)
      for (const { name, inputs } of roles()) {
        const service = name.endsWith("TickRole") ? "scheduler.amazonaws.com" : "lambda.amazonaws.com"
        const { Statement } = inputs.assumeRolePolicy
        expect(Statement, name).toEqual([expect.objectContaining({ Effect: "Allow", Principal: { Service: service } })])
      }
    })
    it("is granted actions and resources by their names", () => {
      for (const { name, inputs } of roles())
        for (const { Action, Resource } of inputs.inlinePolicies.flatMap(({ policy }: { policy: string }) =>
          statementsOf(policy),
        )) {
          for (const action of list<string>(Action)) expect(action, name).toMatch(/^[a-z]+:[A-Za-z]+$/)
          for (const resource of list<string>(Resource)) expect(resource, name).toMatch(/^arn:aws:[^*]+$/)
        }
    })
    it("has no managed policy but the one for its log", () => {
      for (const { name, inputs } of roles())
        expect(inputs.managedPolicyArns ?? [], name).toEqual(
          name.endsWith("TickRole") ? [] : ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
        )
    })

    const rows = (...actions: string[]) => actions.map((action) => `dynamodb:${action} TableTable`)
    const readAndWrite = rows("GetItem", "Query", "PutItem", "UpdateItem")
    const search = (index: string) => `dynamodb:Query TableTable/index/${index}`
    const receive = (queue: string) =>
      ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((action) => `sqs:${action} ${queue}`)
    const put = "events:PutEvents BusBus"
    const putOff = "sqs:ChangeMessageVisibility DeliveryQueueQueue"
    const toPolls = "sqs:SendMessage PollQueueQueue"
    const toDeliveries = "sqs:SendMessage DeliveryQueueQueue"
    it.each([
      ["ScheduleRole", [...rows("GetItem", "Query", "PutItem"), toPolls]],
      ["PollRole", [...readAndWrite, ...rows("BatchGetItem"), search("list"), put, ...receive("PollQueueQueue")]],
      ["FanoutRole", [...rows("GetItem", "Query"), toDeliveries, "sqs:SendMessage FanoutDlqQueue"]],
      ["DeliverRole", [...readAndWrite, search("work"), put, toDeliveries, ...receive("DeliveryQueueQueue"), putOff]],
      ["SweepRole", [...readAndWrite, search("work"), put, toDeliveries]],
      [
        "ApiRole",
        [
          ...[...readAndWrite, ...rows("BatchGetItem", "DeleteItem"), ...["list", "work", "day"].map(search)],
          ...[toDeliveries, toPolls, put],
        ],
      ],
      ["ScheduleTickRole", ["lambda:InvokeFunction ScheduleFunction"]],
      ["SweepTickRole", ["lambda:InvokeFunction SweepFunction"]],
    ])("%s may do this and no more", (role, expected) => {
      expect(granted(role).sort()).toEqual(expected.sort())
    })
  })

  group("the table", () => {
    it("has the keys and the KEYS_ONLY indexes that the store's tests run on", () => {
      const definition = tableDefinition("any")
      const table = inputsOf(plan(), "TableTable")
      const schema = ({ hashKey, rangeKey }: { hashKey: string; rangeKey: string }) => [
        { AttributeName: hashKey, KeyType: "HASH" },
        { AttributeName: rangeKey, KeyType: "RANGE" },
      ]
      expect(schema(table)).toEqual(definition.KeySchema)
      const indexes = table.globalSecondaryIndexes.map(
        (index: { name: string; hashKey: string; rangeKey: string; projectionType: string }) => ({
          IndexName: index.name,
          KeySchema: schema(index),
          Projection: { ProjectionType: index.projectionType },
        }),
      )
      expect(indexes).toHaveLength(3)
      expect(indexes).toEqual(definition.GlobalSecondaryIndexes)
      expect(table.localSecondaryIndexes).toEqual([])
      expect(
        table.attributes.map(({ name, type }: { name: string; type: string }) => ({
          AttributeName: name,
          AttributeType: type,
        })),
      ).toEqual(definition.AttributeDefinitions)
    })
    it("is paid per request, expires rows and can be set back to any point in time", () => {
      expect(inputsOf(plan(), "TableTable")).toMatchObject({
        billingMode: "PAY_PER_REQUEST",
        ttl: { attributeName: TTL, enabled: true },
        pointInTimeRecovery: { enabled: true },
        streamEnabled: false,
      })
    })
    it("is protected and retained in production, and only there", () => {
      expect(inputsOf(plan(), "TableTable").deletionProtectionEnabled).toBe(false)
      expect(plan().app).toMatchObject({ removal: "remove", protect: false })
      expect(inputsOf(plan("production"), "TableTable").deletionProtectionEnabled).toBe(true)
      expect(plan("production").app).toMatchObject({ removal: "retain", protect: true })
    })
  })

  group("a queue", () => {
    it("has a dead-letter queue of its own", () => {
      const sources = queues().filter((queue) => !isDlq(queue))
      expect(sources.map(({ name }) => name)).toEqual(["DeliveryQueueQueue", "PollQueueQueue"])
      for (const { name, inputs } of sources) {
        const dlq = inputsOf(plan(), name === "PollQueueQueue" ? "PollDlqQueue" : "DeliveryDlqQueue")
        const { deadLetterTargetArn } = JSON.parse(inputs.redrivePolicy)
        expect(deadLetterTargetArn, name).toMatch(new RegExp(`:${String(dlq.name)}$`))
        expect(dlq.messageRetentionSeconds, name).toBeGreaterThanOrEqual(inputs.messageRetentionSeconds)
      }
    })
    it("of deliveries is standard, tries ten times and keeps two weeks", () => {
      const { redrivePolicy, ...queue } = inputsOf(plan(), "DeliveryQueueQueue")
      expect(queue).toMatchObject({
        fifoQueue: false,
        messageRetentionSeconds: 14 * 86_400,
        visibilityTimeoutSeconds: 90,
      })
      expect(JSON.parse(redrivePolicy)).toMatchObject({ maxReceiveCount: 10 })
    })
    it("is read in batches that fail message by message", () => {
      expect(mappings()).toHaveLength(2)
      for (const { name, inputs } of mappings())
        expect(inputs.functionResponseTypes, name).toEqual(["ReportBatchItemFailures"])
      expect(mappingOf("DeliveryQueue")).toMatchObject({
        eventSourceArn: arnOf("DeliveryQueueQueue"),
        functionName: arnOf("DeliverFunction"),
        batchSize: 10,
      })
      expect(mappingOf("PollQueue")).toMatchObject({
        eventSourceArn: arnOf("PollQueueQueue"),
        functionName: arnOf("PollFunction"),
        batchSize: 1,
      })
    })
    it("has a maximum concurrency only where deliveries are: elsewhere it costs idle polls", () => {
      expect(mappingOf("DeliveryQueue").scalingConfig).toEqual({ maximumConcurrency: 20 })
      expect(mappingOf("PollQueue").scalingConfig).toBeUndefined()
    })
    it("keeps a message invisible for longer than anyone can be at work on it", () => {
      const seconds = (name: string): number => inputsOf(plan(), name).timeout
      const invisible = (name: string): number => inputsOf(plan(), name).visibilityTimeoutSeconds
      const DEADLINE = 15
      const CLAIM = 45
      const LEASE = 60
      const ordered = [DEADLINE, seconds("DeliverFunction"), CLAIM, invisible("DeliveryQueueQueue")]
      expect(ordered).toEqual([15, 30, 45, 90])
      expect([seconds("PollFunction"), LEASE, invisible("PollQueueQueue")]).toEqual([50, 60, 70])
    })
  })

  group("fan-out", () => {
    const target = () => ofType(plan(), "aws:cloudwatch/eventTarget:EventTarget")
    it("is invoked by one rule, for every event of ours", () => {
      const [rule, ...others] = ofType(plan(), "aws:cloudwatch/eventRule:EventRule")
      expect(others).toEqual([])
      expect(rule?.inputs).toMatchObject({ state: "ENABLED", eventBusName: inputsOf(plan(), "BusBus").name })
      expect(JSON.parse(rule?.inputs.eventPattern)).toEqual({ source: ["posthorn"] })
      expect(target().map(({ inputs }) => inputs.arn)).toEqual([arnOf("FanoutFunction")])
    })
    it("loses nothing that the rule cannot hand over: its dead-letter queue lets this rule write, and nobody else", () => {
      const { queueUrl, policy } = inputsOf(plan(), "FanoutDlqPolicy")
      expect(queueUrl).toBe(plan().links.FanoutDlq?.url)
      const [statement, ...others] = statementsOf(policy)
      expect(others).toEqual([])
      expect(statement).toMatchObject({
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: arnOf("FanoutDlqQueue"),
        Condition: { ArnEquals: { "aws:SourceArn": expect.stringMatching(`/${String(target()[0]?.inputs.rule)}$`) } },
      })
      expect(target()[0]?.inputs.deadLetterConfig).toEqual({ arn: statement?.Resource })
      expect(ofType(plan(), "aws:sqs/queuePolicy:QueuePolicy")).toHaveLength(1)
    })
    it("loses nothing that it fails at", () => {
      expect(inputsOf(plan(), "FanoutEventInvokeConfig")).toMatchObject({
        maximumRetryAttempts: 2,
        destinationConfig: { onFailure: { destination: arnOf("FanoutDlqQueue") } },
      })
    })
  })

  it.each(["Schedule", "Sweep"])("%s runs every minute, and a late tick not at all", (name) => {
    expect(inputsOf(plan(), `${name}TickSchedule`)).toMatchObject({
      scheduleExpression: "rate(1 minute)",
      state: "ENABLED",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn: arnOf(`${name}Function`), retryPolicy: { maximumRetryAttempts: 0 } },
    })
    // The placeholder is EventBridge Scheduler's: which minute this is, however late it comes.
    const { input } = inputsOf(plan(), `${name}TickSchedule`).target
    expect(JSON.parse(input)).toEqual({ scheduledTime: "<aws.scheduler.scheduled-time>" })
    expect(inputsOf(plan(), `${name}EventInvokeConfig`)).toMatchObject({
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    })
  })

  it("lets deliveries go round: Lambda would stop the sixteenth retry as a loop", () => {
    const { name } = inputsOf(plan(), "DeliverFunction")
    expect(inputsOf(plan(), "DeliverRecursion")).toEqual({ functionName: name, recursiveLoop: "Allow" })
  })

  it("throttles the API, logs its requests and lets no other origin in", () => {
    expect(inputsOf(plan(), "GatewayApi").corsConfiguration).toEqual({})
    expect(inputsOf(plan(), "GatewayStage")).toMatchObject({
      name: "$default",
      defaultRouteSettings: { throttlingRateLimit: 50, throttlingBurstLimit: 100 },
      accessLogSettings: { destinationArn: expect.stringContaining(inputsOf(plan(), "GatewayAccessLog").name) },
    })
    const { format } = inputsOf(plan(), "GatewayStage").accessLogSettings
    expect(Object.keys(JSON.parse(format))).toEqual(["requestId", "method", "status", "latency"])
    expect(format).not.toMatch(/path|route|identity/i)
    const [route, ...others] = ofType(plan(), "aws:apigatewayv2/route:Route")
    expect(others).toEqual([])
    expect(route?.inputs.routeKey).toBe("$default")
    expect(inputsOf(plan(), "ApiFunction").timeout).toBeLessThan(30)
  })

  group("an alarm", () => {
    const alarms = () => ofType(plan(), "aws:cloudwatch/metricAlarm:MetricAlarm")
    const filters = (metric: string) =>
      ofType(plan(), "aws:cloudwatch/logMetricFilter:LogMetricFilter").filter(
        ({ inputs }) => inputs.metricTransformation.name === metric,
      )

    it("is one of ten, on one metric each: an account's first ten are free", () => {
      expect(alarms().map(({ name }) => name)).toEqual([
        "AccountRefused",
        "ApiErrors",
        "DeliveriesLate",
        "DeliveryDlqNotEmpty",
        "EventUnpublishable",
        "FanoutDlqNotEmpty",
        "FunctionErrors",
        "PollDlqNotEmpty",
        "ScheduleSilent",
        "Throttles",
      ])
      for (const { name, inputs } of alarms()) {
        expect(inputs.metricQueries, name).toBeUndefined()
        expect(inputs.name, name).toBe(`posthorn-test-${name}`)
        expect(inputs.alarmDescription, name).toMatch(/\.$/)
        expect(inputs.alarmActions, name).toEqual([plan().links.Alarms?.arn])
        expect(inputs.okActions, name).toEqual(inputs.alarmActions)
        expect(inputs.treatMissingData, name).toBe(name === "ScheduleSilent" ? "breaching" : "notBreaching")
      }
    })
    it("rings as soon as any dead-letter queue has a message", () => {
      const watched = alarms().filter(
        ({ inputs }) => inputs.metricName === "ApproximateNumberOfMessagesVisible" && inputs.threshold === 0,
      )
      expect(watched.map(({ inputs }) => inputs.dimensions.QueueName).sort()).toEqual(
        queues()
          .filter(isDlq)
          .map(({ inputs }) => inputs.name as string)
          .sort(),
      )
    })
    it("rings when deliveries are later than the longest delay, and when the schedule stops", () => {
      const late = inputsOf(plan(), "DeliveriesLate")
      expect(late.dimensions).toEqual({ QueueName: inputsOf(plan(), "DeliveryQueueQueue").name })
      expect(late.threshold).toBeGreaterThan(900)
      expect(inputsOf(plan(), "ScheduleSilent")).toMatchObject({
        metricName: "Invocations",
        dimensions: { FunctionName: inputsOf(plan(), "ScheduleFunction").name },
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
      })
    })
    it.each([
      ["FunctionErrors", FUNCTIONS],
      ["AccountRefused", ["Poll"]],
      ["EventUnpublishable", ["Api", "Deliver", "Poll", "Sweep"]],
    ])("on %s counts lines of every log that may have them", (metric, from) => {
      const { namespace, metricName } = inputsOf(plan(), metric)
      expect(metricName).toBe(metric)
      const groups = from.map((name): unknown => inputsOf(plan(), `${name}LogGroup`).name)
      expect(filters(metric).map(({ inputs }): unknown => inputs.logGroupName)).toEqual(groups)
      // No default value: a metric without data costs nothing.
      for (const { inputs } of filters(metric))
        expect(inputs.metricTransformation).toEqual({ namespace, name: metric, value: "1" })
    })
    it.each([
      ["publish.refused", ["Deliver", "Poll", "Sweep"]],
      ["schedule.refused", ["Schedule"]],
      ["discover.failed", ["Schedule"]],
    ])("on FunctionErrors counts %s as well", (fact, from) => {
      const counted = filters("FunctionErrors").filter(({ inputs }) => inputs.pattern.includes(`$.fact = "${fact}"`))
      expect(counted.map(({ name }) => name)).toEqual(from.map((name) => `FunctionErrorsIn${name}`))
      for (const { name, inputs } of filters("FunctionErrors"))
        expect(inputs.pattern, name).toMatch(/^\{ \(\$\.type = "platform\.report" && \(/)
    })
    it("on a refused account stays until it is polled well again", () => {
      expect(inputsOf(plan(), "AccountRefused").period * 1_000).toBeGreaterThan(FAILING_INTERVAL_MS)
    })
    it("goes to ALERT_EMAIL, and the deploy says so when it goes nowhere", () => {
      expect(ofType(plan(), "aws:sns/topicSubscription:TopicSubscription")).toEqual([])
      expect(plan().outputs.alerts).toMatch(/GO NOWHERE.*ALERT_EMAIL.*\.env\.test/)
      expect(inputsOf(configured(), "AlarmsToEmail")).toEqual({
        topic: configured().links.Alarms?.arn,
        protocol: "email",
        endpoint: given.ALERT_EMAIL,
      })
      expect(configured().outputs.alerts).toContain(given.ALERT_EMAIL)
    })
  })

  it("writes no event into a log of the bus: their details are people's messages", () => {
    expect(inputsOf(plan(), "BusBus").logConfig).toBeUndefined()
  })

  it("has a dashboard with every alarm, function and queue", () => {
    const { dashboardName, dashboardBody } = inputsOf(plan(), "Dashboard")
    expect(dashboardName).toBe("posthorn-test")
    const { widgets } = JSON.parse(dashboardBody)
    expect(widgets[0].properties.alarms).toHaveLength(10)
    for (const { inputs } of [...functions(), ...queues()]) expect(dashboardBody).toContain(`"${String(inputs.name)}"`)
  })
  it.each(["PollFailed", "EndpointDisabled", "CircuitOpened", "MessageMissing", "JobFailed", "StatsLost"])(
    "shows on its dashboard what has no alarm: %s",
    (metric) => {
      const shown = JSON.parse(inputsOf(plan(), "Dashboard").dashboardBody).widgets.flatMap(
        ({ properties }: { properties: { metrics?: unknown[] } }) => properties.metrics ?? [],
      )
      expect(shown).toContainEqual(["posthorn-test", metric])
      const counted = ofType(plan(), "aws:cloudwatch/logMetricFilter:LogMetricFilter").filter(
        ({ inputs }) => inputs.metricTransformation.name === metric,
      )
      expect(counted.length).toBeGreaterThan(0)
    },
  )

  group("a stage's settings", () => {
    it("reach every function, and let none of them dial private addresses", () => {
      const { POSTHORN_POLL_SECONDS, POSTHORN_RETENTION_DAYS } = given
      const expected = { POSTHORN_POLL_SECONDS, POSTHORN_RETENTION_DAYS, POSTHORN_ALLOW_PRIVATE_URLS: "false" }
      for (const { name, inputs } of ofType(configured(), "aws:lambda/function:Function"))
        expect(inputs.environment.variables, name).toMatchObject(expected)
    })
    it.each([
      ["POSTHORN_POLL_SECONDS", "often", 'POSTHORN_POLL_SECONDS is "often": write a whole number'],
      ["POSTHORN_LOG_LEVEL", "error", "Alarms count warnings"],
    ])("%s=%s stops the deploy in one sentence", (variable, value, sentence) => {
      expect(() => planOf("test", { [variable]: value })).toThrow(sentence)
    })
    it("may lack upstream's key", () => {
      expect(plan().links.ConnectSafelyApiKey).toMatchObject({ value: "" })
    })
    it.each(["AdminKey", "EncryptionKey"])("may not lack the secret %s, which names itself", (name) => {
      expect(() => planOf("test", {}, "--without-secret", name)).toThrow(`Set a value for ${name}`)
    })
    it("show no secret in the plan", () => {
      expect(configured().links.ConnectSafelyApiKey).toMatchObject({ value: "(set)" })
      expect(JSON.stringify(configured())).not.toContain(given.SST_SECRET_AdminKey)
    })
  })

  it("is the same in every run", () => {
    expect(planOf("test")).toEqual(plan())
  })
})
