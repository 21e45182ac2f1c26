import type { SQSBatchResponse, SQSEvent } from "aws-lambda"

import type { BusEvent } from "./event.ts"
import { keep } from "./keep.ts"

/** The body of each message is what the function of the other variant is invoked with. One that fails comes again, alone. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const results = await Promise.allSettled(Records.map(async ({ body }) => keep((JSON.parse(body) as BusEvent).detail)))
  const failed = Records.filter((_, index) => results[index]?.status === "rejected")
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}
