import type { DeliverMessage } from "../delivery.ts"
import {
  BATCH_MAX,
  type BusEntry,
  type Clock,
  type EndpointStore,
  type LogStore,
  type Message,
  type Queue,
} from "../ports.ts"
import { wants } from "./match.ts"

export interface FanoutDeps {
  store: Pick<EndpointStore, "listEndpoints"> & Pick<LogStore, "getEvent">
  queue: Queue<DeliverMessage>
  clock: Clock
}

/** Messages that the queue refuses are sent again so many times before the whole entry fails, and comes again from the bus. */
const SEND_TRIES = 3

/**
 * One queue message per endpoint that wants the event, and no row: the first claim creates it. A repeat sends the messages
 * again; a delivery is claimed only once per attempt. An endpoint gone as 410 or deleted gets none.
 */
export const fanout = async (entry: BusEntry, deps: FanoutDeps): Promise<number> => {
  const endpoints = await deps.store.listEndpoints()
  const only = await onlyFor(entry, deps)
  const now = deps.clock.now()
  const messages = endpoints
    .filter(({ id }) => only === null || only.includes(id))
    .filter((endpoint) => endpoint.disabledReason !== "gone" && wants(endpoint, entry.event))
    .map((endpoint): Message<DeliverMessage> => ({
      group: endpoint.id,
      notBefore: now,
      body: {
        v: 1,
        log: entry.log,
        position: entry.position,
        eventId: entry.event.id,
        endpointId: endpoint.id,
        number: 1,
      },
    }))
  for (let start = 0; start < messages.length; start += BATCH_MAX)
    await sendAll(messages.slice(start, start + BATCH_MAX), deps)
  return messages.length
}

/** The endpoints that a backfill was asked for; null for all. They stand in the log alone: the bus has the event for everyone. */
const onlyFor = async ({ log, position, event }: BusEntry, { store }: FanoutDeps): Promise<string[] | null> => {
  if (!("backfill" in event.data) || !event.data.backfill) return null
  return (await store.getEvent(log, position))?.only ?? null
}

const sendAll = async (messages: Message<DeliverMessage>[], deps: FanoutDeps): Promise<void> => {
  let open = messages
  let refusal = ""
  for (let tries = 0; tries < SEND_TRIES && open.length > 0; tries++) {
    const answers = await deps.queue.send(open)
    refusal = answers.find((answer) => answer !== null) ?? ""
    open = open.filter((_, index) => answers[index] !== null)
  }
  if (open.length > 0) throw new Error(`the queue refused ${open.length} of ${messages.length} messages: ${refusal}`)
}
