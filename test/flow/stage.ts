import { person } from "@posthorn/simulator/person"
import { afterEach } from "vitest"

import { type Receiver, startReceiver } from "../receiver.ts"
import { type Relay, type RelayOptions, startRelay } from "../relay.ts"

export interface EnvelopeJson {
  id: string
  type: string
  data: {
    account: { id: string }
    conversation: { id: string; urn: string }
    message: { id: string; text: string; direction: string }
    sequence: number
  }
}
export interface DeliveryJson {
  id: string
  eventId: string
  status: string
  statusReason: string | null
  attemptCount: number
}

export const alice = person("Alice Example")

/** Relays and receivers that end with the test that started them. Called once, where the file begins. */
export const useStage = () => {
  const cleanups: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })
  return {
    cleanups,
    start: async (options: RelayOptions = {}): Promise<Relay> => {
      const relay = await startRelay(options)
      cleanups.push(
        () => relay.stop(),
        () => relay.simulator.close(),
      )
      return relay
    },
    receive: async (): Promise<Receiver> => {
      const receiver = await startReceiver()
      cleanups.push(() => receiver.close())
      return receiver
    },
  }
}

export const eventsAt = ({ requests }: Receiver): EnvelopeJson[] =>
  requests.map(({ body }) => JSON.parse(body) as EnvelopeJson)
export const textsAt = (receiver: Receiver): string[] => eventsAt(receiver).map(({ data }) => data.message.text)

/** At most 100, newest first. */
export const deliveries = async (relay: Relay, query = ""): Promise<DeliveryJson[]> => {
  const { status, body } = await relay.api<{ data: DeliveryJson[] }>(`/v1/deliveries?limit=100&${query}`)
  if (status !== 200) throw new Error(`no list of deliveries: ${JSON.stringify(body)}`)
  return body.data
}

let written = 0
/** Writes as Alice, each message later than the one before, and lets the relay see it. */
export const write = async (relay: Relay, conversation: { id: string }, ...texts: string[]): Promise<void> => {
  for (const text of texts) {
    written = Math.max(Date.now(), written + 1)
    relay.simulator.world.write({ conversation: conversation.id, from: alice, text, sentAt: written })
  }
  await relay.poll()
}
export const conversationIn = (relay: Relay, account = relay.accountId) =>
  relay.simulator.world.addConversation({ account, people: [alice] })

/** Messages that stand in the relay's queue, whether they are due or wait. */
export const queued = (relay: Relay): number =>
  (relay.runtime.store.db.prepare("SELECT count(*) AS count FROM queue").get() as { count: number }).count
