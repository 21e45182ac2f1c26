import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { DeliveryMessage, DeliveryRow, Trigger } from "../delivery.ts"
import { closedCircuit, type EndpointRow } from "../endpoint.ts"
import { derivedId } from "../id.ts"
import type { Message } from "../ports.ts"
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../time.ts"
import { DEFAULT_CIRCUIT, ramping } from "./circuit.ts"
import { noteOutcome } from "./endpoint-gate.ts"
import { pauseEndpoint, resumeEndpoint } from "./pause.ts"
import { held, newDelivery } from "./plan.ts"
import { release, startReleaser } from "./releaser.ts"
import { retryDelivery } from "./retry.ts"
import { sweep } from "./sweep.ts"
import { answered, createWorld, ENDPOINT_ID, EVENT_ID, type World } from "./test-world.ts"
import { work } from "./work.ts"

const TICK_MS = DEFAULT_CIRCUIT.tickMs
let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.store.close())

const endpoint = async (): Promise<EndpointRow> => (await world.store.getEndpoint(ENDPOINT_ID))!
const change = async (over: Partial<EndpointRow>): Promise<void> => {
  const row = await endpoint()
  await world.store.putEndpoint({ ...row, ...over, version: row.version + 1 }, row.version)
}
const delivery = async (eventId = EVENT_ID): Promise<DeliveryRow> =>
  (await world.store.getDelivery(eventId, ENDPOINT_ID))!
const statuses = async (): Promise<Record<string, number>> => {
  const { rows } = await world.store.listDeliveriesLagging({}, { limit: 1_000, cursor: null })
  const counts: Record<string, number> = {}
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
/** Held deliveries of events that the log has. */
const hold = async (
  count: number,
  { trigger = "schedule", from = 2 }: { trigger?: Trigger; from?: number } = {},
): Promise<string[]> => {
  const found = (await world.store.getEvent("acc", 1))!
  const ids: string[] = []
  for (let position = from; position < from + count; position++) {
    const id = derivedId("event", String(position))
    await world.store.appendEvent({ ...found, position, event: { ...found.event, id } })
    const place = { eventId: id, endpointId: ENDPOINT_ID, log: "acc", position }
    const row = newDelivery(place, { type: "message.received", accountId: "acc" }, world.now + position)
    await world.store.putDelivery({ ...held({ ...row, trigger }, "circuit_open", world.now), version: 1 }, null)
    ids.push(id)
  }
  return ids
}
const isTick = ({ body }: Message<DeliveryMessage>): boolean => "release" in body
const wakeUps = (): string[] => world.sent.flatMap(({ body }) => ("eventId" in body ? [body.eventId] : []))
/** Works through all messages that are due, and what these send, as one worker. */
const pump = async (): Promise<void> => {
  for (;;) {
    const index = world.sent.findIndex(({ notBefore }) => notBefore <= world.now)
    const [message] = index < 0 ? [] : world.sent.splice(index, 1)
    if (message === undefined) return
    const verdict = await work(message.body, world.deps)
    if (verdict.kind === "again") world.sent.push({ ...message, notBefore: verdict.at })
  }
}
const passes = async (ms: number, step = 500): Promise<void> => {
  for (let gone = 0; gone < ms; gone += step) {
    world.now += step
    await pump()
  }
}
/** Ten failures over three deliveries, as the attempts of others. */
const openCircuit = async (): Promise<void> => {
  const failed = { outcome: "failed", responseStatus: 500, errorKind: "http_status", holdUntil: null } as const
  for (let index = 0; index < DEFAULT_CIRCUIT.failures; index++)
    await noteOutcome(
      await endpoint(),
      { ...failed, trigger: "schedule", startedAt: world.now, eventId: `evt_${index}` },
      world.deps,
    )
}

describe("an open circuit", () => {
  it("holds what comes, without an attempt", async () => {
    await world.addEndpoint()
    await openCircuit()
    await work(world.message, world.deps)
    expect(world.posted).toEqual([])
    expect(await delivery()).toMatchObject({ status: "held", statusReason: "circuit_open", attemptCount: 0 })
  })

  it("sends the oldest held delivery as a probe after 5 s, and nothing else until that one has ended", async () => {
    await world.addEndpoint()
    const [oldest] = await hold(30)
    await openCircuit()
    let answer = (): void => {}
    world.answer = () => new Promise((resolve) => (answer = () => resolve(answered(500))))
    await passes(TICK_MS - 500)
    expect(world.posted).toEqual([])
    world.now += 500
    const pumping = pump()
    await expect.poll(() => world.posted.length).toBe(1)
    const first = (await delivery(oldest)).claim
    expect(first?.trigger).toBe("probe")
    world.answer = () => answered(500)
    for (let tick = 0; tick < 3; tick++) {
      world.now += TICK_MS
      const releaser = (await endpoint()).releaser!
      await release({ v: 1, release: ENDPOINT_ID, tick: releaser.tick }, world.deps)
    }
    expect(world.posted).toHaveLength(1)
    answer()
    await pumping
  })

  it("puts a failed probe behind the others, with its schedule untouched: no one event keeps the circuit open", async () => {
    await world.addEndpoint()
    const [first, second] = await hold(2)
    await openCircuit()
    world.answer = () => answered(500)
    await passes(6 * SECOND_MS)
    expect(await delivery(first)).toMatchObject({
      status: "held",
      scheduledAttempts: 0,
      trigger: "schedule",
      attempts: [{ trigger: "probe", outcome: "failed" }],
    })
    world.answer = () => answered(200)
    await passes(12 * SECOND_MS)
    expect((await delivery(second)).attempts).toMatchObject([{ trigger: "probe", outcome: "succeeded" }])
  })

  it("probes with a replay only where no other delivery is held, and leaves it a replay", async () => {
    await world.addEndpoint()
    const [replay] = await hold(1, { trigger: "replay" })
    const [live] = await hold(1, { from: 9 })
    await openCircuit()
    world.answer = () => answered(500)
    await passes(6 * SECOND_MS)
    expect([(await delivery(live)).attemptCount, (await delivery(replay)).attemptCount]).toEqual([1, 0])
    const row = await delivery(live)
    await world.store.putDelivery({ ...row, status: "cancelled", work: null, version: row.version + 1 }, row.version)
    await passes(12 * SECOND_MS)
    expect(await delivery(replay)).toMatchObject({ attemptCount: 1, trigger: "replay", work: { replay: true } })
  })

  it("writes a failing endpoint's row once for each failure up to the threshold, and not for those behind it", async () => {
    await world.addEndpoint()
    await openCircuit()
    const { version } = await endpoint()
    await openCircuit()
    expect(version).toBe(1 + DEFAULT_CIRCUIT.failures)
    expect((await endpoint()).version).toBe(version)
  })

  it("is opened by 50 failures at once with no more writes than the threshold has", async () => {
    const row = await world.addEndpoint()
    const failed = { outcome: "failed", responseStatus: 500, errorKind: "http_status", holdUntil: null } as const
    const outcomes = Array.from({ length: 50 }, (_, index) => ({
      ...failed,
      trigger: "schedule" as const,
      startedAt: world.now,
      eventId: `evt_${index}`,
    }))
    await Promise.all(outcomes.map((outcome) => noteOutcome(row, outcome, world.deps)))
    expect(await endpoint()).toMatchObject({ version: 1 + DEFAULT_CIRCUIT.failures, circuit: { state: "open" } })
    expect(world.sent.filter(isTick)).toHaveLength(1)
  })

  it("does not hear of failures at an older URL", async () => {
    const row = await world.addEndpoint()
    await change({ revision: 2 })
    const failed = { outcome: "failed", responseStatus: 500, errorKind: "http_status", holdUntil: null } as const
    await noteOutcome(row, { ...failed, trigger: "schedule", startedAt: world.now, eventId: EVENT_ID }, world.deps)
    expect((await endpoint()).circuit).toEqual(closedCircuit)
  })

  it("ends in disabled as failing after 5 days of nothing else, told once in the log", async () => {
    await world.addEndpoint({
      circuit: {
        ...closedCircuit,
        state: "open",
        failures: 19,
        failingSince: world.now - 121 * HOUR_MS,
        nextProbeAt: 0,
      },
    })
    await hold(1)
    world.answer = () => answered(500)
    await startReleaser(ENDPOINT_ID, world.deps)
    await passes(TICK_MS)
    expect(await endpoint()).toMatchObject({ status: "disabled", disabledReason: "failing" })
    expect(world.published.map(({ event }) => event)).toMatchObject([
      { type: "endpoint.disabled", data: { reason: "failing" } },
    ])
    expect(await statuses()).toEqual({ held: 1 })
  })
})

describe("a ramp", () => {
  it("lets 1 per second out, doubles with every tick, and closes when nothing is held: each tick at most its allowance", async () => {
    await world.addEndpoint()
    await hold(200)
    await openCircuit()
    const perTick: number[] = []
    const step = 125
    await passes(2 * TICK_MS - step, step)
    expect(world.posted).toHaveLength(1)
    for (let before = 1; perTick.length < 8; before = world.posted.length) {
      await passes(TICK_MS, step)
      perTick.push(world.posted.length - before)
    }
    expect(perTick.slice(0, 4)).toEqual([5, 10, 20, 40])
    expect(await statuses()).toEqual({ succeeded: 200 })
    expect(await endpoint()).toMatchObject({ circuit: closedCircuit, releaser: null })
  })

  it("spreads a tick's deliveries over the tick", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    await hold(20)
    await startReleaser(ENDPOINT_ID, world.deps)
    await passes(1_000, 1_000)
    const at = world.sent.filter((message) => !isTick(message)).map(({ notBefore }) => notBefore - world.now)
    expect([0, ...at]).toEqual([0, 1_000, 2_000, 3_000, 4_000])
  })

  it("stays within the endpoint's own rate limit", async () => {
    await world.addEndpoint({ circuit: { ...ramping(world.now), rate: 2 }, rateLimit: 3 })
    await hold(100)
    await startReleaser(ENDPOINT_ID, world.deps)
    await passes(6 * TICK_MS)
    expect((await endpoint()).circuit.rate).toBe(3)
    expect(world.posted.length).toBeLessThanOrEqual(6 * 3 * 5)
  })

  it("counts what is out and unfinished against the next tick", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    await hold(40)
    await startReleaser(ENDPOINT_ID, world.deps)
    world.answer = () => new Promise(() => {})
    world.now += 1_000
    void pump()
    await expect.poll(() => world.posted.length).toBe(1)
    const first = wakeUps()
    world.sent.length = 0
    world.now += TICK_MS
    await release({ v: 1, release: ENDPOINT_ID, tick: (await endpoint()).releaser!.tick }, world.deps)
    // Nothing of the five came to an end: no doubling, and no room.
    expect([first.length, wakeUps().length, (await endpoint()).circuit.rate]).toEqual([4, 0, 1])
  })

  it("holds again what it had let out when the circuit opens", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    await hold(5)
    await startReleaser(ENDPOINT_ID, world.deps)
    world.answer = () => answered(500)
    await passes(TICK_MS + 500)
    expect((await endpoint()).circuit.state).toBe("open")
    expect(world.posted).toHaveLength(1)
    expect(await statuses()).toEqual({ held: 4, retrying: 1 })
  })

  it("lets live deliveries pass replays by, which leave when the circuit has closed and do not keep it from closing", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    const replays = await hold(300, { trigger: "replay" })
    const live = await hold(12, { from: 400 })
    await startReleaser(ENDPOINT_ID, world.deps)
    // 5 and 7 live ones, with which it closes.
    await passes(13 * SECOND_MS)
    expect(world.posted.slice(0, 12).map(({ headers }) => headers["webhook-id"])).toEqual(live)
    expect((await endpoint()).circuit).toEqual(closedCircuit)
    await passes(20 * SECOND_MS)
    expect(await statuses()).toEqual({ succeeded: 312 })
    expect((await delivery(replays[0])).attempts).toMatchObject([{ trigger: "replay" }])
  })

  it("ends for an endpoint that is never quiet: what is held at a look and goes out whole is no backlog", async () => {
    await world.addEndpoint({ circuit: { ...ramping(world.now), rate: 2 } })
    await hold(100)
    await startReleaser(ENDPOINT_ID, world.deps)
    for (let tick = 1; tick <= 5; tick++) {
      await hold(3, { from: 1_000 * tick })
      await passes(TICK_MS)
    }
    expect((await endpoint()).circuit).toEqual(closedCircuit)
  })

  it("is what Retry-After's hold ends in", async () => {
    await world.addEndpoint()
    await hold(30)
    world.answer = () => answered(429, { "retry-after": "60" })
    await work(world.message, world.deps)
    world.answer = () => answered(200)
    expect(await endpoint()).toMatchObject({ notBefore: world.now + 60_000, circuit: { state: "ramping" } })
    await passes(59 * SECOND_MS)
    expect(world.posted).toHaveLength(1)
    await passes(6 * SECOND_MS)
    expect(world.posted).toHaveLength(1 + 6)
    await passes(30 * SECOND_MS)
    expect(await statuses()).toEqual({ succeeded: 31 })
  })
})

describe("the releaser", () => {
  it("acts once a tick, however often its message comes", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    await hold(30)
    await startReleaser(ENDPOINT_ID, world.deps)
    const [message] = world.sent.filter(isTick)
    world.now = message!.notBefore
    await Promise.all([work(message!.body, world.deps), work(message!.body, world.deps)])
    await work(message!.body, world.deps)
    expect(wakeUps()).toHaveLength(5)
  })

  it("lets nothing out in a tick whose write took long: the next one follows too soon", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    await hold(30)
    await startReleaser(ENDPOINT_ID, world.deps)
    const { store } = world
    world.deps.store = {
      ...store,
      putEndpoint: async (...args) => {
        world.now += 1_500
        return await store.putEndpoint(...args)
      },
    }
    world.now += 1_000
    await pump()
    expect(wakeUps()).toEqual([])
    world.deps.store = store
    await passes(TICK_MS)
    expect(world.posted.length).toBeGreaterThan(0)
  })

  it("is started again by the sweep when its message was lost", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    await hold(3)
    await startReleaser(ENDPOINT_ID, world.deps)
    world.sent.length = 0
    world.now += DEFAULT_CIRCUIT.graceMs + 2_000
    await sweep(world.deps)
    await passes(TICK_MS)
    expect(await statuses()).toEqual({ succeeded: 3 })
  })

  it("is started by the sweep for what is held behind a gate that is open", async () => {
    await world.addEndpoint()
    await hold(3)
    await sweep(world.deps)
    await passes(TICK_MS)
    expect(await statuses()).toEqual({ succeeded: 3 })
  })

  it("lets nothing out for an endpoint whose row changed since it looked", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    await hold(3)
    await startReleaser(ENDPOINT_ID, world.deps)
    world.now += 1_000
    const store = world.store
    world.deps.store = {
      ...store,
      listHeldLagging: async (...args) => {
        const keys = await store.listHeldLagging(...args)
        await pauseEndpoint(ENDPOINT_ID, { store, clock: world.deps.clock })
        return keys
      },
    }
    await pump()
    expect(wakeUps()).toEqual([])
    expect(await endpoint()).toMatchObject({ status: "paused", releaser: null })
  })

  it("loses nothing when it dies after its row was written: the next tick finds the same deliveries", async () => {
    await world.addEndpoint({ circuit: ramping(world.now) })
    await hold(3)
    await startReleaser(ENDPOINT_ID, world.deps)
    world.now += 1_000
    world.deps.store = { ...world.store, putDelivery: () => new Promise(() => {}) }
    const [message] = world.sent.splice(0)
    void work(message!.body, world.deps)
    await expect.poll(() => world.sent.filter(isTick).length).toBe(1)
    world.deps.store = world.store
    await passes(2 * TICK_MS)
    expect(await statuses()).toEqual({ succeeded: 3 })
  })
})

describe("pause and resume", () => {
  it("change nothing the second time", async () => {
    await world.addEndpoint()
    const paused = await pauseEndpoint(ENDPOINT_ID, world.deps)
    expect(paused).toMatchObject({ status: "paused", revision: 2 })
    expect(await pauseEndpoint(ENDPOINT_ID, world.deps)).toEqual(paused)
    const resumed = await resumeEndpoint(ENDPOINT_ID, world.deps)
    expect(resumed).toMatchObject({ status: "enabled", revision: 3, circuit: { state: "closed" } })
    expect(await resumeEndpoint(ENDPOINT_ID, world.deps)).toEqual(resumed)
  })

  it("let out what was held, by the ramp, at once", async () => {
    await world.addEndpoint({ status: "paused" })
    await hold(40)
    expect(await resumeEndpoint(ENDPOINT_ID, world.deps)).toMatchObject({ circuit: { state: "ramping" } })
    await pump()
    expect(world.posted).toHaveLength(1)
    await passes(TICK_MS - 500)
    expect(world.posted).toHaveLength(5)
    await passes(30 * SECOND_MS)
    expect(await statuses()).toEqual({ succeeded: 40 })
  })

  it.each(["gone", "failing"] as const)(
    "bring back an endpoint that was disabled as %s, also at the same url",
    async (reason) => {
      await world.addEndpoint({
        status: "disabled",
        disabledReason: reason,
        disabledAt: world.now,
        circuit: { ...closedCircuit, state: "open", failures: 30, failingSince: world.now - 6 * DAY_MS },
        notBefore: world.now + MINUTE_MS,
      })
      await expect(pauseEndpoint(ENDPOINT_ID, world.deps)).rejects.toThrow(reason)
      world.now += 1
      expect(await resumeEndpoint(ENDPOINT_ID, world.deps)).toMatchObject({
        status: "enabled",
        disabledReason: null,
        disabledAt: null,
        notBefore: null,
        enabledAt: world.now,
        circuit: closedCircuit,
      })
    },
  )

  it("end an open circuit: a person says that the receiver is back", async () => {
    await world.addEndpoint()
    await hold(7)
    await openCircuit()
    expect(await resumeEndpoint(ENDPOINT_ID, world.deps)).toMatchObject({ circuit: { state: "ramping", failures: 0 } })
    await passes(TICK_MS - 500)
    expect(world.posted).toHaveLength(5)
  })

  it("refuse an endpoint that is not there", async () => {
    await expect(resumeEndpoint(ENDPOINT_ID, world.deps)).rejects.toThrow("no endpoint")
  })

  it("a retry by hand waits behind the gate like all others, and keeps its one attempt", async () => {
    await world.addEndpoint()
    await work(world.message, world.deps)
    await openCircuit()
    expect(await retryDelivery(await delivery(), world.deps)).toMatchObject({ status: "held", trigger: "manual" })
    world.answer = () => answered(500)
    await passes(6 * SECOND_MS)
    expect(await delivery()).toMatchObject({ status: "held", trigger: "manual", attempts: [{}, { trigger: "probe" }] })
  })
})
