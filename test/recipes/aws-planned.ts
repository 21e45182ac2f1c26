import { inputsOf, ofType, type Plan } from "../infra/plan.ts"
import type { StandIn } from "./aws-stand-in.ts"

interface Named {
  inputs: { name: string; redrivePolicy?: string }
}
const named = (plan: Plan, type: string): Named[] => ofType(plan, type)

/** Makes what a plan has of queues, functions, their mappings, log groups, the bus and the table, under the names that AWS will know. */
export const makePlanned = async ({ call }: StandIn, plan: Plan): Promise<void> => {
  for (const { inputs } of named(plan, "aws:cloudwatch/logGroup:LogGroup"))
    await call("logs", "Logs_20140328.CreateLogGroup", { logGroupName: inputs.name })
  for (const { inputs } of named(plan, "aws:cloudwatch/eventBus:EventBus"))
    await call("events", "AWSEvents.CreateEventBus", { Name: inputs.name })
  const deadLettersFirst = named(plan, "aws:sqs/queue:Queue").toSorted(
    (a, b) => Number("redrivePolicy" in a.inputs) - Number("redrivePolicy" in b.inputs),
  )
  for (const { inputs } of deadLettersFirst)
    await call("sqs", "AmazonSQS.CreateQueue", {
      QueueName: inputs.name,
      Attributes: inputs.redrivePolicy === undefined ? {} : { RedrivePolicy: inputs.redrivePolicy },
    })
  const trust = encodeURIComponent(JSON.stringify({ Version: "2012-10-17", Statement: [] }))
  await call("iam", "/", `Action=CreateRole&RoleName=any&AssumeRolePolicyDocument=${trust}&Version=2010-05-08`)
  for (const { inputs } of named(plan, "aws:lambda/function:Function"))
    await call("lambda", "/2015-03-31/functions", {
      FunctionName: inputs.name,
      ...{ Runtime: "nodejs22.x", Handler: "bundle.handler", Role: "arn:aws:iam::123456789012:role/any" },
      Code: { ZipFile: EMPTY_ZIP },
    })
  for (const { inputs } of ofType(plan, "aws:lambda/eventSourceMapping:EventSourceMapping")) {
    const { eventSourceArn, functionName } = inputs as Record<"eventSourceArn" | "functionName", string>
    // moto finds a mapping only by what stands here.
    const FunctionName = functionName.split(":").at(-1)
    const mapping = { EventSourceArn: eventSourceArn, FunctionName, BatchSize: 1 }
    await call("lambda", "/2015-03-31/event-source-mappings/", mapping)
  }
  const table = inputsOf(plan, "TableTable") as Record<"name" | "hashKey" | "rangeKey", string> & {
    deletionProtectionEnabled: boolean
    pointInTimeRecovery: { enabled: boolean }
  }
  const keys = [table.hashKey, table.rangeKey]
  await call("dynamodb", "DynamoDB_20120810.CreateTable", {
    TableName: table.name,
    BillingMode: "PAY_PER_REQUEST",
    DeletionProtectionEnabled: table.deletionProtectionEnabled,
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
  })
  await call("dynamodb", "DynamoDB_20120810.UpdateContinuousBackups", {
    TableName: table.name,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: table.pointInTimeRecovery.enabled },
  })
}

/** Of a zip file without files all there is. */
const EMPTY_ZIP = Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]).toString("base64")
