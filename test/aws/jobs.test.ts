import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from "@posthorn/core/time"
import { person } from "@posthorn/simulator/person"
import { expect, it } from "vitest"

import { isSigned, type Receiver } from "../receiver.ts"
import type { Cloud } from "./cloud.ts"
import { onAws } from "./on-aws.ts"

interface JobJson {
  id: string
  kind: string
  status: string
  matched: number
  done: number
  missing: number | null
  error: string | null
}
interface EnvelopeJson {
  id: string
  data: { message: { text: string }; backfill: boolean }
}

const alice = person("Alice Example")
const received = { eventTypes: ["message.received"] }
const eventsAt = ({ requests }: Receiver): EnvelopeJson[] =>
  requests.map(({ body }) => JSON.parse(body) as EnvelopeJson)
const jobOf = async (cloud: Cloud, { id }: JobJson): Promise<JobJson> =>
  (await cloud.api<JobJson>(`/v1/jobs/${id}`)).body
const isEnded = ({ status }: JobJson): boolean => !["queued", "running"].includes(status)
const idsOf = ({ requests }: Receiver, from = 0): string[] =>
  requests
    .slice(from)
    .map(({ id }) => id)
    .sort()

const STEPS_MAX = 40
/** Lets time pass from one delayed message to the next until none waits. */
const passAll = async (cloud: Cloud): Promise<void> => {
  for (let steps = 0; await cloud.next(); steps++) {
    if (steps === STEPS_MAX) throw new Error(`more than ${STEPS_MAX} steps`)
    await cloud.drain()
  }
}

onAws("jobs on AWS", ({ baselined, receive, write }) => {
  it("replay what a broken receiver missed, under the same ids, and end", async () => {
    const env = { POSTHORN_RETRY_SECONDS: "60" }
    const [cloud, receiver] = [await baselined({ env }), await receive()]
    const { id, secret } = await cloud.endpoint(receiver.port, received)
    const since = iso(cloud.now())
    receiver.answer({ status: 500 })
    write(cloud, "lost 1", "lost 2", "lost 3")
    await cloud.tick()
    await cloud.drain()
    await passAll(cloud)
    const exhausted = (await cloud.api<{ data: { eventId: string }[] }>("/v1/deliveries?status=exhausted")).body.data
    expect(exhausted).toHaveLength(3)

    receiver.answer({ status: 200 })
    const path = `/v1/endpoints/${id}/replay`
    const counted = await cloud.api(path, { since, onlyFailed: true, dryRun: true })
    expect(counted).toMatchObject({ status: 200, body: { matched: 3, exact: true } })
    const before = receiver.requests.length
    const { status, body: job } = await cloud.api<JobJson>(path, { since, onlyFailed: true })
    expect(status).toBe(202)
    await passAll(cloud)
    expect(await jobOf(cloud, job)).toMatchObject({ status: "succeeded", matched: 3, done: 3 })
    expect(idsOf(receiver, before)).toEqual(exhausted.map(({ eventId }) => eventId).sort())
    expect(receiver.requests.slice(before).every((request) => isSigned(request, secret))).toBe(true)
  })

  it("are resumed by the sweep when the message of their step was lost", async () => {
    const [cloud, receiver] = [await baselined(), await receive()]
    const { id } = await cloud.endpoint(receiver.port, received)
    const since = iso(cloud.now())
    write(cloud, "again")
    await cloud.tick()
    await cloud.settle()
    let lost = 0
    cloud.gateway.fault = (operation, asked) => {
      if (operation !== "SendMessageBatch" || !JSON.stringify(asked).includes("job_")) return null
      lost++
      const Successful = (asked["Entries"] as { Id: string }[]).map(({ Id }) => ({ Id, MessageId: "lost" }))
      return { status: 200, body: { Successful, Failed: [] } }
    }
    const { body: job } = await cloud.api<JobJson>(`/v1/endpoints/${id}/replay`, { since })
    cloud.gateway.fault = null
    expect(lost).toBe(1)
    await passAll(cloud)
    await cloud.sweep()
    await passAll(cloud)
    expect((await jobOf(cloud, job)).status).toBe("queued")

    cloud.advance(2 * MINUTE_MS)
    await cloud.sweep()
    await passAll(cloud)
    expect(await jobOf(cloud, job)).toMatchObject({ status: "succeeded", done: 1 })
    expect(new Set(idsOf(receiver)).size).toBe(1)
    expect(receiver.requests).toHaveLength(2)
  })

  it("bring history to the endpoints that it was asked for, marked, and miss nothing afterwards", async () => {
    const [cloud, wants, other] = [await baselined(), await receive(), await receive()]
    const { world } = cloud.simulator
    const [account = ""] = world.accounts.keys()
    const { id } = await cloud.endpoint(wants.port, received)
    await cloud.endpoint(other.port, received)
    const now = world.now()
    const conversation = world.addConversation({ account, people: [alice], createdAt: now - 9 * DAY_MS })
    for (let hours = 100; hours > 0; hours -= 2)
      world.write({ conversation, from: alice, text: `h${String(hours)}`, sentAt: now - hours * HOUR_MS })

    const polls = async (job: JobJson): Promise<JobJson> => {
      for (let polls = 0; polls < STEPS_MAX; polls++) {
        await cloud.settle()
        const state = await jobOf(cloud, job)
        if (isEnded(state)) return state
        await cloud.tick()
      }
      throw new Error(`the job did not end in ${STEPS_MAX} polls`)
    }
    // Found as old: that much was there before.
    await cloud.tick()
    await cloud.settle()
    expect([wants.requests.length, other.requests.length]).toEqual([0, 0])

    const path = `/v1/accounts/${account}`
    const since = iso(cloud.now() - 3 * DAY_MS)
    expect(await cloud.api(`${path}/backfill`, { since, dryRun: true })).toMatchObject({
      status: 200,
      body: { conversations: 1 },
    })
    const backfill = await cloud.api<JobJson>(`${path}/backfill`, { since, endpointIds: [id] })
    expect(backfill.status).toBe(202)
    const done = await polls(backfill.body)
    await cloud.settle()
    const events = eventsAt(wants)
    expect(done).toMatchObject({ status: "succeeded", done: events.length, error: null })
    expect(events.length).toBeGreaterThanOrEqual(35)
    expect(events.every(({ data }) => data.backfill)).toBe(true)
    expect(new Set(events.map(({ data }) => data.message.text)).size).toBe(events.length)
    expect(other.requests).toEqual([])

    write(cloud, "live")
    await cloud.tick()
    await cloud.settle()
    expect(eventsAt(other).map(({ data }) => [data.message.text, data.backfill])).toEqual([["live", false]])

    const reconcile = await cloud.api<JobJson>(`${path}/reconcile`, null)
    expect(reconcile.status).toBe(202)
    expect(await polls(reconcile.body)).toMatchObject({ kind: "reconcile", status: "succeeded", missing: 0, done: 1 })
    await cloud.settle()
    expect(other.requests).toHaveLength(1)
    // What is read changes nothing in the owner's inbox.
    expect(world.sideEffects).toEqual([])
  })
})
