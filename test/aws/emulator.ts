import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge"
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs"

import { type Gateway, startGateway } from "./gateway.ts"
import { startMoto } from "./moto.ts"
import { arnOf, REGION } from "./pump.ts"

/** moto behind a gateway, for tests of one adapter. */
export interface Emulator {
  gateway: Gateway
  sqs: SQSClient
  events: EventBridgeClient
  createQueue(): Promise<string>
  /** A bus whose rule for Posthorn's events sends them to a queue; answers both. */
  createBus(): Promise<{ busName: string; queueUrl: string }>
  /** Takes what a queue hands out, until it has given so many. */
  receive(url: string, count: number): Promise<Message[]>
  close(): Promise<void>
}

export const startEmulator = async (): Promise<Emulator> => {
  const moto = await startMoto()
  const gateway = await startGateway({ dynamodb: moto.port, moto: moto.port })
  const options = {
    region: REGION,
    endpoint: gateway.url,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  }
  const [sqs, events] = [new SQSClient(options), new EventBridgeClient(options)]
  let made = 0
  const emulator: Emulator = {
    gateway,
    sqs,
    events,
    createQueue: async () => {
      made += 1
      return (await sqs.send(new CreateQueueCommand({ QueueName: `queue-${String(made)}` }))).QueueUrl!
    },
    createBus: async () => {
      const queueUrl = await emulator.createQueue()
      const busName = `bus-${String(made)}`
      const rule = { EventBusName: busName, Name: `rule-${String(made)}` }
      await events.send(new CreateEventBusCommand({ Name: busName }))
      await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ["posthorn"] }) }))
      const Targets = [{ Id: "queue", Arn: arnOf(queueUrl) }]
      await events.send(new PutTargetsCommand({ EventBusName: busName, Rule: rule.Name, Targets }))
      return { busName, queueUrl }
    },
    receive: async (url, count) => {
      const received: Message[] = []
      for (let tries = 0; received.length < count && tries < 50; tries += 1) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 1,
            MessageSystemAttributeNames: ["All"],
          }),
        )
        for (const { ReceiptHandle } of Messages)
          await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }))
        received.push(...Messages)
      }
      return received
    },
    close: async () => {
      sqs.destroy()
      events.destroy()
      await gateway.close()
      await moto.close()
    },
  }
  return emulator
}
