import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { Verdict } from "@posthorn/core/ports"
import { silentLogger } from "@posthorn/core/logger"
import { HOUR_MS } from "@posthorn/core/time"

import { createLocalQueue, type LocalQueue, type LocalQueueDeps, RECEIVE_MAX, VISIBILITY_MS } from "./queue.ts"
import { openStore, type SqliteStore } from "./store/open.ts"

const NOW = Date.UTC(2026, 10, 1)
const done: Verdict = { kind: "delete" }
const never = new Promise<never>(() => {})
const turn = () => new Promise((resolve) => setImmediate(resolve))
const turns = async () => {
  for (let count = 0; count < 8; count += 1) await turn()
}

/** What every queue does is in test/contract/queue-contract.ts; this is what is special about this one. */
describe("the local queue", () => {
  let store: SqliteStore
  let now: number
  let timers: { at: number; ring: () => void }[]
  let errors: string[]
  beforeEach(() => {
    store = openStore({ path: ":memory:" })
    now = NOW
    timers = []
    errors = []
  })
  afterEach(() => store.close())

  const create = (
    handler: LocalQueueDeps<string>["handler"],
    more: Partial<LocalQueueDeps<string>> = {},
  ): LocalQueue<string> =>
    createLocalQueue<string>({
      store,
      kind: "test",
      clock: { now: () => now, sleep: async () => {} },
      setTimer: (at, ring) => {
        const timer = { at, ring }
        timers.push(timer)
        return () => void (timers = timers.filter((other) => other !== timer))
      },
      parse: String,
      logger: { ...silentLogger, error: (fact) => void errors.push(fact), warn: (fact) => void errors.push(fact) },
      handler,
      ...more,
    })
  const moveTo = async (at: number) => {
    now = at
    for (const timer of timers.filter((each) => each.at <= at)) {
      timers = timers.filter((other) => other !== timer)
      timer.ring()
      await turns()
    }
  }
  const message = (body: string, more: { group?: string; notBefore?: number } = {}) => ({
    body,
    group: "g",
    notBefore: now,
    ...more,
  })

  it("has handed a message out when `send` answers, one turn later, without a timer", async () => {
    const seen: string[] = []
    const queue = create(async (body) => (seen.push(body), done))
    queue.start()
    const sent = queue.send([message("a")])
    await turn()
    expect(seen).toEqual(["a"])
    expect(await sent).toEqual([null])
    await queue.idle()
  })

  it("keeps kinds apart", async () => {
    const seen: string[] = []
    const one = create(async (body) => (seen.push(`one ${body}`), done), { kind: "one" })
    const two = create(async (body) => (seen.push(`two ${body}`), done), { kind: "two" })
    await one.send([message("a")])
    await two.send([message("b")])
    two.start()
    await two.idle()
    expect(seen).toEqual(["two b"])
    expect(two.counts()).toEqual({ queued: 0, inFlight: 0, dead: 0 })
    one.start()
    await one.idle()
    expect(seen).toEqual(["two b", "one a"])
  })

  it("is idle when nothing is ready, though something waits", async () => {
    const queue = create(async () => done)
    queue.start()
    await queue.idle()
    const sent = queue.send([message("a"), message("later", { notBefore: NOW + 1 })])
    await queue.idle()
    expect(await sent).toEqual([null, null])
    expect(queue.counts()).toEqual({ queued: 1, inFlight: 0, dead: 0 })
  })

  it("stops when what is handed out is answered, and hands out no more", async () => {
    const open: ((verdict: Verdict) => void)[] = []
    const queue = create(() => new Promise((resolve) => open.push(resolve)), { perGroup: 1 })
    queue.start()
    await queue.send([message("a"), message("b")])
    let stopped = false
    const stopping = queue.stop().then(() => (stopped = true))
    await turns()
    expect(stopped).toBe(false)
    open[0]?.(done)
    await stopping
    expect(open).toHaveLength(1)
    expect(queue.counts()).toEqual({ queued: 1, inFlight: 0, dead: 0 })
    expect(timers).toEqual([])
  })

  it("stops at its deadline when a handler hangs", async () => {
    const queue = create(() => never)
    queue.start()
    await queue.send([message("a")])
    const stopping = queue.stop(1_000)
    await moveTo(NOW + 1_000)
    await stopping
    expect(queue.counts()).toEqual({ queued: 1, inFlight: 1, dead: 0 })
  })

  it("takes messages while it is stopped, and starts again with them", async () => {
    const seen: string[] = []
    const queue = create(async (body) => (seen.push(body), done))
    queue.start()
    await queue.stop()
    await queue.send([message("a")])
    await turns()
    expect(seen).toEqual([])
    queue.start()
    await queue.idle()
    expect(seen).toEqual(["a"])
  })

  it("says so when a message cannot be kept, and does not hand it out", async () => {
    const seen: string[] = []
    const queue = create(async (body) => (seen.push(body), done))
    queue.start()
    store.db.exec("DROP TABLE queue")
    expect(await queue.send([message("a")])).toEqual([expect.stringContaining("no such table")])
    await turns()
    expect(seen).toEqual([])
  })

  it("does not send for ever what it cannot delete", async () => {
    let count = 0
    const queue = create(async () => ((count += 1), done))
    store.db.exec("CREATE TRIGGER full BEFORE DELETE ON queue BEGIN SELECT raise(ABORT, 'disk full'); END")
    queue.start()
    await queue.send([message("a")])
    await turns()
    expect(count).toBe(1)
    expect(errors).toEqual(["queue.write_failed"])
    store.db.exec("DROP TRIGGER full")
    await moveTo(NOW + VISIBILITY_MS)
    await turns()
    expect(count).toBe(2)
    expect(queue.counts()).toEqual({ queued: 0, inFlight: 0, dead: 0 })
  })

  it("waits longer after each failure, and keeps what it sets aside", async () => {
    const at: number[] = []
    const queue = create(() => {
      at.push(now - NOW)
      return Promise.reject(new Error("broken"))
    })
    queue.start()
    await queue.send([message("a")])
    await turns()
    while (timers.length > 0) await moveTo(Math.min(...timers.map((timer) => timer.at)))
    expect(at.slice(0, 4)).toEqual([0, 1, 3, 6].map((times) => times * VISIBILITY_MS))
    expect(at).toHaveLength(RECEIVE_MAX)
    expect(store.db.prepare("SELECT kind, grp, received, reason, body FROM dead_letters").all()).toMatchObject([
      { kind: "test", grp: "g", received: RECEIVE_MAX, reason: "broken", body: '"a"' },
    ])
    expect(errors.at(-1)).toBe("queue.dead_letter")
  })

  it("deletes what a late handler has done after all", async () => {
    const open: ((verdict: Verdict) => void)[] = []
    const queue = create(() => new Promise((resolve) => open.push(resolve)))
    queue.start()
    await queue.send([message("a")])
    await moveTo(NOW + VISIBILITY_MS)
    expect(queue.counts()).toEqual({ queued: 1, inFlight: 0, dead: 0 })
    open[0]?.(done)
    await turns()
    expect(queue.counts()).toEqual({ queued: 0, inFlight: 0, dead: 0 })
    await moveTo(NOW + HOUR_MS)
    expect(open).toHaveLength(1)
  })

  it("gives a slot back when a handler is late, and does not count it twice", async () => {
    const open: ((verdict: Verdict) => void)[] = []
    const queue = create(() => new Promise((resolve) => open.push(resolve)), { perGroup: 1 })
    queue.start()
    await queue.send([message("a"), message("b"), message("c")])
    await moveTo(NOW + VISIBILITY_MS)
    expect(open).toHaveLength(2)
    open[0]?.(done)
    await turns()
    expect(open).toHaveLength(2)
    expect(queue.counts().inFlight).toBe(1)
  })

  it("goes by the system's timer when it is given none", async () => {
    const seen: number[] = []
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const queue = createLocalQueue<string>({
      store,
      kind: "test",
      clock: { now: Date.now, sleep: async () => {} },
      parse: String,
      handler: async () => {
        seen.push(Date.now())
        resolve(undefined)
        return done
      },
    })
    queue.start()
    const at = Date.now() + 30
    await queue.send([
      message("far", { notBefore: Date.now() + 60 * 24 * HOUR_MS }),
      message("soon", { notBefore: at }),
    ])
    await promise
    await queue.stop()
    expect(seen).toHaveLength(1)
    expect(seen[0]).toBeGreaterThanOrEqual(at)
  })

  it.each([1, 2, 3, 4, 5])(
    "wakes for a message whose instant comes while it is looking, %i looks later",
    async (early) => {
      const bodies: string[] = []
      // Timers ring a little early, and the clock goes on between two looks at it.
      let ticking = false
      const clock = { now: () => (ticking ? now++ : now), sleep: async () => {} }
      const queue = create(async (body) => (bodies.push(body), done), { clock })
      queue.start()
      await queue.send([{ body: "due", group: "g", notBefore: NOW + 50 }])
      const [timer] = timers
      timers = []
      now = NOW + 50 - early
      ticking = true
      timer?.ring()
      ticking = false
      now = NOW + 60
      for (const { at, ring } of timers) if (at <= now) ring()
      await turns()
      expect(bodies).toEqual(["due"])
    },
  )
})
