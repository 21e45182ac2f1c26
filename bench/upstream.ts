import { HOUR_MS, SECOND_MS } from "@posthorn/core/time"
import { person } from "@posthorn/simulator/person"

import { type Relay, startRelay } from "../test/relay.ts"

/** (c) Requests to upstream, as the simulator counts them. */
export interface UpstreamUse {
  dialect: Dialect
  idle: Use
  /** One message in one conversation at each poll, an hour after the one before it. */
  single: Use
  /** Two messages in each of three conversations at each poll, likewise. */
  several: Use
  /** As `single`, but in a lively thread: more messages within 15 minutes than a page of upstream's shows. */
  lively: Use
}

export interface Use {
  listPerPoll: number
  otherPerPoll: number
  threadsPerChangedConversation: number | null
  perMessage: number | null
}

const dialects = ["legacy", "conversations"] as const
type Dialect = (typeof dialects)[number]

/** More than a page of the legacy dialect holds. */
const FIRST_READS = 15

const LIST = /\/(recent-messages|conversations)$/
const THREAD = /\/(conversation-details|messages)$/

export const measureUpstream = async (polls: number): Promise<UpstreamUse[]> => {
  const uses: UpstreamUse[] = []
  for (const dialect of dialects) {
    // Upstream's time is ours to move; the relay does not compare it with its own.
    let now = Date.now()
    const relay = await startRelay({ simulator: { accounts: 1, history: true, dialect, now: () => now } })
    const pass = (ms: number) => (): void => void (now += ms)
    try {
      uses.push({
        dialect,
        idle: await use(relay, { polls, conversations: 0, messagesEach: 0, before: pass(HOUR_MS) }),
        single: await use(relay, { polls, conversations: 1, messagesEach: 1, before: pass(HOUR_MS) }),
        several: await use(relay, { polls, conversations: 3, messagesEach: 2, before: pass(HOUR_MS) }),
        lively: await use(relay, { polls, conversations: 1, messagesEach: 1, before: pass(SECOND_MS) }),
      })
    } finally {
      await relay.stop()
      await relay.simulator.close()
    }
  }
  return uses
}

interface Scene {
  polls: number
  conversations: number
  messagesEach: number
  before: () => void
}

const use = async (relay: Relay, { polls, conversations, messagesEach, before }: Scene): Promise<Use> => {
  const { world, requests } = relay.simulator
  const threads = Array.from({ length: conversations }, (_, index) =>
    world.addConversation({ account: relay.accountId, people: [person(`Person ${index} Example`)] }),
  )
  const turn = async (): Promise<void> => {
    before()
    for (const conversation of threads) for (let each = 0; each < messagesEach; each++) world.write({ conversation })
    await relay.poll()
  }
  // A conversation's first reads are another matter.
  for (let first = 0; first < FIRST_READS; first++) await turn()
  const from = requests.length
  for (let poll = 0; poll < polls; poll++) await turn()
  const made = requests.slice(from)
  const lists = made.filter(({ path }) => LIST.test(path)).length
  const details = made.filter(({ path }) => THREAD.test(path)).length
  const changed = polls * conversations
  return {
    listPerPoll: lists / polls,
    otherPerPoll: (made.length - lists - details) / polls,
    threadsPerChangedConversation: changed === 0 ? null : details / changed,
    perMessage: changed === 0 ? null : made.length / (changed * messagesEach),
  }
}
