import { person } from "@posthorn/simulator/person"

import { type Relay, startRelay } from "../test/relay.ts"

/** (c) Requests to upstream, as the simulator counts them. */
export interface UpstreamUse {
  dialect: Dialect
  idle: Use
  /** One message in one conversation at each poll. */
  single: Use
  /** Two messages in each of three conversations at each poll. */
  several: Use
}

export interface Use {
  listPerPoll: number
  otherPerPoll: number
  threadsPerChangedConversation: number | null
  perMessage: number | null
}

const dialects = ["legacy", "conversations"] as const
type Dialect = (typeof dialects)[number]

const LIST = /\/(recent-messages|conversations)$/
const THREAD = /\/(conversation-details|messages)$/

export const measureUpstream = async (polls: number): Promise<UpstreamUse[]> => {
  const uses: UpstreamUse[] = []
  for (const dialect of dialects) {
    const relay = await startRelay({ simulator: { accounts: 1, history: true, dialect } })
    try {
      uses.push({
        dialect,
        idle: await use(relay, polls, 0, 0),
        single: await use(relay, polls, 1, 1),
        several: await use(relay, polls, 3, 2),
      })
    } finally {
      await relay.stop()
      await relay.simulator.close()
    }
  }
  return uses
}

const use = async (relay: Relay, polls: number, conversations: number, messagesEach: number): Promise<Use> => {
  const { world, requests } = relay.simulator
  const threads = Array.from({ length: conversations }, (_, index) =>
    world.addConversation({ account: relay.accountId, people: [person(`Person ${index} Example`)] }),
  )
  // A conversation's first read is another matter.
  for (const conversation of threads) world.write({ conversation })
  await relay.poll()
  const before = requests.length
  for (let poll = 0; poll < polls; poll++) {
    for (const conversation of threads) for (let each = 0; each < messagesEach; each++) world.write({ conversation })
    await relay.poll()
  }
  const made = requests.slice(before)
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
