import fc from "fast-check"
import { describe, expect, it } from "vitest"

import type { PosthornEvent } from "../generated/events.ts"
import { catchUp, type CatchUpOptions, type WalkPage } from "./catch-up.ts"

/** A deployment's logs and its forward walk, as docs/consuming.md describes it: a position per log, logs interleave as they like. */
const deployment = () => {
  const logs: string[][] = [[], [], []]
  const walk = async (after: string, limit: number): Promise<WalkPage> => {
    const at =
      after === "start" ? [0, 0, 0] : after === "now" ? logs.map((log) => log.length) : after.split(".").map(Number)
    const data: string[] = []
    for (let took = true; took && data.length < limit;) {
      took = false
      for (const [index, log] of logs.entries()) {
        const id = log[at[index] ?? 0]
        if (id === undefined || data.length === limit) continue
        data.push(id)
        at[index] = (at[index] ?? 0) + 1
        took = true
      }
    }
    return { data: data.map((id) => ({ id }) as PosthornEvent), nextCursor: at.join(".") }
  }
  const publish = (log: number): void => void logs[log]?.push(`evt_${String(log)}_${String(logs[log].length)}`)
  return { logs, walk, publish }
}

const sleepNever = (): Promise<void> => Promise.reject(new Error("there was nothing to wait for"))

const all = async (options: CatchUpOptions, walk: (after: string, limit: number) => Promise<WalkPage>) => {
  const caught: { id: string; bookmark: string }[] = []
  for await (const { event, bookmark } of catchUp(options, { walk, sleep: sleepNever }))
    caught.push({ id: event.id, bookmark })
  return caught
}

describe("catching up", () => {
  it("whoever dies anywhere, and goes on from the last bookmark stored, gets every event, and twice at most the one it died in", async () => {
    const life = fc.record({
      /** How many events it handles before it dies. */
      handles: fc.nat(12),
      /** Whether it dies between handling and storing. */
      storesLast: fc.boolean(),
      pageSize: fc.integer({ min: 1, max: 7 }),
      /** What is published before it lives again, by log. */
      publishes: fc.array(fc.nat(2), { maxLength: 10 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(life, { maxLength: 12 }), async (lives) => {
        const { logs, walk, publish } = deployment()
        const handled: string[] = []
        let stored = "start"
        let mayRepeat = 0
        for (const { handles, storesLast, pageSize, publishes } of lives) {
          for (const log of publishes) publish(log)
          let left = handles
          for await (const { event, bookmark } of catchUp({ after: stored, pageSize }, { walk, sleep: sleepNever })) {
            handled.push(event.id)
            left--
            if (left <= 0 && !storesLast) {
              mayRepeat++
              break
            }
            stored = bookmark
            if (left <= 0) break
          }
        }
        handled.push(...(await all({ after: stored }, walk)).map(({ id }) => id))
        expect(new Set(handled)).toEqual(new Set(logs.flat()))
        expect(handled.length - logs.flat().length).toBeLessThanOrEqual(mayRepeat)
        // In the order of its log, but for what came again.
        const firsts = [...new Set(handled)]
        for (const [index, log] of logs.entries())
          expect(firsts.filter((id) => id.startsWith(`evt_${String(index)}_`))).toEqual(log)
      }),
    )
  })

  it("begins at now with a bookmark before any event, so that a program that dies at once misses nothing", async () => {
    const { walk, publish } = deployment()
    publish(0)
    const marks: string[] = []
    expect(await all({ after: "now", onCaughtUp: (bookmark) => void marks.push(bookmark) }, walk)).toEqual([])
    publish(0)
    publish(1)
    const later = await all({ after: marks[0] ?? "" }, walk)
    expect(later.map(({ id }) => id)).toEqual(["evt_0_1", "evt_1_0"])
  })

  it("follows: waits when there is nothing more, and goes on where it was", async () => {
    const { walk, publish } = deployment()
    const waits: number[] = []
    const sleep = async (ms: number): Promise<void> => {
      waits.push(ms)
      publish(1)
    }
    const seen: string[] = []
    for await (const { event } of catchUp({ after: "start", follow: true, pollMs: 250 }, { walk, sleep })) {
      seen.push(event.id)
      if (seen.length === 3) break
    }
    expect(seen).toEqual(["evt_1_0", "evt_1_1", "evt_1_2"])
    expect(waits).toEqual([250, 250, 250])
  })

  it("a bookmark does not grow with the events that were handled", async () => {
    const { walk, publish } = deployment()
    for (let count = 0; count < 60; count++) publish(count % 3)
    const caught = await all({ after: "start", pageSize: 5 }, walk)
    const resumed = await all({ after: caught[2]?.bookmark ?? "", pageSize: 5 }, walk)
    for (const marks of [caught, resumed]) {
      expect(Math.max(...marks.map(({ bookmark }) => bookmark.split("~").length))).toBe(5)
      expect(marks.at(-1)?.bookmark).toBe("20.20.20")
    }
  })

  it("what was forgotten since does not stop it, nor stay in the bookmark", async () => {
    const { walk, publish } = deployment()
    publish(0)
    const caught = await all({ after: "start~evt_9_9" }, walk)
    expect(caught.map(({ id }) => id)).toEqual(["evt_0_0"])
    const marks: string[] = []
    await all({ after: caught[0]?.bookmark ?? "", onCaughtUp: (bookmark) => void marks.push(bookmark) }, walk)
    expect(marks).toEqual(["1.0.0"])
  })

  it("refuses an empty place and a wait that would be none", async () => {
    const { walk } = deployment()
    await expect(all({ after: "" }, walk)).rejects.toThrow(/"start" or "now"/)
    await expect(all({ after: "start", pollMs: 0 }, walk)).rejects.toThrow(/pollMs/)
  })
})
