import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { ENDPOINT_ID } from "../delivery/test-world.ts"
import { derivedId } from "../id.ts"
import { JOBS_UNFINISHED_MAX } from "../job.ts"
import { COUNT_EVENTS_MAX, COUNT_MS_MAX } from "./count.ts"
import { dryRun } from "./create.ts"
import type { ReplayRequest } from "./progress.ts"
import { ACCOUNT, createReplayWorld, eventIdAt, JOB_ID, type ReplayWorld } from "./test-replay.ts"

let world: ReplayWorld
beforeEach(async () => {
  world = await createReplayWorld()
  await world.addEndpoint({ eventTypes: ["message.received", "message.sent"] })
})
afterEach(() => world.store.close())

const count = async (request: Partial<ReplayRequest>) =>
  await dryRun(
    { since: null, until: null, eventTypes: null, eventIds: null, onlyFailed: false, ...request },
    (await world.store.getEndpoint(ENDPOINT_ID))!,
    world.replayDeps,
  )
const opened = async (request: Partial<ReplayRequest>, most: number): Promise<number[]> => {
  await world.ask(request)
  await world.work()
  const positions = Array.from({ length: most }, (_, index) => index + 1)
  const rows = await Promise.all(positions.map((position) => world.delivery(position)))
  return positions.filter((_, index) => rows[index]?.jobId === JOB_ID)
}

describe("what a replay is about", () => {
  it.each([1, 2, 99, 100, 101, 237, 300])(
    "since an instant, inclusive, found in a long log without reading it from its first row (%i)",
    async (first) => {
      await world.append(1, 300, (position) => ({ seenAt: world.seenAt(position * 1_000) }))
      const reads: number[] = []
      const { store } = world
      world.replayDeps.store = {
        ...world.replayDeps.store,
        readLog: async (log, after, limit) => {
          const rows = await store.readLog(log, after, limit)
          reads.push(...rows.map(({ position }) => position))
          return rows
        },
      }
      const since = world.seenAt(first * 1_000)
      const positions = await opened({ since }, 300)
      expect(positions).toEqual(Array.from({ length: 301 - first }, (_, index) => first + index))
      expect(Math.min(...reads)).toBeGreaterThanOrEqual(first - 1)
    },
  )

  it("since an instant, in a log whose first rows went with retention", async () => {
    await world.append(200, 300, (position) => ({ seenAt: world.seenAt(position * 1_000) }))
    const starts: number[] = []
    const { store } = world
    world.replayDeps.store = {
      ...world.replayDeps.store,
      readLog: (...input) => (starts.push(input[1]), store.readLog(...input)),
    }
    expect(await opened({ since: world.seenAt(250_000) }, 300)).toHaveLength(51)
    expect(Math.min(...starts)).toBe(249)
  })

  it("in the log whose writers' clocks are minutes apart, none of those between", async () => {
    const shift = (position: number) => (position % 2 === 0 ? 0 : -300)
    await world.append(1, 900, (position) => ({ seenAt: world.seenAt(position + shift(position)) }), "system")
    await world.ask({ since: world.seenAt(250), until: world.seenAt(550) })
    expect((await world.job()).matched).toBe(300)
    await world.work()
    expect((await world.job()).done).toBe(300)
  })

  it("since an instant between them, too", async () => {
    const shift = (position: number) => (position % 2 === 0 ? 0 : -300)
    await world.append(1, 900, (position) => ({ seenAt: world.seenAt(position + shift(position)) }), "system")
    await world.ask({ since: world.seenAt(500), until: world.seenAt(550) })
    expect((await world.job()).matched).toBe(50)
  })

  it("until an instant, exclusive, and no further read than that", async () => {
    await world.append(1, 1_500)
    const positions = await opened({ since: world.seenAt(3), until: world.seenAt(7) }, 20)
    expect(positions).toEqual([3, 4, 5, 6])
    expect((await world.job()).matched).toBe(4)
  })

  it("of the types asked for, of those the endpoint asks for", async () => {
    const types = ["message.received", "message.sent", "message.updated"] as const
    await world.append(1, 6, (position) => ({
      event: { id: eventIdAt(position), type: types[position % 3]!, timestamp: "", data: {} as never },
    }))
    expect(await opened({ since: 0, eventTypes: ["message.sent", "message.updated"] }, 6)).toEqual([1, 4])
  })

  it("never a ping, though the endpoint's types may list it", async () => {
    const row = (await world.store.getEndpoint(ENDPOINT_ID))!
    await world.store.putEndpoint({ ...row, version: 2, eventTypes: ["ping"] }, 1)
    const ping = { id: eventIdAt(1), type: "ping" as const, timestamp: "", data: {} as never }
    await world.append(1, 1, () => ({ event: ping }))
    expect(await opened({ since: 0 }, 1)).toEqual([])
  })

  it("not what a backfill brought for other endpoints", async () => {
    const others = derivedId("endpoint", "other")
    await world.append(1, 3, (position) => ({ only: [[others], [others, ENDPOINT_ID], []][position - 1]! }))
    expect(await opened({ since: 0 }, 3)).toEqual([2])
  })

  it("not what was forgotten, nor what retention has removed or no longer covers", async () => {
    await world.append(3, 10, (position) => ({ forgotten: position === 8 }))
    world.replayDeps.settings = { retentionMs: world.now - world.seenAt(5) }
    expect(await opened({ since: 0 }, 10)).toEqual([5, 6, 7, 9, 10])
  })

  it("by ids: these events, in whichever log, if the endpoint asks for them", async () => {
    await world.append(1, 5)
    await world.append(1, 2, () => ({}), "system")
    const job = await world.ask({ eventIds: [eventIdAt(4), eventIdAt(2, "system")] })
    expect(job.matched).toBe(2)
    await world.work()
    expect((await world.delivery(4))?.jobId).toBe(JOB_ID)
    expect(await world.store.getDelivery(eventIdAt(2, "system"), ENDPOINT_ID)).toMatchObject({
      log: "system",
      position: 2,
      accountId: null,
      jobId: JOB_ID,
    })
    expect(await world.delivery(3)).toBeNull()
  })

  it("refuses an id that no event has, and names its place", async () => {
    await world.append(1, 1)
    await expect(world.ask({ eventIds: [eventIdAt(1), eventIdAt(9)] })).rejects.toMatchObject({
      code: "validation_failed",
      errors: [{ in: "body", pointer: "/eventIds/1" }],
    })
  })
})

describe("the count before it", () => {
  it("is what the replay then comes to, and changes nothing", async () => {
    await world.append(1, 120)
    const before = world.sent.length
    const counted = await count({ since: world.seenAt(11) })
    expect(counted).toEqual({ matched: 110, oldest: world.seenAt(11), newest: world.seenAt(120), isExact: true })
    expect([await world.delivery(11), world.sent.length, await world.store.listJobs()]).toEqual([null, before, []])
    expect(await opened({ since: world.seenAt(11) }, 120)).toHaveLength(110)
  })

  it("of nothing has no first and no last", async () => {
    expect(await count({ since: 0 })).toEqual({ matched: 0, oldest: null, newest: null, isExact: true })
  })

  it("ends at its bound of events and says so; the job counts on", async () => {
    await world.append(1, COUNT_EVENTS_MAX + 10)
    expect(await count({ since: 0 })).toMatchObject({ matched: COUNT_EVENTS_MAX, isExact: false })
  })

  it("ends at its bound of time and says so", async () => {
    await world.append(1, 250)
    const { store } = world
    world.replayDeps.store = {
      ...world.replayDeps.store,
      readLog: (...input) => ((world.now += COUNT_MS_MAX), store.readLog(...input)),
    }
    expect(await count({ since: 0 })).toMatchObject({ matched: 100, isExact: false })
  })

  it("that was cut off is made good by the job: at its end matched is what there was", async () => {
    await world.append(1, 250)
    const { store } = world
    const { store: before } = world.replayDeps
    world.replayDeps.store = {
      ...before,
      readLog: (...input) => ((world.now += COUNT_MS_MAX), store.readLog(...input)),
    }
    expect((await world.ask({ since: 0 })).matched).toBe(100)
    world.replayDeps.store = before
    await world.work(2)
    expect(await world.job()).toMatchObject({ status: "running", matched: 200, done: 200 })
    await world.work()
    expect(await world.job()).toMatchObject({ status: "succeeded", matched: 250, done: 250 })
  })
})

describe("what stands against a replay", () => {
  it("an unfinished one of the same endpoint, by its name", async () => {
    await world.append(1, 1)
    await world.ask({ since: 0 })
    const again = world.ask({ since: 0 }, derivedId("job", "2"))
    await expect(again).rejects.toMatchObject({ code: "conflict" })
    await expect(again).rejects.toThrow(JOB_ID)
    await world.work()
    expect((await world.ask({ since: 0 }, derivedId("job", "2"))).status).toBe("queued")
  })

  it("an endpoint that is gone", async () => {
    const row = (await world.store.getEndpoint(ENDPOINT_ID))!
    await world.store.putEndpoint({ ...row, version: 2, status: "disabled", disabledReason: "gone" }, 1)
    await expect(world.ask({ since: 0 })).rejects.toMatchObject({ code: "conflict" })
  })

  it("too many unfinished jobs, of whichever kind", async () => {
    const first = await world.ask({ since: 0 })
    for (let n = 1; n < JOBS_UNFINISHED_MAX; n++)
      await world.store.putJob(
        { ...first, id: derivedId("job", String(n)), kind: "backfill", endpointId: null, accountId: ACCOUNT },
        null,
      )
    await world.addEndpoint({ id: derivedId("endpoint", "other") })
    const row = (await world.store.getJob(JOB_ID))!
    await world.store.putJob({ ...row, version: 2, endpointId: derivedId("endpoint", "other") }, 1)
    const more = world.ask({ since: 0 }, derivedId("job", "more"))
    await expect(more).rejects.toMatchObject({ code: "conflict" })
    await expect(more).rejects.toThrow(/^20 jobs/)
  })
})
