import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from "@aws-sdk/client-sqs"
import { messageOf } from "@posthorn/core/error"
import { BATCH_MAX, type Clock, type Message, type Queue } from "@posthorn/core/ports"
import { MINUTE_MS, SECOND_MS } from "@posthorn/core/time"

/** SQS's own limit of a message's delay; core's QUEUE_DELAY_MAX_MS is the same, and would bring all of deliver into each bundle. */
const DELAY_MAX_MS = 15 * MINUTE_MS

export interface QueueOptions {
  client: SQSClient
  url: string
  clock: Clock
}

/**
 * A standard SQS queue, fair by `MessageGroupId`. What may not be handed out within 15 minutes is refused: it would come early,
 * and "taken" would be a lie. Core sends nothing later; such waits have their entry in the due index, and the sweep.
 */
export const createQueue = <Body>({ client, url, clock }: QueueOptions): Queue<Body> => ({
  send: async (messages) => {
    if (messages.length > BATCH_MAX) throw new RangeError(`${messages.length} messages; at most ${BATCH_MAX} at a time`)
    const now = clock.now()
    const entries = messages.flatMap((message, index) =>
      message.notBefore - now > DELAY_MAX_MS ? [] : [entryOf(message, index, now)],
    )
    const taken = entries.length === 0 ? new Map<string, string | null>() : await sendBatch(client, url, entries)
    return messages.map((_, index) => {
      const answer = taken.get(String(index))
      return answer === undefined ? "waits longer than a queue can: left to the due index" : answer
    })
  },
})

const entryOf = <Body>({ body, group, notBefore }: Message<Body>, index: number, now: number) => ({
  Id: String(index),
  MessageBody: JSON.stringify(body),
  MessageGroupId: group,
  // Whole seconds, rather late than early.
  DelaySeconds: Math.max(0, Math.ceil((notBefore - now) / SECOND_MS)),
})

/** An answer per entry: null when taken, else why not. What AWS does not mention was not taken. */
const sendBatch = async (
  client: SQSClient,
  url: string,
  entries: SendMessageBatchRequestEntry[],
): Promise<Map<string, string | null>> => {
  const answers = new Map<string, string | null>(entries.map(({ Id }) => [String(Id), "no answer"]))
  try {
    const { Successful = [], Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }),
    )
    for (const { Id } of Successful) answers.set(String(Id), null)
    for (const { Id, Code, Message } of Failed) answers.set(String(Id), `${Code ?? "failed"} ${Message ?? ""}`.trim())
  } catch (error) {
    for (const id of answers.keys()) answers.set(id, messageOf(error))
  }
  return answers
}
