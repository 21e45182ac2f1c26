import { DEFAULT_CIRCUIT } from "@posthorn/core/delivery/circuit"
import { allowanceOf } from "@posthorn/core/delivery/tick"
import { HOUR_MS, MINUTE_MS } from "@posthorn/core/time"
import { expect, it } from "vitest"

import type { Receiver } from "../receiver.ts"
import type { Cloud } from "./cloud.ts"
import { onAws } from "./on-aws.ts"

interface EndpointJson {
  status: string
  heldCount: number
  circuit: { state: string }
}
interface DeliveryJson {
  status: string
  statusReason: string | null
  attemptCount: number
}

const textsAt = ({ requests }: Receiver, from = 0): string[] =>
  requests
    .slice(from)
    .map(({ body }) => (JSON.parse(body) as { data: { message: { text: string } } }).data.message.text)
const shown = async (cloud: Cloud, id: string): Promise<EndpointJson> =>
  (await cloud.api<EndpointJson>(`/v1/endpoints/${id}`)).body
const deliveries = async (cloud: Cloud, query: string): Promise<DeliveryJson[]> =>
  (await cloud.api<{ data: DeliveryJson[] }>(`/v1/deliveries?limit=100&${query}`)).body.data
const polled = async (cloud: Cloud): Promise<void> => {
  await cloud.tick()
  await cloud.drain()
}

/** In an hour of at most seven probes, nine for each: docs/operations.md. */
const REQUESTS_OF_OPEN_CIRCUIT_MAX = 63

/** Delayed messages that are waited for, one after another: more means that something goes on for ever. */
const STEPS_MAX = 60
/** Lets time pass from one delayed message to the next, until it is so; what came due on the way there may have been the last. */
const passUntil = async (cloud: Cloud, isDone: () => Promise<boolean> | boolean): Promise<void> => {
  for (let steps = 0; !(await isDone()); steps++) {
    if (steps === STEPS_MAX) throw new Error(`not after ${STEPS_MAX} steps`)
    if (await cloud.next()) await cloud.drain()
    else if (!(await isDone())) throw new Error("nothing waits any more")
    else return
  }
}

onAws("the policy of delivery on AWS", ({ baselined, receive, write }) => {
  it("holds what comes while an endpoint is paused, and lets it out through the ramp when it is resumed", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    const { id } = await cloud.endpoint(receiver.port, { eventTypes: ["message.received"] })
    expect((await cloud.api(`/v1/endpoints/${id}/pause`, null)).body["status"]).toBe("paused")
    const texts = Array.from({ length: 12 }, (_, index) => `n${String(index)}`)
    write(cloud, ...texts)
    await polled(cloud)
    await cloud.sweep()
    await cloud.drain()
    expect(receiver.requests).toEqual([])
    expect(await shown(cloud, id)).toMatchObject({ status: "paused", heldCount: 12 })
    expect(new Set((await deliveries(cloud, "status=held")).map((row) => row.statusReason))).toEqual(
      new Set(["paused"]),
    )

    expect((await cloud.api(`/v1/endpoints/${id}/resume`, null)).body).toMatchObject({
      status: "enabled",
      circuit: { state: "ramping" },
    })
    const at: number[] = []
    receiver.answer(() => {
      at.push(cloud.now())
      return { status: 200 }
    })
    await passUntil(cloud, () => receiver.requests.length === 12)
    expect((await shown(cloud, id)).circuit.state).toBe("closed")
    expect(textsAt(receiver).sort()).toEqual(texts.sort())
    const { rateStart, tickMs } = DEFAULT_CIRCUIT
    const inFirstTick = at.filter((time) => time < at[0]! + 0.8 * tickMs)
    expect(inFirstTick.length).toBeLessThanOrEqual(allowanceOf(rateStart, tickMs))
    expect(at.at(-1)! - at[0]!).toBeGreaterThan(tickMs)
    expect(await shown(cloud, id)).toMatchObject({ heldCount: 0 })
    // Whoever was let out burnt one attempt, and the releaser stops where there is nothing more to do.
    expect((await deliveries(cloud, "status=succeeded")).map((row) => row.attemptCount)).toEqual(Array(12).fill(1))
    for (let steps = 0; await cloud.next(); steps++) expect(steps).toBeLessThan(3)
  })

  it("opens a circuit after sustained failure, probes one at a time ever more slowly, ramps and closes", async () => {
    const env = { POSTHORN_RETRY_SECONDS: Array(9).fill("20").join() }
    const [cloud, receiver] = [await baselined({ env }), await receive()]
    const { id } = await cloud.endpoint(receiver.port, { eventTypes: ["message.received"] })
    receiver.answer({ status: 500 })
    const texts = Array.from({ length: 15 }, (_, index) => `n${String(index)}`)
    write(cloud, ...texts)
    await polled(cloud)
    expect((await shown(cloud, id)).circuit.state).toBe("open")
    await passUntil(cloud, async () => (await shown(cloud, id)).heldCount === 15)

    const probes: number[] = []
    let [underWay, atOnce] = [0, 0]
    let isUp = false
    receiver.answer(async () => {
      atOnce = Math.max(atOnce, ++underWay)
      probes.push(cloud.now())
      await new Promise((resolve) => setImmediate(resolve))
      underWay--
      return { status: isUp ? 200 : 500 }
    })
    await passUntil(cloud, () => probes.length === 4)
    expect(atOnce).toBe(1)
    const gaps = probes.slice(1).map((time, index) => time - probes[index]!)
    for (const [index, gap] of gaps.entries()) if (index > 0) expect(gap).toBeGreaterThanOrEqual(1.5 * gaps[index - 1]!)
    expect(gaps[0]).toBeGreaterThanOrEqual(2 * DEFAULT_CIRCUIT.probeMs)
    expect((await deliveries(cloud, "status=held")).length).toBe(15)

    isUp = true
    probes.length = 0
    await passUntil(cloud, async () => (await deliveries(cloud, "status=succeeded")).length === 15)
    expect((await shown(cloud, id)).circuit.state).toBe("closed")
    // One probe, then a tick of the ramp's first rate, then one of twice that.
    const { tickMs, rateStart } = DEFAULT_CIRCUIT
    const inRamp = probes.slice(1)
    const firstTick = inRamp.filter((time) => time < inRamp[0]! + 0.8 * tickMs)
    expect(firstTick.length).toBeLessThanOrEqual(allowanceOf(rateStart, tickMs))
    expect(inRamp.at(-1)! - inRamp[0]!).toBeGreaterThan(tickMs)
    expect(probes).toHaveLength(15)
    expect(await cloud.bodies("DeliveryDlq")).toEqual([])
  })

  it("asks little of SQS while a circuit stays open: a probe every ten minutes", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    const { id } = await cloud.endpoint(receiver.port, { eventTypes: ["message.received"] })
    receiver.answer({ status: 500 })
    write(cloud, ...Array.from({ length: 12 }, (_, index) => `n${String(index)}`))
    await polled(cloud)
    // Until the wait for the next probe grows no more.
    let before = 0
    await passUntil(cloud, () => {
      const isNew = receiver.requests.length > before
      before = receiver.requests.length
      return isNew && receiver.requests.length >= 10 + 9
    })
    expect((await shown(cloud, id)).circuit.state).toBe("open")
    const until = cloud.now() + HOUR_MS
    const counts = structuredClone(cloud.gateway.counts.sqs)
    const probes = receiver.requests.length
    await passUntil(cloud, () => cloud.now() >= until)
    const { send, receive: received, delete: deleted } = cloud.gateway.counts.sqs
    const requests = send + received + deleted - counts.send - counts.receive - counts.delete
    expect(receiver.requests.length - probes).toBeLessThanOrEqual(HOUR_MS / DEFAULT_CIRCUIT.probeMsMax + 1)
    expect(requests).toBeLessThanOrEqual(REQUESTS_OF_OPEN_CIRCUIT_MAX)
  })

  it("starts a releaser again with the sweep when the message of its tick was lost", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    const { id } = await cloud.endpoint(receiver.port, { eventTypes: ["message.received"] })
    await cloud.api(`/v1/endpoints/${id}/pause`, null)
    write(cloud, "one", "two")
    await polled(cloud)
    let lost = 0
    cloud.gateway.fault = (operation, asked) => {
      const text = JSON.stringify(asked)
      if (operation !== "SendMessageBatch" || !text.includes("release")) return null
      lost++
      const Successful = (asked["Entries"] as { Id: string }[]).map(({ Id }) => ({ Id, MessageId: "lost" }))
      return { status: 200, body: { Successful, Failed: [] } }
    }
    await cloud.api(`/v1/endpoints/${id}/resume`, null)
    cloud.gateway.fault = null
    expect(lost).toBe(1)
    await cloud.drain()
    expect(await cloud.next()).toBe(false)
    await cloud.sweep()
    await cloud.drain()
    expect(receiver.requests).toEqual([])

    cloud.advance(DEFAULT_CIRCUIT.graceMs + MINUTE_MS)
    await cloud.sweep()
    await passUntil(cloud, () => receiver.requests.length === 2)
    expect(textsAt(receiver).sort()).toEqual(["one", "two"])
  })

  it(`keeps a conversation's order where the endpoint asks for it, and holds no other conversation up`, async () => {
    const env = { POSTHORN_RETRY_SECONDS: Array(9).fill("20").join() }
    const [cloud, receiver] = [await baselined({ env }), await receive()]
    const { id } = await cloud.endpoint(receiver.port, { eventTypes: ["message.received"], ordering: "conversation" })
    let isUp = false
    receiver.answer(({ body }) => ({ status: body.includes('"one 1"') && !isUp ? 500 : 200 }))
    write(cloud, "one 1", "one 2", "one 3")
    await polled(cloud)
    write(cloud, "two 1", "two 2")
    await polled(cloud)
    await passUntil(cloud, () => textsAt(receiver).includes("two 2"))
    expect(textsAt(receiver)).not.toContain("one 2")
    const waiting = (await deliveries(cloud, `endpointId=${id}&status=pending`)).map((row) => row.statusReason)
    expect(waiting).toEqual(["ordering", "ordering"])

    isUp = true
    await passUntil(cloud, async () => (await deliveries(cloud, "status=succeeded")).length === 5)
    const taken = textsAt(receiver)
    expect(taken.slice(taken.lastIndexOf("one 1"))).toEqual(["one 1", "one 2", "one 3"])
    expect(taken.filter((text) => text.startsWith("two"))).toEqual(["two 1", "two 2"])
  })

  it("keeps an endpoint's rate, in whole seconds of SQS's delays", async () => {
    const [RATE, EVENTS] = [2, 9]
    const [cloud, receiver] = [await baselined(), await receive()]
    await cloud.endpoint(receiver.port, { eventTypes: ["message.received"], rateLimit: RATE })
    const at: number[] = []
    receiver.answer(() => {
      at.push(cloud.now())
      return { status: 200 }
    })
    const delays: number[] = []
    cloud.gateway.fault = (operation, asked) => {
      if (operation !== "SendMessageBatch") return null
      for (const { DelaySeconds = 0 } of asked["Entries"] as { DelaySeconds?: number }[]) delays.push(DelaySeconds)
      return null
    }
    write(cloud, ...Array.from({ length: EVENTS }, (_, index) => `n${String(index)}`))
    await cloud.tick()
    const from = cloud.now()
    await cloud.drain()
    await passUntil(cloud, () => receiver.requests.length === EVENTS)
    expect(delays.filter((seconds) => seconds > 0).every((seconds) => Number.isInteger(seconds))).toBe(true)
    // How long they are depends on how far real time has gone on meanwhile.
    expect(Math.max(...delays)).toBeGreaterThan(0)
    // Nothing before its turn: the nth not before n / RATE seconds.
    expect(at.toSorted((a, b) => a - b).filter((time, index) => time < from + (index * 1_000) / RATE - 50)).toEqual([])
    expect(new Set(textsAt(receiver)).size).toBe(EVENTS)
    expect((await deliveries(cloud, "status=succeeded")).map((row) => row.attemptCount)).toEqual(Array(EVENTS).fill(1))
  })
})
