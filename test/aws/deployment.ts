import * as z from "zod"

import { inputsOf, ofType, type Plan, type Planned, type Statement, statementsOf } from "../infra/plan.ts"

export type FunctionName = "Schedule" | "Poll" | "Fanout" | "Deliver" | "Sweep" | "Api"
export type QueueName = "PollQueue" | "PollDlq" | "DeliveryQueue" | "DeliveryDlq" | "FanoutDlq"

/** What of the plan the tests play. Nothing here knows what infra/ says: numbers, names and patterns are the plan's. */
export interface Deployment {
  plan: Plan
  /** In AWS. */
  tableName: string
  busName: string
  functions: Record<FunctionName, PlannedFunction>
  queues: PlannedQueue[]
  mappings: PlannedMapping[]
  rule: PlannedRule
  /** What EventBridge Scheduler sends to a function, its placeholders still in it. */
  schedules: Partial<Record<FunctionName, string>>
}

export interface PlannedFunction {
  /** From the repository's root on. */
  source: string
  /** What of it is called. */
  exported: string
  /** Files that stand beside the bundle, from the repository's root on. */
  copied: { from: string; to: string }[]
  links: string[]
  environment: Record<string, string>
  /** Of its role. */
  statements: Statement[]
}

export interface PlannedQueue {
  name: QueueName
  /** In AWS. */
  physicalName: string
  visibilitySeconds: number
  retentionSeconds: number
  redrive: Redrive | null
}

export interface Redrive {
  /** The dead-letter queue's name in AWS. */
  to: string
  receivesMax: number
}

/** An event source mapping: Lambda reads the queue, and invokes the function with batches. */
export interface PlannedMapping {
  /** The queue's name in AWS. */
  queue: string
  function: FunctionName
  batchSize: number
  /** Whether Lambda looks at `batchItemFailures`; else a batch is done when the function has not thrown. */
  reportsFailures: boolean
  /** Batches under way at a time; null: as many as Lambda likes. */
  concurrencyMax: number | null
}

/** The bus's rule, and what Lambda does where its function fails. */
export interface PlannedRule {
  pattern: string
  function: FunctionName
  redrive: Redrive
}

/** Of a resource's inputs what is read here. The plan's own are untyped. */
const Named = z.object({ name: z.string() })
const FunctionInputs = Named.extend({
  role: z.string(),
  environment: z.object({ variables: z.record(z.string(), z.string()) }),
})
const RoleInputs = Named.extend({ inlinePolicies: z.array(z.object({ policy: z.string() })) })
const QueueInputs = Named.extend({
  visibilityTimeoutSeconds: z.int(),
  messageRetentionSeconds: z.int(),
  redrivePolicy: z.string().optional(),
})
const RedrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.int() })
const MappingInputs = z.object({
  eventSourceArn: z.string(),
  functionName: z.string(),
  batchSize: z.int(),
  functionResponseTypes: z.array(z.string()).default([]),
  scalingConfig: z.object({ maximumConcurrency: z.int() }).optional(),
})
const ScheduleInputs = z.object({ target: z.object({ arn: z.string(), input: z.string() }) })
const RuleInputs = z.object({ eventPattern: z.string() })
const TargetInputs = z.object({ arn: z.string() })
const InvokeConfigInputs = z.object({
  maximumRetryAttempts: z.int(),
  destinationConfig: z.object({ onFailure: z.object({ destination: z.string() }) }),
})

export const deploymentOf = (plan: Plan): Deployment => {
  const names = Object.keys(plan.functions) as FunctionName[]
  const byPhysicalName = new Map(
    names.map((name) => [Named.parse(inputsOf(plan, `${name}Function`)).name, name] as const),
  )
  const functionAt = (arnOrName: string): FunctionName => {
    const name = byPhysicalName.get(lastOf(arnOrName))
    if (name === undefined) throw new Error(`no function of the plan is called ${arnOrName}`)
    return name
  }
  const functions = names.map((name) => [name, toFunction(plan, name)] as const)
  const schedules = ofType(plan, "aws:scheduler/schedule:Schedule").map(({ inputs }) => {
    const { target } = ScheduleInputs.parse(inputs)
    return [functionAt(target.arn), target.input] as const
  })
  return {
    plan,
    tableName: Named.parse(inputsOf(plan, "TableTable")).name,
    busName: Named.parse(inputsOf(plan, "BusBus")).name,
    functions: Object.fromEntries(functions) as Deployment["functions"],
    queues: ofType(plan, "aws:sqs/queue:Queue").map(toQueue),
    mappings: ofType(plan, "aws:lambda/eventSourceMapping:EventSourceMapping").map(({ inputs }) => {
      const mapping = MappingInputs.parse(inputs)
      return {
        queue: lastOf(mapping.eventSourceArn),
        function: functionAt(mapping.functionName),
        batchSize: mapping.batchSize,
        reportsFailures: mapping.functionResponseTypes.includes("ReportBatchItemFailures"),
        concurrencyMax: mapping.scalingConfig?.maximumConcurrency ?? null,
      }
    }),
    rule: toRule(plan, functionAt),
    schedules: Object.fromEntries(schedules),
  }
}

/** Of an ARN, or of a queue's address. */
const lastOf = (text: string): string => text.slice(Math.max(text.lastIndexOf(":"), text.lastIndexOf("/")) + 1)

const toFunction = (plan: Plan, name: FunctionName): PlannedFunction => {
  const { handler, links, copied } = plan.functions[name]!
  const { environment, role } = FunctionInputs.parse(inputsOf(plan, `${name}Function`))
  const found = ofType(plan, "aws:iam/role:Role").find(
    ({ inputs }) => Named.safeParse(inputs).data?.name === lastOf(role),
  )
  const dot = handler.lastIndexOf(".")
  return {
    source: `${handler.slice(0, dot)}.ts`,
    exported: handler.slice(dot + 1),
    copied,
    links,
    environment: environment.variables,
    statements: RoleInputs.parse(found?.inputs).inlinePolicies.flatMap(({ policy }) => statementsOf(policy)),
  }
}

const toQueue = ({ name, inputs }: Planned): PlannedQueue => {
  const { redrivePolicy, ...queue } = QueueInputs.parse(inputs)
  const redrive = redrivePolicy === undefined ? null : RedrivePolicy.parse(JSON.parse(redrivePolicy))
  return {
    name: name.replace(/Queue$/, "") as QueueName,
    physicalName: queue.name,
    visibilitySeconds: queue.visibilityTimeoutSeconds,
    retentionSeconds: queue.messageRetentionSeconds,
    redrive: redrive && { to: lastOf(redrive.deadLetterTargetArn), receivesMax: redrive.maxReceiveCount },
  }
}

const toRule = (plan: Plan, functionAt: (arn: string) => FunctionName): PlannedRule => {
  const [rule, ...others] = ofType(plan, "aws:cloudwatch/eventRule:EventRule")
  const [target] = ofType(plan, "aws:cloudwatch/eventTarget:EventTarget")
  if (others.length > 0) throw new Error("the tests play one rule")
  const invoked = functionAt(TargetInputs.parse(target?.inputs).arn)
  const { maximumRetryAttempts, destinationConfig } = InvokeConfigInputs.parse(
    inputsOf(plan, `${invoked}EventInvokeConfig`),
  )
  return {
    pattern: RuleInputs.parse(rule?.inputs).eventPattern,
    function: invoked,
    redrive: { to: lastOf(destinationConfig.onFailure.destination), receivesMax: 1 + maximumRetryAttempts },
  }
}
