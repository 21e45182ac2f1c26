import { afterEach, beforeEach, expect, it } from "vitest"

import { DUE_GRACE_MS } from "../delivery/plan.ts"
import { resumeJobs } from "./resume-jobs.ts"
import { createReplayWorld, JOB_ID, type ReplayWorld } from "./test-replay.ts"

let world: ReplayWorld
beforeEach(async () => {
  world = await createReplayWorld()
  await world.addEndpoint()
  await world.append(1, 150)
  await world.ask({ since: 0 })
})
afterEach(() => world.store.close())

it("a step whose message was lost is sent again when it is overdue, once in a while", async () => {
  world.sent.length = 0
  world.now += DUE_GRACE_MS - 1
  expect(await resumeJobs(world.replayDeps)).toBe(0)
  world.now += 1
  expect(await resumeJobs(world.replayDeps)).toBe(1)
  expect(await resumeJobs(world.replayDeps)).toBe(0)
  expect(world.sent).toMatchObject([{ notBefore: world.now, body: { v: 1, job: JOB_ID, tick: 1 } }])
  await world.work()
  expect(await world.job()).toMatchObject({ status: "succeeded", done: 150 })
})

it("a message that the queue refuses is for the next sweep", async () => {
  world.now += DUE_GRACE_MS
  const { queue } = world.replayDeps
  world.replayDeps.queue = { send: async (messages) => messages.map(() => "throttled") }
  expect(await resumeJobs(world.replayDeps)).toBe(0)
  world.replayDeps.queue = queue
  expect(await resumeJobs(world.replayDeps)).toBe(1)
})

it("a finished job, and one that an account's polls work on, get none", async () => {
  await world.work()
  world.now += DUE_GRACE_MS
  expect(await resumeJobs(world.replayDeps)).toBe(0)
  const row = await world.job()
  await world.store.putJob({ ...row, version: row.version + 1, status: "running", kind: "backfill" }, row.version)
  expect(await resumeJobs(world.replayDeps)).toBe(0)
})
