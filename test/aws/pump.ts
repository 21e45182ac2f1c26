import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs"
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda"

import type { PlannedMapping } from "./deployment.ts"

/** Lambda's event source mapping for one queue: receives, invokes, deletes what was not named as failed. */
export interface Pump {
  /**
   * One batch; answers how many records there were: none where as many batches are under way as may be. `more`: records that come
   * along with it.
   */
  round(more?: (records: SQSRecord[]) => SQSRecord[]): Promise<number>
}

export interface PumpOptions extends Pick<PlannedMapping, "batchSize" | "reportsFailures" | "concurrencyMax"> {
  sqs: SQSClient
  url: string
  invoke: (event: SQSEvent) => Promise<unknown>
  /** Before each look into the queue. */
  before?: () => Promise<void>
}

export const createPump = ({
  sqs,
  url,
  batchSize,
  reportsFailures,
  concurrencyMax,
  invoke,
  before,
}: PumpOptions): Pump => {
  let underWay = 0
  const round: Pump["round"] = async (more = (records) => records) => {
    await before?.()
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: batchSize,
        MessageSystemAttributeNames: ["All"],
      }),
    )
    if (Messages.length === 0) return 0
    const records = Messages.map((message) => toRecord(message, url))
    // An invocation that failed as a whole deletes nothing: visibility brings all of it again.
    const answer = await invoke({ Records: more(records) }).then(
      (given) => (reportsFailures ? (given as SQSBatchResponse) : NO_FAILURES),
      () => null,
    )
    const done = answer === null ? [] : records.filter(({ messageId }) => !isFailed(answer, messageId))
    if (done.length > 0)
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: url,
          Entries: done.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle })),
        }),
      )
    return records.length
  }
  return {
    round: async (more) => {
      if (underWay === concurrencyMax) return 0
      underWay += 1
      return round(more).finally(() => void (underWay -= 1))
    },
  }
}

const NO_FAILURES: SQSBatchResponse = { batchItemFailures: [] }

const isFailed = ({ batchItemFailures }: SQSBatchResponse, messageId: string): boolean =>
  batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === messageId)

const toRecord = ({ MessageId, ReceiptHandle, Body, MD5OfBody, Attributes = {} }: Message, url: string): SQSRecord => ({
  messageId: MessageId ?? "",
  receiptHandle: ReceiptHandle ?? "",
  body: Body ?? "",
  attributes: Attributes as unknown as SQSRecord["attributes"],
  messageAttributes: {},
  md5OfBody: MD5OfBody ?? "",
  eventSource: "aws:sqs",
  eventSourceARN: arnOf(url),
  awsRegion: REGION,
})

export const REGION = "eu-west-1"
export const ACCOUNT = "123456789012"
export const arnOf = (url: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT}:${url.slice(url.lastIndexOf("/") + 1)}`
