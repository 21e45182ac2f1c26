import { DEFAULT_CIRCUIT } from "@posthorn/core/delivery/circuit"
import { derivedId } from "@posthorn/core/id"
import type { LogRow } from "@posthorn/core/log-row"
import { REPLAY_AHEAD_MAX } from "@posthorn/core/replay/step"
import { STEP_EVENTS } from "@posthorn/core/replay/walk"
import { iso } from "@posthorn/core/time"
import { person } from "@posthorn/simulator/person"
import { afterEach, describe, expect, it } from "vitest"

import { isSigned, type Receiver, startReceiver } from "../receiver.ts"
import { type Relay, type RelayOptions, startRelay, until } from "../relay.ts"

interface JobJson {
  id: string
  status: string
  matched: number
  done: number
  error: string | null
}
interface DeliveryJson {
  id: string
  eventId: string
  status: string
  attemptCount: number
  attempts: { trigger: string; outcome: string }[]
}

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Ticks that are soon over, and a circuit that stays closed: it is not what these tests are about. */
const circuit = {
  ...DEFAULT_CIRCUIT,
  failures: 1_000,
  tickMs: 50,
  rateStart: 1_000,
  rateDefault: 4_000,
  rateMax: 4_000,
}

const start = async (options: RelayOptions = {}): Promise<Relay> => {
  const relay = await startRelay({ circuit, env: { POSTHORN_RETRY_SECONDS: "0.05" }, ...options })
  cleanups.push(
    () => relay.stop(),
    () => relay.simulator.close(),
  )
  return relay
}
const receive = async (): Promise<Receiver> => {
  const receiver = await startReceiver()
  cleanups.push(() => receiver.close())
  return receiver
}
const alice = person("Alice Example")
const write = async (relay: Relay, ...texts: string[]): Promise<void> => {
  const conversation = relay.simulator.world.addConversation({ account: relay.accountId, people: [alice] })
  for (const text of texts) relay.simulator.world.write({ conversation, from: alice, text })
  await relay.poll()
}
const deliveries = async (relay: Relay, query: string): Promise<DeliveryJson[]> =>
  (await relay.api<{ data: DeliveryJson[] }>(`/v1/deliveries?limit=100&${query}`)).body.data
const jobOf = async (relay: Relay, id: string): Promise<JobJson> => (await relay.api<JobJson>(`/v1/jobs/${id}`)).body
const finished = async (relay: Relay, id: string): Promise<JobJson> => {
  await until(
    async () => ["succeeded", "failed", "cancelled"].includes((await jobOf(relay, id)).status),
    "the job's end",
  )
  return await jobOf(relay, id)
}
const idsOf = (receiver: Receiver, from = 0): string[] =>
  receiver.requests
    .slice(from)
    .map(({ id }) => id)
    .toSorted()

describe("a replay", () => {
  it("brings what a broken receiver missed once it is mended: the same webhook-ids, as many as the dry run said", async () => {
    const since = iso(Date.now() - 60_000)
    const [relay, receiver] = [await start(), await receive()]
    const { id, secret } = await relay.endpoint(receiver.url)
    await write(relay, "arrives")
    await until(async () => (await deliveries(relay, "status=succeeded")).length === 1)

    receiver.answer({ status: 500 })
    await write(relay, "lost 1", "lost 2", "lost 3")
    await until(async () => (await deliveries(relay, "status=exhausted")).length === 3, "three exhausted deliveries")
    const exhausted = (await deliveries(relay, "status=exhausted")).map(({ eventId }) => eventId).toSorted()

    receiver.answer({ status: 200 })
    const before = receiver.requests.length
    const path = `/v1/endpoints/${id}/replay`
    const failed = { since, onlyFailed: true }
    const counted = await relay.api<{ matched: number; exact: boolean }>(path, { body: { ...failed, dryRun: true } })
    expect([counted.status, counted.body.matched, counted.body.exact]).toEqual([200, 3, true])
    const { status, body: job } = await relay.api<JobJson>(path, { body: failed })
    expect(status).toBe(202)
    await until(async () => (await deliveries(relay, "status=succeeded")).length === 4, "all delivered")
    expect(idsOf(receiver, before)).toEqual(exhausted)
    expect(receiver.requests.slice(before).every((request) => isSigned(request, secret))).toBe(true)
    expect(await finished(relay, job.id)).toMatchObject({ status: "succeeded", matched: 3, done: 3 })

    const [again] = await deliveries(relay, `eventId=${exhausted[0]!}`)
    const whole = (await relay.api<DeliveryJson>(`/v1/deliveries/${again!.id}`)).body
    expect(whole.attempts.map(({ trigger, outcome }) => [trigger, outcome])).toEqual([
      ["schedule", "failed"],
      ["schedule", "failed"],
      ["replay", "succeeded"],
    ])

    const total = receiver.requests.length
    await relay.api(path, { body: { since } })
    await receiver.waitFor(total + 4)
    expect(idsOf(receiver, total)).toEqual([...new Set(idsOf(receiver))])
  })

  it("that fails again gets a whole schedule anew", async () => {
    const [relay, receiver] = [await start(), await receive()]
    const { id } = await relay.endpoint(receiver.url)
    receiver.answer({ status: 500 })
    await write(relay, "hopeless")
    await until(async () => (await deliveries(relay, "status=exhausted")).length === 1)
    await relay.api(`/v1/endpoints/${id}/replay`, { body: { since: iso(0) } })
    await until(async () => {
      const [row] = await deliveries(relay, "status=exhausted")
      return (row?.attemptCount ?? 0) > 3
    })
    const [row] = await deliveries(relay, "status=exhausted")
    const { attempts } = (await relay.api<DeliveryJson>(`/v1/deliveries/${row!.id}`)).body
    expect(attempts.map(({ trigger }) => trigger)).toEqual(["schedule", "schedule", "replay", "schedule", "schedule"])
  })

  it("since disabledAt brings back what an endpoint missed while it was gone, whatever never had a delivery", async () => {
    const [relay, receiver] = [await start(), await receive()]
    const { id } = await relay.endpoint(receiver.url)
    receiver.answer({ status: 410 })
    await write(relay, "the last straw")
    const endpoint = async () => (await relay.api<{ status: string; disabledAt: string }>(`/v1/endpoints/${id}`)).body
    await until(async () => (await endpoint()).status === "disabled")
    const { disabledAt } = await endpoint()
    await write(relay, "missed 1", "missed 2")
    await relay.runtime.idle()
    expect(receiver.requests).toHaveLength(1)
    const refused = await relay.api(`/v1/endpoints/${id}/replay`, { body: { since: disabledAt } })
    expect(refused.status).toBe(409)

    receiver.answer({ status: 200 })
    await relay.api(`/v1/endpoints/${id}/resume`, { method: "POST" })
    const { body: job } = await relay.api<JobJson>(`/v1/endpoints/${id}/replay`, { body: { since: disabledAt } })
    await receiver.waitFor(3)
    expect(await finished(relay, job.id)).toMatchObject({ status: "succeeded", done: 2 })
    const texts = receiver.requests.slice(1).map(({ body }) => (JSON.parse(body) as TextEvent).data.message.text)
    expect(texts.toSorted()).toEqual(["missed 1", "missed 2"])
  })

  it("of one event goes to one endpoint alone", async () => {
    const [relay, receiver, other] = [await start(), await receive(), await receive()]
    const { id } = await relay.endpoint(receiver.url)
    await relay.endpoint(other.url)
    await write(relay, "one", "two")
    await Promise.all([receiver.waitFor(2), other.waitFor(2)])
    const eventId = receiver.requests[0]!.id
    await relay.api(`/v1/endpoints/${id}/replay`, { body: { eventIds: [eventId] } })
    await receiver.waitFor(3)
    await relay.runtime.idle()
    expect([receiver.requests[2]!.id, receiver.requests.length, other.requests.length]).toEqual([eventId, 3, 2])
  })

  it("cancelled midway opens no more; what it had opened still arrives, and nothing else", async () => {
    const events = REPLAY_AHEAD_MAX + 600
    const [relay, receiver] = [await start(), await receive()]
    const { store } = relay.runtime
    for (let position = 1; position <= events; position++) await store.appendEvent(customEvent(position))
    await store.raisePublished("system", events)
    // Slower than the replay opens, so that it has to wait.
    const { id } = await relay.endpoint(receiver.url, { eventTypes: ["custom.bulk"], rateLimit: 20 })
    const { body: job } = await relay.api<JobJson>(`/v1/endpoints/${id}/replay`, { body: { since: iso(0) } })
    expect(job.matched).toBe(events)
    await until(async () => (await jobOf(relay, job.id)).done >= REPLAY_AHEAD_MAX, "as many open as are opened ahead")
    const { status, body: cancelled } = await relay.api<JobJson>(`/v1/jobs/${job.id}/cancel`, { method: "POST" })
    expect([status, cancelled.status]).toEqual([200, "cancelled"])
    expect(cancelled.done).toBeLessThan(events - STEP_EVENTS)

    await relay.api(`/v1/endpoints/${id}`, { method: "PATCH", body: { rateLimit: null } })
    await receiver.waitFor(cancelled.done, 15_000)
    const messages = store.db.prepare("SELECT count(*) AS count FROM queue WHERE grp = ?")
    await until(() => (messages.get(job.id) as { count: number }).count === 0, "the next step's message")
    await until(async () => (await relay.api<{ heldCount: number }>(`/v1/endpoints/${id}`)).body.heldCount === 0)
    await relay.runtime.idle()
    const arrived = new Set(idsOf(receiver))
    // A step that was under way when it was cancelled may have opened its piece.
    expect(arrived.size).toBeGreaterThanOrEqual(cancelled.done)
    expect(arrived.size).toBeLessThanOrEqual(cancelled.done + STEP_EVENTS)
    expect(await jobOf(relay, job.id)).toEqual(cancelled)
  })
})

const customEvent = (position: number): LogRow => ({
  log: "system",
  position,
  event: {
    id: derivedId("event", "bulk", String(position)),
    type: "custom.bulk" as never,
    timestamp: iso(Date.now()),
    data: { position } as never,
  },
  seenAt: Date.now(),
  conversationId: null,
  sequence: null,
  previous: null,
  forgotten: false,
})

interface TextEvent {
  data: { message: { text: string } }
}
