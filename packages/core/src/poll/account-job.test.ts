import { openStore, type SqliteStore } from "@posthorn/local/store/open"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { JobRow } from "../job.ts"
import type { LogRow } from "../log-row.ts"
import { silentLogger, type Fields } from "../logger.ts"
import { DAY_MS, HOUR_MS, iso } from "../time.ts"
import { UpstreamError } from "../upstream/thread.ts"
import { startHistory } from "./history.ts"
import { nightlyAt } from "./nightly.ts"
import type { PollDeps } from "./deps.ts"
import { poll } from "./poll.ts"
import { restoreJobs } from "./restore-jobs.ts"
import { startJob } from "./start-job.ts"
import { account, ACCOUNT_ID, message, T } from "./test-samples.ts"
import { scriptedUpstream } from "./test-upstream.ts"

let store: SqliteStore
let script: ReturnType<typeof scriptedUpstream>
let published: LogRow[]
let logged: { fact: string; fields: Fields | undefined }[]
let now: number
let deps: PollDeps

beforeEach(async () => {
  store = openStore({ path: ":memory:" })
  script = scriptedUpstream()
  published = []
  logged = []
  now = T
  const log = (fact: string, fields?: Fields) => void logged.push({ fact, fields })
  deps = {
    store,
    upstream: script.upstream,
    bus: {
      publish: async (entries) => {
        published.push(...(entries as LogRow[]))
        return entries.map(() => null)
      },
    },
    clock: { now: () => now, sleep: async () => {} },
    randomBytes: (size) => new Uint8Array(size).fill(7),
    logger: { ...silentLogger, info: log, warn: log, error: log },
    settings: { intervalMs: 60_000, stretched: null, requestsPerMinute: 60 },
  }
  await store.createAccount(account())
})
afterEach(() => store.close())

const pollOnce = async (threads = 20) => {
  now += 60_000
  return await poll({ v: 1, accountId: ACCOUNT_ID, at: now, grant: { list: 1, threads } }, deps)
}
const row = async () => (await store.getAccount(ACCOUNT_ID))!
const idOf = ({ event }: LogRow) => ("message" in event.data ? event.data.message.id.replace("2-", "") : event.type)
const ids = () => published.map(idOf)
const marks = () => published.map(({ event }) => "backfill" in event.data && event.data.backfill)
let jobs = 0
const ask = async (kind: "backfill" | "reconcile", since = T - 7 * DAY_MS, endpointIds: string[] | null = null) => {
  const input = kind === "backfill" ? { since: iso(since), endpointIds } : {}
  const id = `job_${String(++jobs).padStart(22, "0")}`
  return (await startJob(await row(), { id, kind, input, requestHash: null }, deps))!
}
const jobOf = async ({ id }: JobRow) => (await store.getJob(id))!
const work = async (job: JobRow, threads = 20): Promise<JobRow> => {
  for (let polls = 0; polls < 60 && (await row()).jobId !== null; polls++) await pollOnce(threads)
  return await jobOf(job)
}
/** `count` messages of the past, an hour apart, the newest an hour old; then the baseline. */
const baselined = async (conversations: Record<string, number>) => {
  for (const [id, count] of Object.entries(conversations))
    for (let hour = count; hour > 0; hour--) script.write(id, message(`${id}${hour}`, T - hour * HOUR_MS))
  await pollOnce()
  script.calls.length = 0
}

describe("a backfill", () => {
  it("brings what was written since, oldest first, marked as history, through the log", async () => {
    await baselined({ a: 5, b: 2 })
    const job = await ask("backfill", T - 3 * HOUR_MS)
    expect(await jobOf(job)).toMatchObject({ status: "queued" })
    expect(await work(job)).toMatchObject({ status: "succeeded", done: 5, error: null })
    expect(ids()).toEqual(["a3", "a2", "a1", "b2", "b1"])
    expect(new Set(marks())).toEqual(new Set([true]))
    expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 1, 2])
    expect(await row()).toMatchObject({ jobId: null, published: 5, lagMs: null, lastMessageAt: null })
  })

  it("leaves what is new to the live polls, and their ground as it was", async () => {
    await baselined({ a: 3 })
    script.write("a", message("new", T + 61_000))
    await pollOnce()
    const before = (await store.getCheckpoint(ACCOUNT_ID, "2-a"))!
    await work(await ask("backfill"))
    const after = (await store.getCheckpoint(ACCOUNT_ID, "2-a"))!
    expect([after.baseline, after.floor, after.known, after.glimpse]).toEqual([
      ...[before.baseline, before.floor, before.known, before.glimpse],
    ])
    script.write("a", message("newer", now + 1_000))
    await pollOnce()
    expect(ids()).toEqual(["new", "a3", "a2", "a1", "newer"])
    expect(marks()).toEqual([false, true, true, true, false])
    expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    expect(published.map(({ previous }) => previous)).toEqual([null, 1, 2, 3, 4])
  })

  it("gets to its end however few requests its polls have, with none twice", async () => {
    await baselined({ a: 350, b: 4, c: 120 })
    script.listPage = 2
    // One of them is what the live polls take here.
    expect(await work(await ask("backfill", T - 30 * DAY_MS), 2)).toMatchObject({ status: "succeeded", done: 474 })
    expect(new Set(ids()).size).toBe(474)
    expect(ids()).toHaveLength(474)
  })

  it("makes nothing twice when it is asked for again, and goes on where another ended", async () => {
    await baselined({ a: 6 })
    await work(await ask("backfill", T - 3 * HOUR_MS))
    expect(await work(await ask("backfill", T - 5 * HOUR_MS))).toMatchObject({ status: "succeeded", done: 2 })
    expect(ids()).toEqual(["a3", "a2", "a1", "a5", "a4"])
  })

  it("does not trust an index with what was made a moment ago", async () => {
    await baselined({ a: 6 })
    deps.store = { ...store, findEventLagging: async () => null }
    await work(await ask("backfill"))
    await work(await ask("backfill"))
    expect(ids()).toHaveLength(6)
  })

  it("finds a conversation that jumps to the front while the list is walked", async () => {
    for (const [index, id] of ["a", "b", "c"].entries()) script.write(id, message(`${id}1`, T - (index + 1) * HOUR_MS))
    await pollOnce()
    script.listPage = 1
    const { upstream } = script
    deps.upstream = {
      ...upstream,
      readThread: async (request) => {
        // The walk of the list is past its front, and c leaves the page that is still to come.
        if (request.conversation.id === "2-b") {
          script.write("c", message("new", now))
          deps.upstream = upstream
        }
        return await upstream.readThread(request)
      },
    }
    expect(await work(await ask("backfill"))).toMatchObject({ status: "succeeded", done: 3 })
    expect(ids()).toEqual(["a1", "b1", "new", "c1"])
  })

  it("lets the live polls tell of a new conversation first", async () => {
    await baselined({ a: 1 })
    script.failures.push({ on: "n", error: new UpstreamError("server_error", "sick") })
    script.write("n", message("n1", T + 61_000))
    await work(await ask("backfill"))
    expect(ids()).toEqual(["a1", "conversation.created", "n1"])
    expect(marks()).toEqual([true, false, false])
  })

  it("leaves out a conversation that fails for itself, and says so", async () => {
    await baselined({ a: 1, b: 1 })
    const { upstream } = script
    deps.upstream = {
      ...upstream,
      readThread: async (request) => {
        if (request.conversation.id === "2-a") throw new UpstreamError("server_error", "sick")
        return await upstream.readThread(request)
      },
    }
    const job = await work(await ask("backfill"))
    expect(job).toMatchObject({ status: "failed", done: 1 })
    expect(job.error).toBe(
      "1 conversations could not be read. Start it again to go on: what has its event gets no other.",
    )
  })

  it("spares upstream when it meets its rate limit, and the account stays healthy", async () => {
    await baselined({ a: 1 })
    script.failures.push({ on: "a", error: new UpstreamError("rate_limited", "slow down", { status: 429 }) })
    const job = await ask("backfill")
    await pollOnce()
    expect(await store.getBudget()).toMatchObject({ perMinute: 30 })
    expect(await row()).toMatchObject({ status: "healthy", consecutiveFailures: 0, jobId: job.id })
    expect(await work(job)).toMatchObject({ status: "succeeded", done: 1 })
  })

  it("ends when it is cancelled, at its next step", async () => {
    await baselined({ a: 1 })
    const job = await ask("backfill")
    await store.putJob({ ...job, version: 2, status: "cancelled" }, 1)
    await pollOnce()
    expect(await row()).toMatchObject({ jobId: null })
    expect(ids()).toEqual([])
  })

  it("takes nothing for missing whose event retention may have removed; history it brings again when asked again", async () => {
    await baselined({ a: 2 })
    script.write("a", message("x", T + 61_000))
    await pollOnce()
    await work(await ask("backfill"))
    const checkpoint = (await store.getCheckpoint(ACCOUNT_ID, "2-a"))!
    await store.putCheckpoint(ACCOUNT_ID, { ...checkpoint, known: [], floor: T + 61_000 }, checkpoint.upto)
    await store.purge(now + 40 * DAY_MS, 30 * DAY_MS)
    expect(await store.getEvent(ACCOUNT_ID, 1)).toBeNull()
    await work(await ask("backfill"))
    expect(ids()).toEqual(["x", "a2", "a1", "a2", "a1"])
  })

  it("ends at its bound of events, and says how to go on", async () => {
    await baselined({ a: 2, b: 2 })
    const job = await ask("backfill")
    const progress = { ...startHistory(T - 7 * DAY_MS), made: 9_999 }
    await store.putJob({ ...job, version: 2, status: "running", progress }, 1)
    expect(await work(job)).toMatchObject({
      status: "failed",
      error: "It ended after 10001 events. Start it again to go on: what has its event gets no other.",
    })
    expect(ids()).toEqual(["a2", "a1"])
    expect(await work(await ask("backfill"))).toMatchObject({ status: "succeeded", done: 2 })
  })

  it("goes on after a crash between an event and its checkpoint, and the live polls have nothing to read for it", async () => {
    await baselined({ a: 3 })
    script.write("a", message("x", T + 61_000))
    await pollOnce()
    const job = await ask("backfill")
    const dead = new Error("dead")
    deps.store = { ...store, putCheckpoint: () => Promise.reject(dead) }
    await expect(pollOnce()).rejects.toThrow(dead)
    deps.store = store
    now += 120_000
    script.calls.length = 0
    await pollOnce()
    await work(job)
    expect(ids()).toEqual(["x", "a3", "a2", "a1"])
    expect(await store.getCheckpoint(ACCOUNT_ID, "2-a")).toMatchObject({ glimpse: { unread: 0 }, floor: T - HOUR_MS })
    await pollOnce()
    expect(script.calls.filter((call) => call.startsWith("newest"))).toEqual([])
  })

  it("names its endpoints in the log, for the fan-out", async () => {
    await baselined({ a: 1 })
    await work(await ask("backfill", T - DAY_MS, ["ep_1"]))
    const appended: LogRow[] = []
    deps.store = { ...store, appendEvent: async (one) => (appended.push(one), store.appendEvent(one)) }
    await work(await ask("backfill", T - 2 * DAY_MS))
    script.write("a", message("a0", T - 30 * HOUR_MS))
    await work(await ask("backfill", T - 3 * DAY_MS, ["ep_1"]))
    expect(appended.map(({ only }) => only)).toEqual([["ep_1"]])
  })

  it("spends at most ten requests of a poll, whatever the grant", async () => {
    await baselined(Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`c${index}`, 1])))
    await ask("backfill")
    expect(await pollOnce(30)).toMatchObject({ requests: 11 })
  })

  it("is one at a time for an account, and none for a paused one or one without a baseline", async () => {
    await expect(ask("backfill")).rejects.toThrow("has had no good poll yet")
    await baselined({ a: 1 })
    const { id } = await ask("backfill")
    await expect(ask("reconcile")).rejects.toThrow(`The backfill ${id} of this account is not finished`)
    await store.setWishes(ACCOUNT_ID, { paused: true })
    await expect(ask("backfill")).rejects.toThrow("The account is paused")
  })

  it("is told to its account again by the sweep, and given up after a week", async () => {
    await baselined({ a: 1 })
    const job = await ask("backfill")
    await store.setWishes(ACCOUNT_ID, { jobId: null })
    expect(await restoreJobs(deps)).toBe(1)
    expect(await row()).toMatchObject({ jobId: job.id })
    expect(await restoreJobs(deps)).toBe(0)
    now += 7 * DAY_MS + 1
    await restoreJobs(deps)
    expect(await jobOf(job)).toMatchObject({
      status: "failed",
      error: expect.stringContaining("within 7 days") as string,
    })
  })
})

describe("a reconciliation", () => {
  const lose = async (id: string, sentAt: number) => {
    const thread = script.conversations.get("a")!
    thread.messages.splice(-1, 0, message(id, sentAt))
    const checkpoint = (await store.getCheckpoint(ACCOUNT_ID, "2-a"))!
    const known = checkpoint.known.filter(({ sentAt: at }) => at > sentAt)
    await store.putCheckpoint(ACCOUNT_ID, { ...checkpoint, known, floor: sentAt + 1 }, checkpoint.upto)
  }

  it("finds a message below the floor that had no event, publishes it as live, and raises an alarm", async () => {
    await baselined({ a: 2 })
    for (const [index, id] of ["x", "y", "z"].entries()) script.write("a", message(id, T + 61_000 + index * 1_000))
    await pollOnce()
    await lose("lost", T + 62_500)
    await pollOnce()
    expect(ids()).toEqual(["x", "y", "z"])
    expect(await work(await ask("reconcile"))).toMatchObject({ status: "succeeded", done: 4, missing: 1 })
    expect(ids()).toEqual(["x", "y", "z", "lost"])
    expect(marks()).toEqual([false, false, false, false])
    const alarm = logged.find(({ fact }) => fact === "reconcile.missing")
    expect(alarm?.fields).toMatchObject({
      accountId: ACCOUNT_ID,
      conversationId: "2-a",
      eventId: published[3]?.event.id,
    })
    expect((await row()).lastReconciliation).toMatchObject({ checked: 4, missing: 1 })
    expect(await work(await ask("reconcile"))).toMatchObject({ missing: 0, done: 4 })
  })

  it("takes nothing from before the baseline, nor what is newer than all that is known", async () => {
    await baselined({ a: 2 })
    script.write("a", message("x", T + 61_000))
    await pollOnce()
    // A walk of the live polls did not end: what is above its ground is still to come, in its order.
    script.conversations.get("a")!.messages.push(message("y", T + 62_000))
    const checkpoint = (await store.getCheckpoint(ACCOUNT_ID, "2-a"))!
    await store.putCheckpoint(ACCOUNT_ID, { ...checkpoint, glimpse: null }, checkpoint.upto)
    expect(await work(await ask("reconcile"))).toMatchObject({ done: 1, missing: 0 })
    expect(ids()).toEqual(["x"])
  })

  it("waits for the live polls where a thread has moved since they read it", async () => {
    await baselined({ a: 2 })
    script.write("a", message("x", T + 61_000))
    await pollOnce()
    const thread = script.conversations.get("a")!
    thread.messages.splice(-1, 0, message("late", T + 60_500))
    thread.listed = { ...thread.listed, unreadCount: 1 }
    const job = await ask("reconcile")
    script.failures.push({ on: "a", error: new UpstreamError("server_error", "sick") })
    expect(await work(job)).toMatchObject({ missing: 0 })
    expect(ids()).toEqual(["x", "late"])
  })

  it("runs by itself once a day, at the account's own minute of the night", async () => {
    await baselined({ a: 1 })
    script.write("a", message("x", now + 1_000))
    await pollOnce()
    const tomorrow = nightlyAt(ACCOUNT_ID, T + DAY_MS)
    now = tomorrow - 120_000
    script.write("a", message("y", now))
    await pollOnce()
    await lose("lost", now - 1_000)
    expect((await row()).lastReconciliation).toBeNull()
    await pollOnce()
    expect((await row()).lastReconciliation).toEqual({ at: now, checked: 3, missing: 1 })
    script.calls.length = 0
    await pollOnce()
    expect(script.calls).toEqual(["list 0"])
    now = tomorrow + DAY_MS
    await pollOnce()
    expect((await row()).lastReconciliation).toMatchObject({ at: now })
  })

  it("does not run in the poll that draws the baseline, whose line counts only from its end on", async () => {
    script.write("a", message("a1", T - HOUR_MS))
    now = nightlyAt(ACCOUNT_ID, T + DAY_MS) + HOUR_MS
    script.listAnswer = { date: now - 2 * HOUR_MS }
    expect(await pollOnce()).toMatchObject({ kind: "polled", requests: 1 })
    expect((await row()).lastReconciliation).toBeNull()
    await pollOnce()
    expect((await row()).lastReconciliation).toMatchObject({ at: now })
  })

  it("keeps its place over polls whose grant is too small for it", async () => {
    await baselined({ a: 1, b: 1, c: 1 })
    now = nightlyAt(ACCOUNT_ID, T + DAY_MS)
    for (const id of ["a", "b", "c"]) script.write(id, message(`${id}x`, now - 1_000))
    for (let polls = 0; polls < 4 && (await row()).reconciling === null; polls++) await pollOnce(3)
    for (let polls = 0; polls < 9 && (await row()).reconciling !== null; polls++) await pollOnce(2)
    expect((await row()).lastReconciliation).toMatchObject({ checked: 3, missing: 0 })
  })
})

describe("a paused account", () => {
  it("is not asked for upstream, but its log is looked after", async () => {
    await baselined({ a: 1 })
    await store.setWishes(ACCOUNT_ID, { paused: true })
    const before = await row()
    const left: LogRow = {
      log: ACCOUNT_ID,
      position: 1,
      event: { id: "evt_left", type: "account.status_changed", timestamp: iso(T), data: {} as never },
      seenAt: T,
      conversationId: null,
      sequence: null,
      previous: null,
      forgotten: false,
    }
    left.event.data = { status: "healthy", reason: null } as never
    await store.appendEvent(left)
    expect(await pollOnce()).toEqual({ kind: "tended" })
    expect(script.calls).toEqual([])
    expect(published).toHaveLength(1)
    expect(await row()).toMatchObject({ status: before.status, nextPollAt: now + 600_000, published: 1 })
  })

  it("is polled once when someone asks", async () => {
    await baselined({ a: 1 })
    await store.setWishes(ACCOUNT_ID, { paused: true })
    now += 60_000
    await store.setWishes(ACCOUNT_ID, { pollAskedAt: now })
    expect(await poll({ v: 1, accountId: ACCOUNT_ID, at: now, grant: { list: 1, threads: 1 } }, deps)).toMatchObject({
      kind: "polled",
    })
    expect(await pollOnce()).toEqual({ kind: "tended" })
    expect(script.calls).toEqual(["list 0"])
  })
})

describe("a poll that was asked for", () => {
  it("is not lost to one that was under way", async () => {
    await baselined({ a: 1 })
    const { upstream } = script
    deps.upstream = {
      ...upstream,
      listConversations: async (request) => {
        const list = await upstream.listConversations(request)
        now += 500
        await store.setWishes(ACCOUNT_ID, { pollAskedAt: now })
        return list
      },
    }
    await pollOnce()
    deps.upstream = upstream
    script.calls.length = 0
    const { pollAskedAt } = await row()
    const message = { v: 1 as const, accountId: ACCOUNT_ID, at: pollAskedAt!, grant: { list: 1, threads: 1 } }
    now += 1
    expect(await poll(message, deps)).toMatchObject({ kind: "polled" })
    expect(await poll(message, deps)).toEqual({ kind: "skipped" })
    expect(script.calls).toEqual(["list 0"])
  })
})
