import { describe, expect, it } from "vitest"

import type { Checkpoint } from "../account.ts"
import type { Thread, ThreadMessage, ThreadWindow } from "../upstream/thread.ts"
import { readThread } from "./read-thread.ts"
import { checkpointOf, message, T } from "./test-samples.ts"

/** Upstream with `page` messages in a page; `forward` is how it answers "newer than" when there are more. */
const upstreamOf = (
  all: ThreadMessage[],
  {
    page,
    dialect = "legacy",
    newestFirst = false,
    grant = Infinity,
  }: { page: number; dialect?: Thread["dialect"]; newestFirst?: boolean; grant?: number },
) => {
  const asked: ThreadWindow["kind"][] = []
  const pageOf = (messages: ThreadMessage[], hasOlder: boolean): Thread => ({
    dialect,
    accountId: null,
    profileUrn: null,
    messages,
    unreadable: 0,
    participants: null,
    hasOlder,
    older: messages[0] === undefined ? null : String(messages[0].sentAt),
  })
  return {
    asked,
    readPage: async (window: ThreadWindow): Promise<Thread | null> => {
      if (asked.length >= grant) return null
      asked.push(window.kind)
      if (window.kind === "newest") return pageOf(all.slice(-page), all.length > page)
      if (window.kind === "older") {
        const before = all.filter((one) => one.sentAt < Number(window.than))
        return pageOf(before.slice(-Math.min(page, window.count)), before.length > page)
      }
      const after = all.filter((one) => one.sentAt >= window.from)
      const cut = Math.min(dialect === "legacy" ? window.count : page, window.count)
      return pageOf(newestFirst ? after.slice(-cut) : after.slice(0, cut), after.length > cut)
    },
  }
}
const thread = (count: number, from = 0, stepMs = 60_000) =>
  Array.from({ length: count }, (_, index) =>
    message(`m${String(from + index).padStart(5, "0")}`, T + (from + index + 1) * stepMs),
  )
const readWhole = async (checkpoint: Checkpoint, upstream: ReturnType<typeof upstreamOf>) =>
  await readThread({ id: "2-c" }, checkpoint, T, upstream.readPage)

describe("readThread", () => {
  it("takes one request for a thread with a few new messages", async () => {
    const all = thread(40)
    const upstream = upstreamOf(all, { page: 20 })
    const read = await readWhole(checkpointOf(T, all.slice(0, 37)), upstream)
    expect(upstream.asked).toEqual(["newest"])
    expect(read).toMatchObject({ complete: true, messages: { length: 20 } })
  })

  it("trap 12: reads back over a page when more has come in than the newest shows", async () => {
    const all = thread(60)
    const upstream = upstreamOf(all, { page: 20 })
    const read = await readWhole(checkpointOf(T, all.slice(0, 40)), upstream)
    expect(upstream.asked).toEqual(["newest", "older"])
    expect(read.messages.map((one) => one.id)).toEqual(all.slice(20).map((one) => one.id))
  })

  it('believes no "nothing older" of a page that is short only because some of it cannot be read', async () => {
    const all = thread(30)
    const upstream = upstreamOf(all, { page: 10 })
    const readPage = async (window: ThreadWindow): Promise<Thread | null> => {
      const page = await upstream.readPage(window)
      if (page === null || window.kind !== "newest") return page
      return { ...page, messages: page.messages.slice(1), unreadable: 1, hasOlder: false }
    }
    const read = await readThread({ id: "2-c" }, checkpointOf(T, all.slice(0, 15)), T, readPage)
    expect(all.slice(15).filter((one) => !read.messages.includes(one))).toEqual([all[20]])
  })

  it("walks forward from known ground, oldest first, when a page back does not reach it", async () => {
    const all = thread(400)
    const upstream = upstreamOf(all, { page: 20 })
    const read = await readWhole(checkpointOf(T, all.slice(0, 100)), upstream)
    expect(upstream.asked.slice(0, 3)).toEqual(["newest", "older", "newer"])
    expect(read.complete).toBe(true)
    const ids = read.messages.map((one) => one.id)
    expect(all.slice(100).every((one) => ids.includes(one.id))).toBe(true)
  })

  it("hands over a finished prefix when the grant ends on the way, and goes on from there", async () => {
    const all = thread(400)
    const first = await readWhole(checkpointOf(T, all.slice(0, 100)), upstreamOf(all, { page: 20, grant: 4 }))
    expect(first.complete).toBe(false)
    const reached = first.messages.at(-1)!
    const upTo = all.findIndex((one) => one.id === reached.id)
    expect(upTo).toBeLessThan(350)
    const ids = new Set(first.messages.map((one) => one.id))
    expect(all.slice(100, upTo + 1).every((one) => ids.has(one.id))).toBe(true)
  })

  it("makes headway in a thread where more is known within the span of late arrivals than a poll may read", async () => {
    const all = thread(2_000, 0, 100)
    let checkpoint = checkpointOf(T, all.slice(0, 10))
    for (let polls = 0; polls < 12; polls++) {
      const upstream = upstreamOf(all, { page: 20, grant: 6 })
      const read = await readWhole(checkpoint, upstream)
      checkpoint = checkpointOf(T, read.messages.concat(all.slice(0, 10)))
    }
    expect(checkpoint.known.at(-1)?.sentAt).toBe(all.at(-1)!.sentAt)
  })

  it("hands over nothing when the grant ends between the newest page and known ground", async () => {
    const all = thread(400)
    const read = await readWhole(checkpointOf(T, all.slice(0, 100)), upstreamOf(all, { page: 20, grant: 1 }))
    expect(read).toMatchObject({ complete: false, messages: [] })
  })

  it("loses nothing where upstream cuts off the near end of a long answer", async () => {
    const all = thread(300)
    const upstream = upstreamOf(all, { page: 50, dialect: "conversations", newestFirst: true })
    const read = await readWhole(checkpointOf(T, all.slice(0, 20)), upstream)
    expect(read.complete).toBe(true)
    const ids = new Set(read.messages.map((one) => one.id))
    expect(all.slice(20).every((one) => ids.has(one.id))).toBe(true)
  })

  it("gets past an instant that fills a page", async () => {
    const burst = Array.from({ length: 130 }, (_, index) =>
      message(`b${String(index).padStart(3, "0")}`, T + 5_000_000),
    )
    const all = [...thread(10), ...burst, ...thread(200, 200)]
    const read = await readWhole(checkpointOf(T, all.slice(0, 10)), upstreamOf(all, { page: 20 }))
    const ids = new Set(read.messages.map((one) => one.id))
    expect(burst.every((one) => ids.has(one.id))).toBe(true)
  })

  it("trap 23: does not believe a full page that says there is nothing older", async () => {
    const all = thread(60)
    const upstream = upstreamOf(all, { page: 20 })
    const lying = async (window: ThreadWindow) => {
      const page = await upstream.readPage(window)
      return page === null ? null : { ...page, hasOlder: false }
    }
    const read = await readThread({ id: "2-c" }, checkpointOf(T, all.slice(0, 35)), T, lying)
    expect(read.messages.map((one) => one.id)).toContain(all[35]!.id)
  })
})
