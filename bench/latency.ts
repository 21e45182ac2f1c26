import { rm } from "node:fs/promises"
import path from "node:path"
import { setTimeout } from "node:timers/promises"

import { person } from "@posthorn/simulator/person"

import { startRelay } from "../test/relay.ts"
import { quantile } from "./numbers.ts"
import { temporaryDirectory } from "./prepare.ts"
import { startReceiverProcess } from "./receiver-process.ts"

/** (b) From "visible upstream at poll time" to "received", in ms. */
export interface Latency {
  messages: number
  p50: number
  p99: number
}

/** The first ones pay for the compiler. */
const WARM = 20
const PAUSE_MS = 10

/**
 * One message at a time: written upstream, then a poll is asked for, and the clock runs from that until the receiver has the
 * whole request. In it: the schedule's turn, list and thread over HTTP from a simulator with a full mailbox, which answers
 * within a millisecond or so, the append that waits for the disk, fan-out, queue, delivery. Upstream's own time comes on top.
 */
export const measureLatency = async (messages: number): Promise<Latency> => {
  const directory = await temporaryDirectory()
  const receiver = await startReceiverProcess({ endpoints: 1, total: Infinity, warm: 0, tellEach: true })
  const relay = await startRelay({
    path: path.join(directory, "posthorn.db"),
    simulator: { accounts: 1, history: true },
  })
  try {
    const [target] = receiver.targets
    await relay.endpoint(target!.url, { secret: target!.secret })
    const conversation = relay.simulator.world.addConversation({
      account: relay.accountId,
      people: [person("Alice Example")],
    })
    const took: number[] = []
    for (let number = 0; number < WARM + messages; number++) {
      // Polls do not start on the beat of a timer.
      await setTimeout(PAUSE_MS * (0.5 + Math.random()))
      relay.simulator.world.write({ conversation, text: `Message ${number}` })
      const askedAt = Number(process.hrtime.bigint()) / 1e6
      const [{ at }] = await Promise.all([receiver.next(), relay.poll()])
      if (number >= WARM) took.push(at - askedAt)
    }
    return { messages, p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
  } finally {
    await relay.stop()
    await relay.simulator.close()
    await receiver.stop()
    await rm(directory, { recursive: true })
  }
}
