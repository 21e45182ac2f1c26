import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs"
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda"

/** Lambda's event source mapping for one queue: receives, invokes, deletes what was not named as failed. */
export interface Pump {
  /** One batch; answers how many records there were. `more`: records that come along with it. */
  round(more?: (records: SQSRecord[]) => SQSRecord[]): Promise<number>
}

export interface PumpOptions {
  sqs: SQSClient
  url: string
  batchSize: number
  invoke: (event: SQSEvent) => Promise<unknown>
}

export const createPump = ({ sqs, url, batchSize, invoke }: PumpOptions): Pump => ({
  round: async (more = (records) => records) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: batchSize,
        MessageSystemAttributeNames: ["All"],
      }),
    )
    if (Messages.length === 0) return 0
    const records = Messages.map((message) => toRecord(message, url))
    const answer = (await invoke({ Records: more(records) }).catch(() => null)) as SQSBatchResponse | null
    // An invocation that failed as a whole deletes nothing: visibility brings all of it again.
    const failed = answer === null ? records : records.filter(({ messageId }) => isFailed(answer, messageId))
    const done = records.filter((record) => !failed.includes(record))
    if (done.length > 0)
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: url,
          Entries: done.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle })),
        }),
      )
    return records.length
  },
})

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
