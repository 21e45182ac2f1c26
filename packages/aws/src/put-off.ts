import { ChangeMessageVisibilityCommand, type SQSClient } from "@aws-sdk/client-sqs"
import type { Clock } from "@posthorn/core/ports"
import { type Instant, SECOND_MS } from "@posthorn/core/time"
import type { SQSRecord } from "aws-lambda"

/** SQS's own limit, counted from when the message was received. */
const HIDDEN_SECONDS_MAX = 12 * 3_600 - 60

/** Hides a received message until an instant. If that fails the queue's own visibility timeout brings it again. */
export const putOffIn =
  ({ client, url, clock }: { client: SQSClient; url: string; clock: Clock }) =>
  async ({ receiptHandle }: SQSRecord, until: Instant): Promise<void> => {
    const seconds = Math.ceil((until - clock.now()) / SECOND_MS)
    const VisibilityTimeout = Math.min(Math.max(seconds, 0), HIDDEN_SECONDS_MAX)
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receiptHandle, VisibilityTimeout }),
    )
  }
