import {
  CreateEventBusCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge"
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs"

import type { Engine } from "../contract/dynamodb-engine.ts"
import { ACCOUNT, arnOf } from "./pump.ts"

/** Seconds; the real ones are in infra/queues.ts. */
const VISIBILITY = 2
export const RECEIVES_MAX = 3

export type QueueName = "poll" | "fanout" | "delivery"
export type Queues = Record<QueueName, { url: string; dlq: string }>

export interface Clients {
  direct: SQSClient
  events: EventBridgeClient
  /** The address that the functions know the queues by. */
  queuesAt: string
  engine: Engine
}

/** The plan's table, bus, rule and queues, under names of their own. */
export const createResources = async (
  stage: string,
  { direct, events, queuesAt, engine }: Clients,
): Promise<{ queues: Queues; tableName: string }> => {
  const createQueue = async (name: string, attributes: Record<string, string> = {}): Promise<string> => {
    const { QueueUrl } = await direct.send(
      new CreateQueueCommand({ QueueName: `${stage}-${name}`, Attributes: attributes }),
    )
    return `${queuesAt}/${ACCOUNT}/${QueueUrl!.slice(QueueUrl!.lastIndexOf("/") + 1)}`
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
  const tableName = await engine.createTable()
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
  return { queues, tableName }
}
