import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from "@aws-sdk/client-eventbridge"
import { messageOf } from "@posthorn/core/error"
import { BATCH_MAX, type Bus, type BusEntry, type BusRefusal } from "@posthorn/core/ports"

import { placeOf, SOURCE } from "./bus-event.ts"

/**
 * Of one entry, and of a request with all its entries. Newer texts of AWS allow more for some uses; this is what the guide to
 * PutEvents says ("The total entry size must be less than 256KB"), and an event has at most 200 KB.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
 */
export const ENTRY_BYTES_MAX = 256 * 1024 - 1
/** What the guide counts for `Time`. */
const TIME_BYTES = 14

/**
 * The entry's own fault. Its neighbours in the reference, missing rights for instance, are about all entries alike: to skip
 * events for them would lose them. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
const PERMANENT = new Set(["InvalidArgument", "MalformedDetail"])

export interface BusOptions {
  client: EventBridgeClient
  busName: string
}

/** EventBridge. A request may be taken in part: every entry has its own answer. */
export const createBus = ({ client, busName }: BusOptions): Bus => {
  const put = async (entries: PutEventsRequestEntry[]): Promise<(BusRefusal | null)[]> => {
    try {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: entries }))
      return entries.map((_, index) => refusalOf(Entries[index]))
    } catch (error) {
      const isTheirFault = isInvalid(error)
      // One entry spoils a request as a whole, and does not say which.
      if (isTheirFault && entries.length > 1)
        return (await Promise.all(entries.map((entry) => put([entry])))).map(([refusal = null]) => refusal)
      return entries.map(() => ({ message: messageOf(error), permanent: isTheirFault }))
    }
  }

  return {
    publish: async (entries) => {
      if (entries.length > BATCH_MAX) throw new RangeError(`${entries.length} entries; at most ${BATCH_MAX} at a time`)
      const answers: (BusRefusal | null)[] = []
      for (const request of requestsOf(entries.map((entry) => requestEntry(entry, busName))))
        answers.push(...(request === "too large" ? [TOO_LARGE] : await put(request)))
      return answers
    },
  }
}

const TOO_LARGE: BusRefusal = { message: "larger than EventBridge takes (256 KB)", permanent: true }

/** The detail is the event as the API shows it; where it stands in the log travels beside it. */
const requestEntry = ({ log, position, event }: BusEntry, busName: string): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: SOURCE,
  DetailType: event.type,
  Detail: JSON.stringify(event),
  Resources: [placeOf(log, position)],
  Time: new Date(event.timestamp),
})

/** In order: as many entries to a request as it may hold, one that is too large for any by itself. */
const requestsOf = (entries: PutEventsRequestEntry[]): (PutEventsRequestEntry[] | "too large")[] => {
  const requests: (PutEventsRequestEntry[] | "too large")[] = []
  let open: PutEventsRequestEntry[] = []
  let bytes = 0
  const close = (): void => {
    if (open.length > 0) requests.push(open)
    open = []
    bytes = 0
  }
  for (const entry of entries) {
    const size = sizeOf(entry)
    if (bytes + size > ENTRY_BYTES_MAX) close()
    if (size > ENTRY_BYTES_MAX) {
      requests.push("too large")
      continue
    }
    open.push(entry)
    bytes += size
  }
  close()
  return requests
}

/** As the guide counts. */
const sizeOf = ({ Source = "", DetailType = "", Detail = "", Resources = [] }: PutEventsRequestEntry): number =>
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), TIME_BYTES)

const refusalOf = (answer: PutEventsResultEntry | undefined): BusRefusal | null => {
  if (answer?.EventId !== undefined && answer.ErrorCode === undefined) return null
  const { ErrorCode = "no answer", ErrorMessage = "" } = answer ?? {}
  return { message: `${ErrorCode} ${ErrorMessage}`.trim(), permanent: PERMANENT.has(ErrorCode) }
}

/** By its name: the SDK may be bundled twice, and then instanceof lies. */
const isInvalid = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === "ValidationException" ||
    (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 413)
