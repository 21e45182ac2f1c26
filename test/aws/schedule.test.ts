import { scheduledAt } from "@posthorn/aws/scheduled-at"
import { silentLogger } from "@posthorn/core/logger"
import { discover } from "@posthorn/core/poll/discover"
import type { PollMessage } from "@posthorn/core/poll/due"
import { PollMessage as Schema } from "@posthorn/core/poll/due"
import { pollNow, type ScheduleDeps, tick } from "@posthorn/core/poll/schedule"
import type { Message } from "@posthorn/core/ports"
import { iso, MINUTE_MS } from "@posthorn/core/time"
import { beforeEach, describe, expect, it } from "vitest"

import { type MemoryStore, memoryStore } from "../simulation/memory-store.ts"

/** The first instant of a minute that ends in 1: no accounts are looked for in it. */
const T0 = 30_000_001 * MINUTE_MS
let now: number
let store: MemoryStore
let sent: Message<PollMessage>[]
let looked: string[][]
beforeEach(() => {
  now = T0
  store = memoryStore()
  sent = []
  looked = []
})
const clock = { now: () => now, sleep: async () => {} }
const queue: ScheduleDeps["queue"] = {
  send: async (messages) => {
    sent.push(...messages)
    return messages.map(() => null)
  },
}
const nameless = { name: null, publicId: null, pictureUrl: null, status: null, connected: true }
const add = async (...ids: string[]): Promise<number> =>
  discover({
    store,
    upstream: { listAccounts: async () => ids.map((id) => ({ id, ...nameless })) },
    clock,
    accountIds: null,
  })
const deps = (more: Partial<ScheduleDeps> = {}): ScheduleDeps => ({
  store,
  queue,
  clock,
  logger: silentLogger,
  settings: { intervalMs: MINUTE_MS, requestsPerMinute: 60 },
  discover: async (known) => {
    looked.push([...known])
    return 0
  },
  ...more,
})
const polls = (): [string, number][] => sent.map(({ body, notBefore }) => [body.accountId, notBefore - T0])

describe("a tick", () => {
  it("deals out one poll for each account and minute, whatever the second it comes at", async () => {
    await add("a", "b")
    await store.setNextPollAt("b", T0 + 20_000)
    now = T0 + 700
    expect(await tick(deps())).toBe(2)
    expect(polls()).toEqual([
      ["a", 0],
      ["b", 20_000],
    ])
    expect(sent.map(({ body }) => Schema.parse(body))).toEqual(sent.map(({ body }) => body))
    expect(sent[0]?.group).toBe("a")
  })

  it("deals several polls of an account into a minute where it is polled more often", async () => {
    await add("a")
    await tick(deps({ settings: { intervalMs: 20_000, requestsPerMinute: 60 } }))
    expect(polls().map(([, at]) => at)).toEqual([0, 20_000, 40_000])
    expect(sent[0]?.body.pace).toEqual({ intervalMs: 20_000, stretched: null })
  })

  it("deals no more than the minute may have, and says so where that stretches the interval", async () => {
    await add(...Array.from({ length: 30 }, (_, index) => `account-${String(index + 10)}`))
    await tick(deps({ settings: { intervalMs: MINUTE_MS, requestsPerMinute: 30 } }))
    const spent = sent.reduce((sum, { body }) => sum + body.grant.list + body.grant.threads, 0)
    expect(spent).toBe(24)
    expect(sent[0]?.body.pace?.intervalMs).toBe(150_000)
    expect(sent[0]?.body.pace?.stretched).toMatch(/^Polled every 150 s instead of 60 s: 30 accounts share 24 requests/)
  })

  it("is one a minute", async () => {
    await add("a")
    const answers = await Promise.all([tick(deps()), tick(deps()), tick(deps())])
    expect(answers.sort()).toEqual([0, 0, 1])
    now += 59_999
    expect(await tick(deps())).toBe(0)
    now += 1
    expect(await tick(deps())).toBe(1)
  })

  it("is of the minute it was scheduled for, though it comes late and the next one on time", async () => {
    await add("a", "b")
    await store.setNextPollAt("b", T0 + MINUTE_MS + 20_000)
    now = T0 + 58_000
    expect(await tick(deps(), T0)).toBe(1)
    now = T0 + MINUTE_MS
    // No poll of a has ended yet. What falls due in this minute was left to its own tick.
    expect(await tick(deps(), T0 + MINUTE_MS)).toBe(2)
    expect(polls()).toEqual([
      ["a", 0],
      ["a", 0],
      ["b", 80_000],
    ])
    expect(await tick(deps(), T0)).toBe(0)
  })

  it("is lost by no other that comes within the same minute of the clock", async () => {
    await add("a")
    now = T0 + 100
    expect(await tick(deps(), T0)).toBe(1)
    now = T0 + 59_900
    expect(await tick(deps(), T0 + MINUTE_MS)).toBe(1)
  })

  it("goes on where the queue refuses", async () => {
    await add(...Array.from({ length: 12 }, (_, index) => `account-${String(index + 10)}`))
    const sizes: number[] = []
    const refusing: ScheduleDeps["queue"] = {
      send: async (messages) => {
        sizes.push(messages.length)
        return messages.map(() => "no")
      },
    }
    await tick(deps({ queue: refusing }))
    expect(sizes).toEqual([10, 2])
  })

  it("looks for accounts every ten minutes, and whenever there are none", async () => {
    await tick(deps())
    expect(looked).toEqual([[]])
    await add("a")
    for (let minute = 1; minute <= 20; minute += 1) {
      now = T0 + minute * MINUTE_MS
      await tick(deps())
    }
    expect(looked).toEqual([[], ["a"], ["a"]])
  })

  it("polls at once what it has just found", async () => {
    expect(await tick(deps({ discover: () => add("a") }))).toBe(1)
    expect(polls()).toEqual([["a", 0]])
  })

  it("polls the accounts it knows while upstream lists none", async () => {
    await add("a")
    now = T0 + 9 * MINUTE_MS
    expect(await tick(deps({ discover: () => Promise.reject(new Error("away")) }))).toBe(1)
  })
})

describe("the time that an event of the scheduler tells", () => {
  const at = (scheduledTime: unknown): number => scheduledAt({ scheduledTime }, T0)

  it("is the tick's, to the second", () => {
    expect(at(iso(T0 - 58_000).replace(".000Z", "Z"))).toBe(T0 - 58_000)
    expect(at(iso(T0 - 10 * MINUTE_MS))).toBe(T0 - 10 * MINUTE_MS)
    expect(at(iso(T0 + 10 * MINUTE_MS))).toBe(T0 + 10 * MINUTE_MS)
  })

  it.each([
    ["too long ago", iso(T0 - 10 * MINUTE_MS - 1)],
    ["too far ahead", iso(T0 + 10 * MINUTE_MS + 1)],
    ["a placeholder that nobody filled in", "<aws.scheduler.scheduled-time>"],
    ["no instant", "2027-02-30T00:00:00Z"],
    ["a number", T0 - 1],
  ])("is the clock's where it is %s", (_, told) => {
    expect(at(told)).toBe(T0)
  })

  it.each([[undefined], [null], ["text"], [{}], [{ version: "1.0" }]])(
    "is the clock's where the event is %j",
    (event) => {
      expect(scheduledAt(event, T0)).toBe(T0)
    },
  )
})

describe("a poll on request", () => {
  it("is made of the reserve while there is one, and by the next tick after that", async () => {
    await add("a")
    const settings = { intervalMs: MINUTE_MS, requestsPerMinute: 30 }
    await store.setNextPollAt("a", T0 + 50_000)
    await pollNow("a", { store, queue, clock, settings })
    expect(sent[0]).toMatchObject({ group: "a", notBefore: T0, body: { at: T0, grant: { list: 1, threads: 3 } } })
    expect((await store.getAccount("a"))?.pollAskedAt).toBe(T0)
    await pollNow("a", { store, queue, clock, settings })
    expect(sent[1]?.body.grant).toEqual({ list: 1, threads: 1 })
    await pollNow("a", { store, queue, clock, settings })
    expect(sent).toHaveLength(2)
    expect((await store.getAccount("a"))?.pollAskedAt).toBe(T0)
  })
})
