import { person } from "@posthorn/simulator/person"
import { afterEach, describe, expect, it } from "vitest"

import { type Receiver, startReceiver } from "../receiver.ts"
import { type Relay, type RelayOptions, startRelay } from "../relay.ts"

interface Envelope {
  id: string
  type: string
  data: { message: { text: string }; sequence: number; backfill: boolean }
}
interface JobJson {
  id: string
  kind: string
  status: string
  done: number
  missing: number | null
  error: string | null
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const POLLS_MAX = 40

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const start = async (options: RelayOptions = {}): Promise<[Relay, Receiver]> => {
  const relay = await startRelay(options)
  const receiver = await startReceiver()
  cleanups.push(
    () => relay.stop(),
    () => relay.simulator.close(),
    () => receiver.close(),
  )
  await relay.endpoint(receiver.url, { eventTypes: ["message.received", "message.sent"] })
  return [relay, receiver]
}
const alice = person("Alice Example")
const bob = person("Bob Example")

/** A conversation that was there long before the relay was. Upstream shows it from now on. */
const past = (relay: Relay, name: string, hoursAgo: number[]): string => {
  const now = Date.now()
  const { id } = relay.simulator.world.addConversation({
    account: relay.accountId,
    people: [name === "a" ? alice : bob],
    createdAt: now - 60 * DAY_MS,
  })
  for (const hours of hoursAgo)
    relay.simulator.world.write({
      conversation: id,
      from: hours % 3 === 0 ? "owner" : name === "a" ? alice : bob,
      text: `${name}${hours}`,
      sentAt: now - hours * HOUR_MS,
    })
  return id
}
const eventsAt = (receiver: Receiver): Envelope[] => receiver.requests.map(({ body }) => JSON.parse(body) as Envelope)
/** Sorted: the order of deliveries is best effort. */
const textsOf = (events: Envelope[]): string[] => events.map(({ data }) => data.message.text).sort()
const job = async (relay: Relay, path: string, body: unknown): Promise<JobJson> => {
  const answer = await relay.api<JobJson>(`/v1/accounts/${relay.accountId}/${path}`, { method: "POST", body })
  expect([answer.status, answer.body]).toMatchObject([202, {}])
  return answer.body
}
const ended = async (relay: Relay, { id }: JobJson): Promise<JobJson> => {
  for (let polls = 0; polls < POLLS_MAX; polls++) {
    const { body } = await relay.api<JobJson>(`/v1/jobs/${id}`)
    if (!["queued", "running"].includes(body.status)) return body
    await relay.poll()
  }
  throw new Error(`job ${id} did not end in ${POLLS_MAX} polls`)
}
const range = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, index) => from - index)

describe("a backfill on the real runtime", () => {
  it.each([
    { generation: "v1", anchor: "inclusive", dialect: "legacy" },
    { generation: "v2", anchor: "exclusive", dialect: "legacy" },
    { generation: "v2", anchor: "inclusive", dialect: "conversations" },
  ] as const)(
    "since 7 days brings history, marked, once; live goes on ($generation, $anchor, $dialect)",
    async (manners) => {
      const [relay, receiver] = await start({ simulator: { ...manners, pageSize: { thread: 20, list: 2 } } })
      // More than 7 days of a, hourly, and some of b, long ago and lately.
      const a = past(relay, "a", range(200, 1))
      past(relay, "b", [400, 300, 100, 2])
      past(relay, "old", [500, 400])
      await relay.poll()
      await relay.runtime.idle()
      expect(receiver.requests).toEqual([])

      const made = await job(relay, "backfill", { since: new Date(Date.now() - 7 * DAY_MS).toISOString() })
      relay.simulator.world.write({ conversation: a, from: alice, text: "live" })
      expect(await ended(relay, made)).toMatchObject({ status: "succeeded", done: 167 + 2, error: null })
      relay.simulator.world.write({ conversation: a, from: alice, text: "more" })
      await relay.poll()
      await relay.runtime.idle()

      const events = eventsAt(receiver)
      const marked = events.filter(({ data }) => data.backfill)
      expect(new Set(textsOf(marked))).toEqual(new Set([...range(167, 1).map((hours) => `a${hours}`), "b100", "b2"]))
      expect(textsOf(events.filter(({ data }) => !data.backfill))).toEqual(["live", "more"])
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)

      const received = events.filter(
        ({ type, data }) => type === "message.received" && !data.message.text.startsWith("b"),
      )
      const sequences = received.map(({ data }) => data.sequence).sort((one, other) => one - other)
      expect(sequences).toEqual(sequences.map((_, index) => index + 1))
      // From the simulator's side: what a backfill reads changes nothing in the user's inbox.
      expect(relay.simulator.world.sideEffects).toEqual([])
    },
  )

  it("makes nothing twice when it is asked for again", async () => {
    const [relay, receiver] = await start()
    past(relay, "a", range(30, 1))
    const since = new Date(Date.now() - 2 * DAY_MS).toISOString()
    expect(await ended(relay, await job(relay, "backfill", { since }))).toMatchObject({ done: 30 })
    expect(await ended(relay, await job(relay, "backfill", { since }))).toMatchObject({ done: 0, status: "succeeded" })
    await relay.runtime.idle()
    expect(receiver.requests).toHaveLength(30)
  })

  it("goes to the named endpoints alone, while what is new goes to all", async () => {
    const [relay, others] = await start()
    const receiver = await startReceiver()
    cleanups.push(() => receiver.close())
    const { id } = await relay.endpoint(receiver.url, { eventTypes: ["message.received"] })
    const conversation = past(relay, "a", [4, 3, 2])
    const since = new Date(Date.now() - DAY_MS).toISOString()
    await ended(relay, await job(relay, "backfill", { since, endpointIds: [id] }))
    relay.simulator.world.write({ conversation, from: alice, text: "live" })
    await relay.poll()
    await relay.runtime.idle()
    expect(textsOf(eventsAt(others))).toEqual(["live"])
    // The third is the owner's own, which this endpoint did not ask for.
    expect(textsOf(eventsAt(receiver))).toEqual(["a2", "a4", "live"])
  })

  it("says beforehand how many conversations it would read", async () => {
    const [relay] = await start()
    past(relay, "a", [30])
    past(relay, "b", [20, 2])
    past(relay, "old", [500])
    const since = new Date(Date.now() - 2 * DAY_MS).toISOString()
    const path = `/v1/accounts/${relay.accountId}/backfill`
    expect(await relay.api(path, { body: { since, dryRun: true } })).toMatchObject({
      status: 200,
      body: { conversations: 2, exact: true },
    })
    expect((await relay.api<{ data: unknown[] }>("/v1/jobs")).body.data).toEqual([])
  })
})

describe("a reconciliation on the real runtime", () => {
  it("finds a message whose event was lost, delivers it, and then misses nothing", async () => {
    const [relay, receiver] = await start()
    const { id: conversation } = relay.simulator.world.addConversation({ account: relay.accountId, people: [alice] })
    const { store } = relay.runtime
    for (const text of ["one", "two"]) relay.simulator.world.write({ conversation, from: alice, text })
    await relay.poll()
    // As if it had been dropped: the message is older than all that is known, and below the floor.
    const lostAt = Date.now()
    relay.simulator.world.write({ conversation, from: alice, text: "lost", sentAt: lostAt })
    const checkpoint = (await store.getCheckpoint(relay.accountId, conversation))!
    await store.putCheckpoint(relay.accountId, { ...checkpoint, known: [], floor: lostAt }, checkpoint.upto)
    await relay.poll()
    await relay.runtime.idle()
    expect(textsOf(eventsAt(receiver))).toEqual(["one", "two"])

    relay.simulator.world.write({ conversation, from: alice, text: "three", sentAt: lostAt + 5 })
    await relay.poll()
    const first = await ended(relay, await job(relay, "reconcile", undefined))
    expect(first).toMatchObject({ kind: "reconcile", status: "succeeded", missing: 1, done: 4 })
    await relay.runtime.idle()
    const found = eventsAt(receiver)
    expect(textsOf(found)).toEqual(["lost", "one", "three", "two"])
    expect(found.filter(({ data }) => data.backfill)).toEqual([])
    expect(relay.logged.join("\n")).toContain('"fact":"reconcile.missing"')

    const second = await ended(relay, await job(relay, "reconcile", undefined))
    expect(second).toMatchObject({ status: "succeeded", missing: 0, done: 4 })
    expect(await store.getAccount(relay.accountId)).toMatchObject({ lastReconciliation: { checked: 4, missing: 0 } })
  })
})

describe("a paused account on the real runtime", () => {
  it("is left alone upstream, but polled once when asked, and goes on where it was", async () => {
    const [relay, receiver] = await start()
    const { id: conversation } = relay.simulator.world.addConversation({ account: relay.accountId, people: [alice] })
    const path = `/v1/accounts/${relay.accountId}`
    await relay.api(path, { method: "PATCH", body: { paused: true } })
    relay.simulator.world.write({ conversation, from: alice, text: "asked for" })
    await relay.poll()
    await receiver.waitFor(1)
    const { store } = relay.runtime
    const requests = relay.simulator.requests.length
    await store.setNextPollAt(relay.accountId, 0)
    const isTended = async () => ((await store.getAccount(relay.accountId))?.nextPollAt ?? 0) > 0
    await expect.poll(isTended, { timeout: 5_000 }).toBe(true)
    expect(relay.simulator.requests.length).toBe(requests)
  })
})
