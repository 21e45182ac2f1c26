import { createHash, randomUUID } from "node:crypto"

import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs"

/** SQS takes no longer DelaySeconds; what asks for more is left to the emulator to refuse. */
const DELAY_SECONDS_MAX = 900

interface Entry {
  Id: string
  MessageBody: string
  MessageGroupId?: string
  DelaySeconds?: number
}
interface Batch {
  QueueUrl: string
  Entries: Entry[]
}
export interface Taken {
  /** What the emulator is to be asked instead; null: nothing. */
  rest: Batch | null
  /** Entries of the answer, as SQS writes them. */
  successful: { Id: string; MessageId: string; MD5OfMessageBody: string }[]
}

/**
 * SQS's DelaySeconds on the handlers' clock: a message that a function delays lies here until that clock has come so far, and goes
 * into the emulator's queue then. So a test turns the minutes of a circuit forward instead of waiting for them.
 */
export interface Delays {
  take: (batch: Batch) => Taken
  /** Puts what is due into its queue. */
  release: () => Promise<void>
  /** When the next message is due that waits for any of these queues; null where none does. */
  nextAt: (urls: Iterable<string>) => number | null
}

export const createDelays = ({ sqs, now }: { sqs: SQSClient; now: () => number }): Delays => {
  let waiting: { at: number; url: string; entry: Entry }[] = []
  return {
    take: ({ QueueUrl, Entries }) => {
      const isDelayed = ({ DelaySeconds = 0 }: Entry) => DelaySeconds > 0 && DelaySeconds <= DELAY_SECONDS_MAX
      const delayed = Entries.filter(isDelayed)
      for (const entry of delayed) waiting.push({ at: now() + entry.DelaySeconds! * 1_000, url: QueueUrl, entry })
      const others = Entries.filter((entry) => !isDelayed(entry))
      return {
        rest: others.length === 0 ? null : { QueueUrl, Entries: others },
        successful: delayed.map(({ Id, MessageBody }) => ({
          Id,
          MessageId: randomUUID(),
          MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex"),
        })),
      }
    },
    release: async () => {
      const due = waiting.filter(({ at }) => at <= now()).sort((a, b) => a.at - b.at)
      waiting = waiting.filter((message) => !due.includes(message))
      for (const { url, entry } of due) {
        const { MessageBody, MessageGroupId } = entry
        await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, MessageGroupId }))
      }
    },
    nextAt: (urls) => {
      const wanted = new Set(urls)
      const times = waiting.filter(({ url }) => wanted.has(url)).map(({ at }) => at)
      return times.length === 0 ? null : Math.min(...times)
    },
  }
}
