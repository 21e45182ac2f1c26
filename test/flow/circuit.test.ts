import { allowanceOf } from "@posthorn/core/delivery/tick"
import { person } from "@posthorn/simulator/person"
import { afterEach, expect, it } from "vitest"

import { fasterCircuit } from "../faster-circuit.ts"
import { type ReceivedRequest, type Receiver, startReceiver } from "../receiver.ts"
import { type Relay, startRelay, until } from "../relay.ts"

/** Ten seconds of the design are one here. */
const FASTER = 10
const CIRCUIT = fasterCircuit(FASTER)
const DOWN_MS = 60_000 / FASTER
const HELD = 5_000
/** The local queue hands out so many messages of one endpoint at once: what may be dialling when its circuit opens. */
const AT_ONCE = 50
const CONVERSATIONS = 50
const TIMEOUT_MS = 90_000

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const alice = person("Alice Example")
const write = async (relay: Relay, count: number): Promise<void> => {
  const { world } = relay.simulator
  const conversations = Array.from({ length: Math.min(CONVERSATIONS, count) }, () =>
    world.addConversation({ account: relay.accountId, people: [alice] }),
  )
  for (let index = 0; index < count; index++) {
    const conversation = conversations[index % conversations.length]
    if (conversation !== undefined) world.write({ conversation, from: alice, text: `n${index}` })
  }
  const events = async (): Promise<number> => await relay.runtime.store.lastPosition(relay.accountId)
  const before = await events()
  // Each conversation is an event too.
  while ((await events()) - before < count + conversations.length) await relay.poll()
}
/** Answers as it is told, and knows how many requests it has at once. */
const sink = async (): Promise<Receiver & { isUp: boolean; atOnce: number }> => {
  const receiver = Object.assign(await startReceiver(), { isUp: false, atOnce: 0 })
  let open = 0
  receiver.answer(async () => {
    receiver.atOnce = Math.max(receiver.atOnce, ++open)
    await new Promise((resolve) => setImmediate(resolve))
    open--
    return { status: receiver.isUp ? 200 : 500 }
  })
  cleanups.push(() => receiver.close())
  return receiver
}
/** Requests that may have come in `ms` after a ramp began: ticks may follow each other a fifth sooner than they should. */
const allowedAfter = (ms: number): number => {
  let allowed = 0
  let rate = CIRCUIT.rateStart
  for (let tick = 0; tick * 0.8 * CIRCUIT.tickMs <= ms; tick++) {
    allowed += allowanceOf(rate, CIRCUIT.tickMs)
    rate = Math.min(2 * rate, CIRCUIT.rateDefault)
  }
  return allowed
}
const gaps = (requests: ReceivedRequest[]): number[] =>
  requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0))

it(
  "a sink that is down for a minute, with 5,000 held: one probe at a time, then never more than the ramp allows, and nothing lost",
  { timeout: TIMEOUT_MS },
  async () => {
    const relay = await startRelay({
      circuit: CIRCUIT,
      simulator: { pageSize: { thread: 100, list: 100 } },
      env: { POSTHORN_RETRY_SECONDS: "0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5" },
    })
    cleanups.push(
      () => relay.stop(),
      () => relay.simulator.close(),
    )
    const receiver = await sink()
    const { id } = await relay.endpoint(receiver.url)
    const shown = async () =>
      (await relay.api(`/v1/endpoints/${id}`)).body as { circuit: { state: string }; heldCount: number }

    const downSince = Date.now()
    await write(relay, 20)
    await until(async () => (await shown()).circuit.state === "open", "the circuit")
    await until(async () => (await shown()).heldCount === 20, "the failed ones on hold")
    const dialling = receiver.requests.length
    expect(dialling).toBeLessThanOrEqual(CIRCUIT.failures + AT_ONCE)

    receiver.atOnce = 0
    await write(relay, HELD)
    await until(async () => (await shown()).heldCount === HELD + 20, "5,000 on hold")
    await until(() => Date.now() - downSince > DOWN_MS && receiver.requests.length > dialling + 1, "a minute")
    const probes = receiver.requests.slice(dialling)
    expect(receiver.atOnce).toBe(1)
    // Each wait is counted from the answer, so that a gap is longer, never shorter.
    expect(gaps(probes).every((gap, index) => gap >= CIRCUIT.probeMs * 2 ** (index + 1))).toBe(true)

    receiver.isUp = true
    const from = receiver.requests.length
    await receiver.waitFor((request) => receiver.requests.length > from + HELD && request.id !== "", TIMEOUT_MS)
    await until(async () => (await shown()).heldCount === 0, "an end of the backlog")
    await until(async () => (await shown()).circuit.state === "closed", "the circuit closed")
    // It closes with the tick that lets the last ones out.
    const arrived = () => new Set(receiver.requests.slice(from).map((request) => request.id)).size
    await until(() => arrived() === HELD + 20, "the last ones")
    const ramp = receiver.requests.slice(from)
    const startedAt = ramp[0]?.at ?? 0
    const after = ramp.map(({ at }) => at - startedAt)
    const tooEarly = after.filter((ms, index) => index > allowedAfter(ms))
    expect(tooEarly.length, `of requests so many ms after the first: ${tooEarly.slice(0, 10).join()}`).toBe(0)
    const mostPerTick = Math.max(
      ...after.map((ms, index) => after.findLastIndex((later) => later < ms + CIRCUIT.tickMs) + 1 - index),
    )
    expect(mostPerTick).toBeLessThanOrEqual(2 * allowanceOf(CIRCUIT.rateDefault, CIRCUIT.tickMs))
  },
)
