import type { Account } from "@posthorn/core/account"
import { silentLogger } from "@posthorn/core/logger"
import type { PollMessage } from "@posthorn/core/poll/due"
import { afterEach, expect, it } from "vitest"

import { createSchedule, type Schedule } from "./schedule.ts"

let schedule: Schedule | null = null
afterEach(() => schedule?.stop())

/** Accounts that are always due, and a poll that uses its whole grant. */
const lively = (ids: string[], requestsPerMinute: number, accountIds: string[] | null = null) => {
  const world = {
    now: 1_800_000_000_000,
    looks: 0,
    polls: [] as PollMessage[],
    requests: 0,
    reasons: new Set<string | null>(),
  }
  schedule = createSchedule({
    clock: { now: () => world.now, sleep: async () => {} },
    logger: silentLogger,
    settings: { intervalMs: 1_000, requestsPerMinute, accountIds },
    store: {
      getBudget: async () => null,
      listAccounts: async () => {
        world.looks++
        return ids.map((id) => ({ id, nextPollAt: world.now - 1, demand: 3 }) as Account)
      },
    },
    poll: async (message, settings) => {
      world.polls.push(message)
      world.reasons.add(settings.stretched)
      const requests = message.grant.list + message.grant.threads
      world.requests += requests
      return { kind: "polled", requests, events: 0 }
    },
  })
  schedule.start()
  return world
}

it("never makes more requests in a minute than may be dealt, however many accounts are due", async () => {
  const world = lively(["a", "b", "c"], 20)
  await expect.poll(() => world.requests).toBe(16)
  const looks = world.looks
  await expect.poll(() => world.looks, { timeout: 5_000 }).toBeGreaterThan(looks + 1)
  expect(world.requests).toBe(16)
  world.now += 60_001
  await expect.poll(() => world.requests, { timeout: 5_000 }).toBe(32)
})

it("polls every account, and says when they are too many for the interval", async () => {
  const ids = Array.from({ length: 12 }, (_, index) => `a${index}`)
  const world = lively(ids, 20)
  await expect.poll(() => world.polls.length).toBeGreaterThanOrEqual(12)
  expect(new Set(world.polls.map(({ accountId }) => accountId)).size).toBe(12)
  expect([...world.reasons].join()).toContain("12 accounts share 16 requests a minute")
})

it("asks nothing when stopped, and waits for the polls under way", async () => {
  const world = lively(["a"], 600)
  await expect.poll(() => world.polls.length).toBeGreaterThan(0)
  await schedule?.stop()
  const polls = world.polls.length
  const looks = world.looks
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect([world.polls.length, world.looks]).toEqual([polls, looks])
})

it("leaves an account alone that is no longer among those to be polled", async () => {
  const world = lively(["a", "b"], 600, ["b"])
  await expect.poll(() => world.looks, { timeout: 5_000 }).toBeGreaterThan(1)
  expect(new Set(world.polls.map(({ accountId }) => accountId))).toEqual(new Set(["b"]))
})
