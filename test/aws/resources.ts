import {
  CreateEventBusCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge"
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs"

import type { Engine } from "../contract/dynamodb-engine.ts"
import type { Deployment, PlannedQueue, Redrive } from "./deployment.ts"
import { ACCOUNT, arnOf } from "./pump.ts"

/** What SQS hides is visible again so many times sooner than planned: the longest, 90 s, after 2 s. */
export const SOONER = 45
/** A message that nobody can read is received no more often, though more is planned: ten times would take 20 s even so. */
export const RECEIVES_MAX = 3
/** Lambda itself waits a minute before it invokes a function again that failed at an event, then two. */
const RETRIED_AFTER_SECONDS = 1
/** Of the queue that takes a function's place. */
const RETENTION_SECONDS = 3_600

/** What a queue of the tests has in place of what is planned. */
export const scaled = (queue: Pick<PlannedQueue, "visibilitySeconds" | "redrive">) => ({
  visibilitySeconds: Math.ceil(queue.visibilitySeconds / SOONER),
  receivesMax: queue.redrive === null ? null : Math.min(queue.redrive.receivesMax, RECEIVES_MAX),
})

export interface Clients {
  direct: SQSClient
  events: EventBridgeClient
  /** The address that the functions know the queues by. */
  queuesAt: string
  engine: Engine
}

export interface Resources {
  /** By the planned name in AWS. */
  urls: Map<string, string>
  /** In place of the rule's function. */
  ruleUrl: string
  tableName: string
  busName: string
  /** The name in the plan of what is made here, by its name here. */
  plannedNames: Map<string, string>
}

/** The plan's table, bus, rule and queues, under names that end in `suffix`. */
export const createResources = async (
  { queues, rule, ...deployment }: Deployment,
  suffix: string,
  { direct, events, queuesAt, engine }: Clients,
): Promise<Resources> => {
  const urls = new Map<string, string>()
  const plannedNames = new Map<string, string>()
  const create = async (name: string, visibility: number, retention: number, redrive: Redrive | null) => {
    const attributes = {
      VisibilityTimeout: String(visibility),
      MessageRetentionPeriod: String(retention),
      ...(redrive !== null && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: arnOf(urls.get(redrive.to)!),
          maxReceiveCount: redrive.receivesMax,
        }),
      }),
    }
    const made = name + suffix
    await direct.send(new CreateQueueCommand({ QueueName: made, Attributes: attributes }))
    plannedNames.set(made, name)
    const url = `${queuesAt}/${ACCOUNT}/${made}`
    urls.set(name, url)
    return url
  }
  const deadLettersFirst = queues.toSorted((a, b) => Number(a.redrive !== null) - Number(b.redrive !== null))
  for (const { physicalName, retentionSeconds, ...queue } of deadLettersFirst) {
    const { visibilitySeconds, receivesMax } = scaled(queue)
    const redrive = queue.redrive === null ? null : { to: queue.redrive.to, receivesMax: receivesMax! }
    await create(physicalName, visibilitySeconds, retentionSeconds, redrive)
  }

  const tableName = await engine.createTable()
  plannedNames.set(tableName, deployment.tableName)
  const busName = deployment.busName + suffix
  plannedNames.set(busName, deployment.busName)
  await events.send(new CreateEventBusCommand({ Name: busName }))
  const Rule = `rule${suffix}`
  await events.send(new PutRuleCommand({ EventBusName: busName, Name: Rule, EventPattern: rule.pattern }))
  // moto runs no Lambda; a queue takes its place, and its pump invokes the function with the event as it is.
  const ruleUrl = await create(`${rule.function}-of-rule`, RETRIED_AFTER_SECONDS, RETENTION_SECONDS, rule.redrive)
  const Targets = [{ Id: rule.function, Arn: arnOf(ruleUrl) }]
  await events.send(new PutTargetsCommand({ EventBusName: busName, Rule, Targets }))
  return { urls, ruleUrl, tableName, busName, plannedNames }
}
