import { messageOf } from "@posthorn/core/error"
import type { Logger } from "@posthorn/core/logger"
import type { Verdict } from "@posthorn/core/ports"
import type { Instant } from "@posthorn/core/time"
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda"

export interface BatchOptions<Body> {
  schema: { safeParse(value: unknown): { success: true; data: Body } | { success: false } }
  run: (body: Body) => Promise<Verdict>
  /** Hides a message until then. Where no message is ever put off there is none. */
  putOff: ((record: SQSRecord, until: Instant) => Promise<void>) | null
  logger: Logger
  /** Runs when all records have been looked at. */
  finish?: () => Promise<void>
}

/**
 * A handler for an SQS queue. The records of a batch run side by side; Lambda deletes all but those that the answer names. A
 * record that nobody can read is named each time, so that SQS moves it to the dead-letter queue, and its batch goes on without it.
 */
export const batch = <Body>({ schema, run, putOff, logger, finish }: BatchOptions<Body>) => {
  const isDone = async (record: SQSRecord): Promise<boolean> => {
    const ids = { messageId: record.messageId, received: Number(record.attributes.ApproximateReceiveCount) }
    const body = schema.safeParse(parseJson(record.body))
    if (!body.success) {
      // Without its text, and without an error that may quote it.
      logger.error("record.unreadable", ids)
      return false
    }
    try {
      const verdict = await run(body.data)
      if (verdict.kind === "again") await putOff?.(record, verdict.at)
      return verdict.kind === "delete"
    } catch (error) {
      logger.error("record.failed", { ...ids, error: messageOf(error) })
      return false
    }
  }

  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const done = await Promise.all(Records.map(isDone))
    await finish?.()
    const left = Records.filter((_, index) => done[index] !== true)
    return { batchItemFailures: left.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
