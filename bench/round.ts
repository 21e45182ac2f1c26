import { person } from "@posthorn/simulator/person"
import { createSimulator } from "@posthorn/simulator/simulator"

import type { BareInput, BareReport } from "./bare.ts"
import { startChild } from "./child.ts"
import type { Load } from "./events.ts"
import { prepare } from "./prepare.ts"
import { type Received, startReceiverProcess } from "./receiver-process.ts"
import type { RelayInput, RelayReport } from "./relay.ts"

export interface Scale {
  endpoints: number
  accounts: number
  eventsPerAccount: number
}

/** What one side did in one round. */
export interface Round extends Received {
  /** Processor time per delivery since the clock started, in microseconds: the sender's whole process, the receiver apart. */
  cpuMicros: number
}

/** Of the deliveries, so many come before the clock starts. */
const WARM_SHARE = 0.2
/** The relay's own for each endpoint. */
const CONCURRENCY = 50

const receiverFor = ({ endpoints, accounts, eventsPerAccount }: Scale) => {
  const total = accounts * eventsPerAccount
  return startReceiverProcess({ endpoints, total, warm: Math.floor(total * endpoints * WARM_SHARE), tellEach: false })
}

const roundOf = (received: Received, cpuMs: number): Round => ({
  ...received,
  cpuMicros: (cpuMs * 1_000) / received.timed,
})

export const bareRound = async (scale: Scale, agent: BareInput["agent"]): Promise<Round & BareReport> => {
  const receiver = await receiverFor(scale)
  const accountIds = Array.from({ length: scale.accounts }, (_, index) => `account-${index}`)
  const load: Load = { accountIds, eventsPerAccount: scale.eventsPerAccount }
  const input: BareInput = { targets: receiver.targets, load, concurrency: CONCURRENCY, agent }
  const bare = startChild("bare.ts", input)
  try {
    const received = await bare.whileAlive(receiver.all(() => bare.send("mark")))
    const report = await bare.next<BareReport>()
    await bare.end()
    return { ...roundOf(received, report.cpuMs), ...report }
  } finally {
    await bare.stop()
    await receiver.stop()
  }
}

export const relayRound = async (scale: Scale): Promise<Round & RelayReport> => {
  const receiver = await receiverFor(scale)
  const simulator = createSimulator({ accounts: scale.accounts })
  // An empty mailbox would be suspicious.
  for (const account of simulator.world.accounts.keys())
    simulator.world.addConversation({ account, people: [person("Alice Example")] })
  const { url: upstreamUrl } = await simulator.listen()
  const accountIds = [...simulator.world.accounts.keys()]
  const { path, encryptionKey, remove } = await prepare(receiver.targets, {
    accountIds,
    eventsPerAccount: scale.eventsPerAccount,
  })
  const relay = startChild("relay.ts", { path, upstreamUrl, encryptionKey } satisfies RelayInput)
  try {
    const received = await relay.whileAlive(receiver.all(() => relay.send("mark")))
    relay.send("report")
    const report = await relay.next<RelayReport>()
    await relay.end()
    return { ...roundOf(received, report.cpuMs), ...report }
  } finally {
    await relay.stop()
    await receiver.stop()
    await simulator.close()
    await remove()
  }
}
