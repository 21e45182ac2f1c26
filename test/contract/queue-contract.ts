import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { Queue, Verdict } from "@posthorn/core/ports"
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@posthorn/core/time"

import { turns } from "./manual-time.ts"
import { T0 } from "./rows.ts"

export type Handler = (body: string, received: number) => Promise<Verdict>

/** A process with a queue. */
export interface QueueProcess {
  queue: Queue<string>
  /** Lets what is ready be handled. */
  idle: () => Promise<void>
  /** Ends the process at once; what it was handling is never answered. */
  kill: () => void
  counts: () => { queued: number; dead: number }
}

/** Where messages are kept, and the time by which they are handed out. It starts at T0. */
export interface QueueWorld {
  start(handler: Handler): QueueProcess
  advance(ms: number): Promise<void>
  /** Puts in a message that no `send` made, while no process runs. */
  sendRaw(group: string, body: string): void
  close(): Promise<void>
}

const done: Verdict = { kind: "delete" }
const never = new Promise<never>(() => {})

/** What every queue has to do. `perGroup` messages of a group are handed out at once. */
export const queueContract = (name: string, open: (perGroup: number) => Promise<QueueWorld>): void => {
  describe(`queue: ${name}`, () => {
    let world: QueueWorld
    let seen: string[]
    beforeEach(async () => {
      world = await open(3)
      seen = []
    })
    afterEach(() => world.close())

    const noting =
      (answer: Handler = async () => done): Handler =>
      (body, received) => {
        seen.push(body)
        return answer(body, received)
      }
    const message = (body: string, more: { group?: string; notBefore?: number } = {}) => ({
      body,
      group: "g",
      notBefore: T0,
      ...more,
    })

    it("hands out what was sent, once", async () => {
      const { queue, idle, counts } = world.start(noting())
      expect(await queue.send([message("a"), message("b", { group: "h" })])).toEqual([null, null])
      await idle()
      await world.advance(HOUR_MS)
      expect(seen).toEqual(["a", "b"])
      expect(counts()).toMatchObject({ queued: 0, dead: 0 })
    })

    it("takes no more than a batch", async () => {
      const { queue } = world.start(noting())
      await expect(queue.send(Array.from({ length: 11 }, (_, index) => message(String(index))))).rejects.toThrow(
        RangeError,
      )
      expect(await queue.send([])).toEqual([])
    })

    it("hands out nothing early", async () => {
      const { queue, idle } = world.start(noting())
      await queue.send([message("soon", { notBefore: T0 + 1 }), message("later", { notBefore: T0 + 40 * DAY_MS })])
      await idle()
      expect(seen).toEqual([])
      await world.advance(1)
      expect(seen).toEqual(["soon"])
      await world.advance(40 * DAY_MS - 2)
      expect(seen).toEqual(["soon"])
      await world.advance(1)
      expect(seen).toEqual(["soon", "later"])
    })

    it("hands out the sooner first, whatever the order of sending", async () => {
      const { queue } = world.start(noting())
      const at = [500, 100, 300, 200, 400]
      for (const offset of at) await queue.send([message(String(offset), { notBefore: T0 + offset })])
      await world.advance(1_000)
      expect(seen).toEqual(["100", "200", "300", "400", "500"])
    })

    it("keeps a message that is asked for again until then", async () => {
      const { queue, idle, counts } = world.start(
        noting(async () => (seen.length < 3 ? { kind: "again", at: T0 + seen.length * MINUTE_MS } : done)),
      )
      await queue.send([message("a")])
      await idle()
      expect(seen).toHaveLength(1)
      await world.advance(MINUTE_MS - 1)
      expect(seen).toHaveLength(1)
      await world.advance(1)
      expect(seen).toHaveLength(2)
      await world.advance(MINUTE_MS)
      expect(seen).toHaveLength(3)
      expect(counts().queued).toBe(0)
    })

    it("does not take `again` for a failure, however often", async () => {
      const counted: number[] = []
      const { queue, counts } = world.start(
        noting(async (_, received) => {
          counted.push(received)
          return counted.length < 30 ? { kind: "again", at: T0 + counted.length * MINUTE_MS } : done
        }),
      )
      await queue.send([message("a")])
      await world.advance(HOUR_MS)
      expect(counted).toEqual(Array.from({ length: 30 }, () => 1))
      expect(counts()).toMatchObject({ queued: 0, dead: 0 })
    })

    it("hands out at most so many of a group at once, and the rest as those finish", async () => {
      const open: (() => void)[] = []
      const { queue, idle } = world.start(noting(() => new Promise((resolve) => open.push(() => resolve(done)))))
      await queue.send(Array.from({ length: 8 }, (_, index) => message(String(index))))
      await turns()
      expect(seen).toEqual(["0", "1", "2"])
      open.shift()?.()
      await turns()
      expect(seen).toEqual(["0", "1", "2", "3"])
      while (open.length > 0) {
        open.shift()?.()
        await turns()
      }
      await idle()
      expect(seen).toHaveLength(8)
    })

    it("lets a group that hangs delay no other", async () => {
      const { queue } = world.start(noting((body) => (body.startsWith("hang") ? never : Promise.resolve(done))))
      for (let index = 0; index < 30; index += 1) await queue.send([message(`hang ${index}`, { group: "bad" })])
      for (let index = 0; index < 30; index += 1) await queue.send([message(`go ${index}`, { group: "good" })])
      await turns()
      expect(seen.filter((body) => body.startsWith("go"))).toHaveLength(30)
      expect(seen.filter((body) => body.startsWith("hang"))).toHaveLength(3)
    })

    it("works off a backlog that was there before it started, in order", async () => {
      const before = world.start(() => never)
      before.kill()
      for (let index = 0; index < 400; index += 1) await before.queue.send([message(String(index))])
      await before.queue.send([message("later", { notBefore: T0 + 5 })])
      const { idle, counts } = world.start(noting())
      await idle()
      const backlog = Array.from({ length: 400 }, (_, index) => String(index))
      expect(seen).toEqual(backlog)
      await world.advance(5)
      expect(seen).toEqual([...backlog, "later"])
      expect(counts().queued).toBe(0)
    })

    it("works off what became ready while no process ran, the soonest first", async () => {
      const before = world.start(() => never)
      before.kill()
      for (const offset of [500, 100, 300])
        await before.queue.send([message(String(offset), { notBefore: T0 + offset })])
      await world.advance(1_000)
      const { idle } = world.start(noting())
      await idle()
      expect(seen).toEqual(["100", "300", "500"])
    })

    it("catches up with a group that fell behind, in order", async () => {
      const open: (() => void)[] = []
      const { queue, idle, counts } = world.start(
        noting(() =>
          seen.length > 3 ? Promise.resolve(done) : new Promise((resolve) => open.push(() => resolve(done))),
        ),
      )
      for (let index = 0; index < 400; index += 1) await queue.send([message(String(index))])
      expect(seen).toHaveLength(3)
      for (const answer of open) answer()
      await idle()
      expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => String(index)))
      expect(counts().queued).toBe(0)
    })

    it("hands out again what a killed process had not answered", async () => {
      const killed = world.start(noting(() => never))
      await killed.queue.send([message("a"), message("b", { notBefore: T0 + 5 })])
      await turns()
      killed.kill()
      expect(seen).toEqual(["a"])
      const { idle } = world.start(noting())
      await idle()
      await world.advance(5)
      expect(seen).toEqual(["a", "a", "b"])
    })

    it("does not hand out again what was answered before", async () => {
      const first = world.start(noting())
      await first.queue.send([message("a")])
      await first.idle()
      first.kill()
      const second = world.start(noting())
      await second.idle()
      await world.advance(HOUR_MS)
      expect(seen).toEqual(["a"])
    })

    it("hands out again what its handler threw on, not at once", async () => {
      const received: number[] = []
      const { queue, idle, counts } = world.start(
        noting((_, count) => {
          received.push(count)
          if (count < 3) throw new Error("no")
          return Promise.resolve(done)
        }),
      )
      await queue.send([message("a")])
      await idle()
      expect(received).toEqual([1])
      await world.advance(HOUR_MS)
      expect(received).toEqual([1, 2, 3])
      expect(counts()).toMatchObject({ queued: 0, dead: 0 })
    })

    it("counts failures across a restart", async () => {
      const fails: Handler = () => Promise.reject(new Error("no"))
      const first = world.start(fails)
      await first.queue.send([message("a")])
      await first.idle()
      first.kill()
      const received: number[] = []
      world.start(async (_, count) => {
        received.push(count)
        return done
      })
      await world.advance(HOUR_MS)
      expect(received).toEqual([2])
    })

    it("sets a message aside that fails ten times", async () => {
      const { queue, counts } = world.start(noting(() => Promise.reject(new Error("no"))))
      await queue.send([message("a")])
      await world.advance(DAY_MS)
      expect(seen).toHaveLength(10)
      expect(counts()).toMatchObject({ queued: 0, dead: 1 })
    })

    it("sets a message aside at once that is not understood, and goes on", async () => {
      world.sendRaw("g", "{ not json")
      world.sendRaw("g", "42")
      const { queue, idle, counts } = world.start(noting())
      await queue.send([message("a")])
      await idle()
      expect(seen).toEqual(["a"])
      expect(counts()).toMatchObject({ queued: 0, dead: 2 })
    })

    it("takes a message back from a handler that never answers", async () => {
      let hung = false
      const { queue, counts } = world.start(
        noting(() => {
          if (hung) return Promise.resolve(done)
          hung = true
          return never
        }),
      )
      await queue.send([message("a")])
      await world.advance(HOUR_MS)
      expect(seen).toEqual(["a", "a"])
      expect(counts()).toMatchObject({ queued: 0, dead: 0 })
    })
  })
}
