import { openStore, type SqliteStore } from "@posthorn/local/store/open"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import type { BusEntry, BusRefusal } from "../ports.ts"
import { silentLogger } from "../logger.ts"
import { UpstreamError } from "../upstream/thread.ts"
import { due } from "./due.ts"
import type { PollDeps } from "./deps.ts"
import { LEASE_MS, poll } from "./poll.ts"
import { newCheckpoint } from "./remember.ts"
import { account, ACCOUNT_ID, conversation, message, OWNER, T } from "./test-samples.ts"
import { scriptedUpstream } from "./test-upstream.ts"

let store: SqliteStore
let script: ReturnType<typeof scriptedUpstream>
let published: BusEntry[]
let refusals: (BusRefusal | null)[]
let now: number
let deps: PollDeps

beforeEach(async () => {
  store = openStore({ path: ":memory:" })
  script = scriptedUpstream()
  published = []
  refusals = []
  now = T
  deps = {
    store,
    upstream: script.upstream,
    bus: {
      publish: async (entries) =>
        entries.map((entry) => {
          const refusal = refusals.shift() ?? null
          if (refusal === null) published.push(entry)
          return refusal
        }),
    },
    clock: { now: () => now, sleep: async () => {} },
    randomBytes: (size) => new Uint8Array(size).fill(7),
    logger: silentLogger,
    settings: { intervalMs: 60_000, stretched: null, requestsPerMinute: 60 },
  }
  await store.createAccount(account())
})
afterEach(() => store.close())

const pollOnce = async (threads = 20) => {
  now += 60_000
  const report = await poll({ v: 1, accountId: ACCOUNT_ID, at: now, grant: { list: 1, threads } }, deps)
  return report
}
const row = async () => (await store.getAccount(ACCOUNT_ID))!
const types = () => published.map(({ event }) => event.type)
const ids = () =>
  published.flatMap(({ event }) => ("message" in event.data ? [event.data.message.id.replace("2-", "")] : []))
const baselined = async (...conversations: string[]) => {
  for (const [index, id] of conversations.entries()) script.write(id, message(`old-${id}`, T - 1_000 * (index + 1)))
  if (conversations.length === 0) script.write("quiet", message("old", T - 1_000))
  await pollOnce()
  script.calls.length = 0
}

describe("poll", () => {
  it("trap 18: draws the baseline in silence, without reading a thread", async () => {
    script.write("a", message("a1", T - 5_000))
    script.write("b", message("b1", T - 9_000))
    expect(await pollOnce()).toEqual({ kind: "polled", requests: 1, events: 0 })
    expect(published).toEqual([])
    expect(await row()).toMatchObject({ status: "healthy", tracked: 2, baselinedAt: T + 60_000 })
  })

  it("moves no line back that another poll has drawn further on", async () => {
    script.write("a", message("a1", T - 5_000))
    const ahead = { ...newCheckpoint("2-a", T + 5_000), glimpse: null }
    await store.putCheckpoint(ACCOUNT_ID, ahead, null)
    await pollOnce()
    expect(await store.getCheckpoint(ACCOUNT_ID, "2-a")).toMatchObject({ baseline: T + 5_000 })
  })

  it("takes one list call for an idle poll, and reads no checkpoint", async () => {
    await baselined("a", "b", "c")
    const reads: string[] = []
    deps.store = { ...store, getCheckpoint: async (...key) => (reads.push(key[1]), store.getCheckpoint(...key)) }
    await pollOnce()
    expect(script.calls).toEqual(["list 0"])
    expect(reads).toEqual([])
  })

  it("takes one detail call for a conversation that changed, and none for the others", async () => {
    await baselined("a", "b", "c")
    script.write("b", message("b2", T + 61_000))
    await pollOnce()
    expect(script.calls).toEqual(["list 0", "newest b"])
    expect(ids()).toEqual(["b2"])
  })

  it("trap 10: reads a thread that moved without a new message, and publishes nothing", async () => {
    await baselined("a")
    script.write("a", message("a2", T + 61_000))
    await pollOnce()
    script.conversations.get("a")!.listed.lastActivityAt += 5_000
    await pollOnce()
    expect(script.calls.filter((call) => call === "newest a")).toHaveLength(2)
    expect(ids()).toEqual(["a2"])
  })

  it("trap 11: finds a message that was read on the phone before the poll, whatever unreadCount says", async () => {
    await baselined("a")
    script.write("a", message("a2", T + 61_000), { unreadCount: 0 })
    await pollOnce()
    expect(ids()).toEqual(["a2"])
  })

  it("reads a thread whose unreadCount rose alone: something may have come in late", async () => {
    await baselined("a")
    script.write("a", message("a2", T + 61_000))
    await pollOnce()
    const thread = script.conversations.get("a")!
    thread.messages.splice(1, 0, message("late", T + 60_500))
    thread.listed = { ...thread.listed, unreadCount: 1 }
    await pollOnce()
    expect(ids()).toEqual(["a2", "late"])
  })

  it("trap 16: pages on while the list is newer than the watermark, and stops where it is older", async () => {
    script.listPage = 2
    await baselined("a", "b", "c", "d", "e", "f", "g", "h")
    for (const [index, id] of ["a", "b", "c"].entries()) script.write(id, message(`${id}2`, T + 61_000 + index))
    await pollOnce()
    expect(script.calls.filter((call) => call.startsWith("list"))).toEqual(["list 0", "list 2"])
    expect(ids().sort()).toEqual(["a2", "b2", "c2"])
  })

  it("gets to the end of a long list that one grant does not cover, and past threads that it read before", async () => {
    script.listPage = 5
    const ids = Array.from({ length: 40 }, (_, index) => `c${index}`)
    await baselined("a", "b", "c", "d", "e", "f", "g", ...ids)
    for (const [index, id] of ids.entries()) script.write(id, message(`${id}x`, T + 61_000 + index))
    for (let polls = 0; polls < 9; polls++) await pollOnce(12)
    expect(new Set(published.map(({ event }) => event.id)).size).toBe(40)
    expect((await row()).demand).toBe(0)
  })

  it("trap 20: takes a conversation that left the page for nothing", async () => {
    await baselined("a", "b")
    script.conversations.delete("b")
    expect(await pollOnce()).toMatchObject({ kind: "polled", events: 0 })
    expect(await store.getCheckpoint(ACCOUNT_ID, "2-b")).not.toBeNull()
  })

  it("trap 21: a thread that fails keeps its checkpoint and is tried again; the others go on", async () => {
    await baselined("a", "b")
    script.write("a", message("a2", T + 61_000))
    script.write("b", message("b2", T + 62_000))
    script.failures.push({ on: "a", error: new UpstreamError("server_error", "broken", { status: 500 }) })
    await pollOnce()
    expect(ids()).toEqual(["b2"])
    expect(await row()).toMatchObject({ quarantine: [{ conversationId: "2-a", failures: 1 }], status: "healthy" })
    await pollOnce()
    expect(ids()).toEqual(["b2", "a2"])
    expect((await row()).quarantine).toEqual([])
  })

  it("tries a quarantined conversation again when it has left the list", async () => {
    await baselined("a", "b", "c")
    script.write("a", message("a2", T + 61_000))
    script.failures.push({ on: "a", error: new UpstreamError("bad_request", "no", { status: 400 }) })
    await pollOnce()
    script.listPage = 1
    script.write("b", message("b2", T + 63_000))
    await pollOnce()
    expect(ids()).toContain("a2")
  })

  it("trap 22: uses nothing of an answer for another account or another profile", async () => {
    await baselined("a")
    script.write("a", message("a2", T + 61_000))
    script.listAnswer = { accountId: "someone-else" }
    expect(await pollOnce()).toMatchObject({ kind: "failed" })
    script.listAnswer = { profileUrn: "urn:li:fsd_profile:ACoAAOTHER" }
    expect(await pollOnce()).toMatchObject({ kind: "failed" })
    expect(types()).toEqual(["account.status_changed"])
    expect(await row()).toMatchObject({
      status: "failing",
      lastError: { kind: "wrong_account" },
      profileUrn: OWNER,
    })
    script.listAnswer = {}
    now += 700_000
    await pollOnce()
    expect(ids()).toEqual(["a2"])
    expect((await row()).status).toBe("healthy")
  })

  it("trap 34: a second poll of an account that is being polled asks nothing", async () => {
    await store.acquireLease(ACCOUNT_ID, "another", now, now + 60_000 + LEASE_MS)
    expect(await pollOnce()).toEqual({ kind: "skipped" })
    expect(script.calls).toEqual([])
  })

  it("drops a message that was made before the last poll", async () => {
    await baselined()
    const report = await poll({ v: 1, accountId: ACCOUNT_ID, at: now, grant: { list: 1, threads: 5 } }, deps)
    expect(report).toEqual({ kind: "skipped" })
    now += 60_000
    expect(await store.acquireLease(ACCOUNT_ID, "next", now, now + 1)).not.toBeNull()
  })

  it("trap 35: moves published over what the bus took, and sends the rest again with the same ids", async () => {
    await baselined("a")
    for (const index of [1, 2, 3]) script.write("a", message(`n${index}`, T + 61_000 + index))
    refusals = [null, { message: "throttled", permanent: false }, null]
    await pollOnce()
    const first = published.map(({ event }) => event.id)
    expect(await store.getPublished(ACCOUNT_ID)).toBeGreaterThan(0)
    now += LEASE_MS
    await pollOnce()
    expect(new Set(ids())).toEqual(new Set(["n1", "n2", "n3"]))
    expect(published.map(({ event }) => event.id)).toEqual(expect.arrayContaining(first))
    expect(await store.getPublished(ACCOUNT_ID)).toBe(await store.lastPosition(ACCOUNT_ID))
  })

  it("skips an event that the bus refuses for itself, and goes on behind it", async () => {
    await baselined("a")
    for (const index of [1, 2]) script.write("a", message(`n${index}`, T + 61_000 + index))
    const refusal = { message: "too large", permanent: true }
    deps.bus = {
      publish: async (entries) =>
        entries.map((entry) => {
          if ("message" in entry.event.data && entry.event.data.message.id === "2-n1") return refusal
          published.push(entry)
          return null
        }),
    }
    await pollOnce()
    expect(ids()).toEqual(["n2"])
    expect(await store.getPublished(ACCOUNT_ID)).toBe(2)
  })

  it("trap 37: believes no empty list of an account that had conversations", async () => {
    await baselined("a")
    script.listAnswer = { conversations: [] }
    for (let index = 0; index < 3; index++) {
      now += 1_200_000
      await pollOnce()
    }
    expect(await row()).toMatchObject({ status: "stale", lastError: { kind: "suspicious_empty" }, tracked: 1 })
    script.listAnswer = {}
    script.write("a", message("a2", T + 61_000))
    now += 1_200_000
    await pollOnce()
    expect(ids()).toEqual(["a2"])
  })

  it("trap 24: calls an account stale whose answers come from an old cache, asks so at most every ten minutes, and goes on reading", async () => {
    await baselined("a")
    script.listAnswer = { fromCache: true }
    script.sync = { lastSyncAt: now - 3_600_000, failure: null }
    script.write("a", message("a2", T + 61_000))
    expect(await pollOnce()).toMatchObject({ requests: 3 })
    expect(await row()).toMatchObject({
      status: "stale",
      statusReason: "ConnectSafely last read LinkedIn 61 minutes ago.",
    })
    expect(await pollOnce()).toMatchObject({ requests: 1 })
    expect((await row()).status).toBe("stale")
    script.sync = { lastSyncAt: now + 600_000, failure: null }
    now += 600_000
    await pollOnce()
    expect((await row()).status).toBe("healthy")
    expect(types()).toEqual(["message.received", "account.status_changed", "account.status_changed"])
  })

  it("publishes what an earlier poll appended before it asks upstream, and even when upstream is down", async () => {
    await baselined("a")
    script.write("a", message("a2", T + 61_000))
    const down = { message: "down", permanent: false }
    refusals = [down, down]
    await pollOnce()
    expect(published).toEqual([])
    script.failures.push({ on: "list", error: new UpstreamError("unreachable", "no route") })
    expect(await pollOnce()).toMatchObject({ kind: "failed" })
    expect(ids()).toEqual(["a2"])
  })

  it("goes on after a crash between append and checkpoint, without a second event", async () => {
    await baselined("a")
    script.write("a", message("a2", T + 61_000))
    deps.store = { ...store, putCheckpoint: () => new Promise(() => {}) }
    void pollOnce()
    await expect.poll(() => store.lastPosition(ACCOUNT_ID)).toBe(1)
    deps.store = store
    now += LEASE_MS
    await pollOnce()
    await pollOnce()
    expect(ids()).toEqual(["a2"])
    expect(await store.lastPosition(ACCOUNT_ID)).toBe(1)
  })

  it("carries over what its grant does not cover, oldest first, and says so to the next deal", async () => {
    await baselined("a", "b", "c")
    for (const [index, id] of ["a", "b", "c"].entries()) script.write(id, message(`${id}2`, T + 61_000 + index))
    await pollOnce(1)
    expect(ids()).toEqual(["a2"])
    expect(await row()).toMatchObject({ demand: 2 })
    expect(
      due([await row()], { now, until: now + 60_000, intervalMs: () => 60_000, requests: 9 })[0]?.grant.threads,
    ).toBe(8)
    await pollOnce()
    expect(ids()).toEqual(["a2", "b2", "c2"])
  })

  it("pauses every account at a 429 until upstream's instant, and moves nothing past what was stored", async () => {
    await baselined("a")
    script.write("a", message("a2", T + 61_000))
    script.failures.push({
      on: "list",
      error: new UpstreamError("rate_limited", "slow down", { status: 429, retryAt: now + 200_000 }),
    })
    await pollOnce()
    expect(await store.getBudget()).toMatchObject({ perMinute: 30, pausedUntil: now - 60_000 + 200_000 })
    script.calls.length = 0
    now = (await row()).nextPollAt - 61_000
    await pollOnce()
    expect(script.calls).toEqual([])
    now += 200_000
    await pollOnce()
    expect(ids()).toEqual(["a2"])
  })

  it("looks after an account's log however long upstream asks to wait", async () => {
    await baselined("a")
    const retryAt = now + 12 * 3_600_000
    script.failures.push({ on: "list", error: new UpstreamError("rate_limited", "tomorrow", { status: 429, retryAt }) })
    await pollOnce()
    expect((await row()).nextPollAt - now).toBe(600_000)
    now += 540_000
    script.calls.length = 0
    await pollOnce()
    expect(script.calls).toEqual([])
    expect((await row()).nextPollAt - now).toBe(600_000)
  })

  it("believes no list of which nothing can be read", async () => {
    script.listAnswer = { conversations: [], unreadable: 3 }
    expect(await pollOnce()).toMatchObject({ kind: "failed" })
    expect((await row()).baselinedAt).toBeNull()
  })

  it.each([
    ["unauthorized", 401, "auth_failed"],
    ["forbidden", 403, "disconnected"],
  ] as const)("tells once that %s stops an account, and once that it recovers", async (kind, status, expected) => {
    await baselined("a")
    for (let index = 0; index < 3; index++) {
      script.failures.push({ on: "list", error: new UpstreamError(kind, "no", { status }) })
      now += 700_000
      await pollOnce()
    }
    expect(types()).toEqual(["account.status_changed"])
    expect((await row()).status).toBe(expected)
    now += 700_000
    await pollOnce()
    expect(types()).toEqual(["account.status_changed", "account.status_changed"])
    expect(published.at(-1)?.event.data).toMatchObject({ status: "healthy", previousStatus: expected })
  })

  it("calls an account failing only when several polls in a row failed", async () => {
    await baselined("a")
    for (let index = 0; index < 3; index++) {
      expect((await row()).status).toBe("healthy")
      script.failures.push({ on: "list", error: new UpstreamError("timeout", "slow") })
      now += 700_000
      await pollOnce()
    }
    expect(await row()).toMatchObject({ status: "failing", consecutiveFailures: 3 })
  })

  it("numbers events of a conversation per type, without a gap", async () => {
    await baselined("a")
    script.write("a", message("x1", T + 61_000))
    script.write("a", message("x2", T + 61_001, { direction: "outbound" }))
    script.write("a", message("x3", T + 61_002))
    await pollOnce()
    script.write("a", message("x4", T + 130_000))
    await pollOnce()
    expect(published.map(({ event }) => [event.type, "sequence" in event.data ? event.data.sequence : 0])).toEqual([
      ["message.received", 1],
      ["message.sent", 1],
      ["message.received", 2],
      ["message.received", 3],
    ])
  })

  it("is not blinded by one absurd time: a conversation that claims to be from the future leaves the watermark at upstream's clock", async () => {
    script.listPage = 2
    await baselined("a", "b", "c", "d")
    script.conversations.set("odd", { listed: conversation("odd", T + 9e11), messages: [] })
    script.listAnswer = { date: T + 120_000 }
    await pollOnce()
    expect((await row()).watermark).toBe(T + 120_000)
  })
})
