import { monitorEventLoopDelay } from "node:perf_hooks"

import { expect, it } from "vitest"

import { until } from "../relay.ts"
import { alice, conversationIn, deliveries, eventsAt, textsAt, useStage, write } from "./stage.ts"

const { start, receive } = useStage()

it(`ordering "conversation": what comes after a message waits until it is taken, and another conversation does not`, async () => {
  const relay = await start({ env: { POSTHORN_RETRY_SECONDS: Array(29).fill("0.2").join() } })
  const [ordered, unordered] = [await receive(), await receive()]
  const { id } = await relay.endpoint(ordered.url, { ordering: "conversation" })
  await relay.endpoint(unordered.url)
  let isUp = false
  for (const receiver of [ordered, unordered])
    receiver.answer(({ body }) => ({ status: body.includes(`"one 1"`) && !isUp ? 500 : 200 }))

  const [one, two] = [conversationIn(relay), conversationIn(relay)]
  await write(relay, one, "one 1", "one 2", "one 3")
  await write(relay, two, "two 1", "two 2")
  await until(() => textsAt(ordered).filter((text) => text === "one 1").length >= 3, "repeats of the first")
  await ordered.waitFor(({ body }) => body.includes(`"two 2"`))
  await unordered.waitFor(({ body }) => body.includes(`"one 3"`))
  expect(textsAt(ordered)).not.toContain("one 2")
  const waiting = async () =>
    (await deliveries(relay, `endpointId=${id}&status=pending`)).map((row) => row.statusReason)
  await until(async () => (await waiting()).length === 2)
  expect(await waiting()).toEqual(["ordering", "ordering"])

  isUp = true
  await until(async () => (await deliveries(relay, `endpointId=${id}&status=succeeded`)).length === 5)
  const taken = eventsAt(ordered).map(({ data }) => data.message.text)
  expect(taken.slice(taken.lastIndexOf("one 1"))).toEqual(["one 1", "one 2", "one 3"])
  expect(taken.filter((text) => text.startsWith("two"))).toEqual(["two 1", "two 2"])
})

it("rateLimit 5: of 30 events at once no second sees more than 5 and the one that it begins with, and all arrive", async () => {
  const RATE = 5
  const EVENTS = 30
  const [relay, receiver] = [await start(), await receive()]
  await relay.endpoint(receiver.url, { rateLimit: RATE })
  const conversation = conversationIn(relay)
  for (let index = 0; index < EVENTS; index++)
    relay.simulator.world.write({ conversation, from: alice, text: `n${index}` })
  const stalls = monitorEventLoopDelay({ resolution: 5 })
  stalls.enable()
  const before = Date.now()
  await relay.poll()
  await receiver.waitFor(EVENTS, 15_000)
  stalls.disable()

  const times = receiver.requests.map(({ at }) => at).toSorted((a, b) => a - b)
  expect(times.filter((at, index) => at < before + Math.floor((index * 1_000) / RATE))).toEqual([])
  // Relay and receiver share this process: a stall brings those together that fell due in it.
  const stalled = Math.floor(((stalls.max / 1e6) * RATE) / 1_000)
  const mostInOneSecond = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))
  expect(mostInOneSecond).toBeLessThanOrEqual(RATE + 1 + stalled)
  await until(async () => (await deliveries(relay, "status=succeeded")).length === EVENTS)
  expect(new Set(textsAt(receiver)).size).toBe(EVENTS)
  expect(receiver.requests).toHaveLength(EVENTS)
})
