import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, expect, it } from "vitest"

import { type Disk, readDisk } from "./disk.ts"
import { childOf, endAll, ROOT, run, until } from "./process.ts"
import { createRelay, type Relay } from "./relay.ts"
import { startUpstream, type Upstream } from "./upstream.ts"
import { brokenSeries, readReceived } from "./verdict.ts"
import { type Point, type Window, WINDOWS } from "./windows.ts"

const KILLS_MIN = 5
/** A claim lasts 45 s; then comes the attempt that takes its place. */
const CLAIMS_OVER_MS = 75_000
const TEST_MS = 300_000

const directories: string[] = []
afterEach(async () => {
  await endAll()
  for (const each of directories.splice(0)) rmSync(each, { recursive: true, force: true })
})

interface Scene {
  dataDir: string
  /** What the receiver has had. */
  file: string
  upstream: Upstream
  relay: Relay
  /** Messages whose delivery was under way when the relay died: they may take until their claim is over. */
  underClaim: Set<string>
}

const setUp = async (): Promise<Scene> => {
  const directory = mkdtempSync(path.join(tmpdir(), "posthorn-kill-"))
  directories.push(directory)
  const [dataDir, file] = [path.join(directory, "data"), path.join(directory, "received")]
  const upstream = await startUpstream()
  const receiver = run([process.execPath, `${ROOT}/test/kill/receiver.ts`, file])
  const { url } = JSON.parse((await receiver.says(/\{.*\}/))[0]) as { url: string }
  const relay = createRelay({ dataDir, upstreamUrl: upstream.url })
  relay.launch()
  await relay.ready()
  await relay.api("/v1/endpoints", { url, eventTypes: ["*"] })
  const isBaselined = async (): Promise<boolean> =>
    (await relay.api<{ data: { baselinedAt: string | null }[] }>("/v1/accounts")).data.every(
      (account) => account.baselinedAt !== null,
    )
  await until(isBaselined, "the baseline")
  await upstream.burst()
  return { dataDir, file, upstream, relay, underClaim: new Set() }
}

/** Everything written so far is at the receiver, except what the claims of dead processes keep. */
const caughtUp = async (scene: Scene, withinMs?: number): Promise<void> => {
  const { upstream, file, underClaim } = scene
  const written = await upstream.written()
  const missing = (): string[] => {
    const { keys } = readReceived(file)
    return written.filter(({ key }) => !keys.has(key) && !underClaim.has(key)).map(({ key }) => key)
  }
  await until(
    () => missing().length === 0,
    () => `${missing().length} of ${written.length} messages at the receiver`,
    withinMs,
  )
}

/** By SIGKILL: the launcher says so. Answers what is left on the disk. */
const hasDied = async ({ relay, dataDir, underClaim }: Scene): Promise<Disk> => {
  expect(await relay.ended(), relay.said()).toEqual({ code: 128 + 9, signal: null })
  relay.disarm()
  const disk = readDisk(dataDir)
  for (const { key } of disk.claims) underClaim.add(key)
  return disk
}

/** People go on writing until the relay has died in the window; answers whether it did. */
const dies = async (scene: Scene, window: Window): Promise<boolean> => {
  const { relay, upstream, file } = scene
  const deadline = Date.now() + 20_000
  while (!relay.hasEnded()) {
    if (Date.now() > deadline) return false
    const pause = Date.now() + 250
    await until(() => relay.hasEnded() || Date.now() > pause, "its end")
    if (!relay.hasEnded()) await upstream.write()
  }
  const disk = await hasDied(scene)
  // The receiver may still be reading what the kernel has.
  await until(() => window.holds(disk, readReceived(file).requests), `the trace of "${window.name}"`, 2_000)
  return true
}

const restart = async ({ relay }: Scene): Promise<void> => {
  relay.launch()
  await relay.ready()
}

/** Kills while it works and, once more, while it recovers from the kill before. Answers how often. */
const killIn = async (scene: Scene, window: Window): Promise<number> => {
  const { relay, upstream } = scene
  let kills = 0
  const kill = async (point: Point, launch: boolean): Promise<void> => {
    relay.arm(point)
    if (launch) relay.launch()
    await upstream.burst()
    await relay.pollNow(upstream.accountIds)
    if (await dies(scene, window)) kills += 1
  }
  for (const [index, point] of window.points.entries()) {
    await kill(point, false)
    if (index === 0) await kill(point, true)
    await restart(scene)
    await caughtUp(scene)
  }
  return kills
}

it("loses nothing when npm start is killed with SIGKILL, wherever it is", { timeout: TEST_MS }, async () => {
  const scene = await setUp()
  const { relay, upstream, file } = scene
  await caughtUp(scene)
  const kills: Record<string, number> = {}
  for (const window of WINDOWS) {
    await upstream.beginOne()
    kills[window.name] = await killIn(scene, window)
  }
  scene.underClaim.clear()
  await caughtUp(scene, CLAIMS_OVER_MS)
  const open = async (): Promise<unknown[]> =>
    (await relay.api<{ data: unknown[] }>("/v1/deliveries?status=pending,retrying,held")).data
  await until(async () => (await open()).length === 0, "the last delivery's end", CLAIMS_OVER_MS)

  const written = await upstream.written()
  const { taken, repeated, altered } = readReceived(file)
  console.log(
    [
      `${written.length} messages, ${taken.length} requests taken, ${repeated} events taken more than once`,
      ...Object.entries(kills).map(([name, count]) => `${count} kills: ${name}`),
    ].join("\n"),
  )
  for (const [name, count] of Object.entries(kills)) expect(count, name).toBeGreaterThanOrEqual(KILLS_MIN)

  const told = taken.filter(({ key }) => key !== null)
  const types = new Map(told.map(({ key, type }) => [key, type]))
  // Each message, no other one (none from before the baseline), and the owner's never as received.
  expect(Object.fromEntries(types)).toEqual(Object.fromEntries(written.map(({ key, type }) => [key, type])))
  expect(new Set(told.map(({ id }) => id)).size).toBe(written.length)
  expect(brokenSeries(taken)).toEqual([])
  expect(altered).toBe(0)
  const log = await relay.events()
  expect(log).toHaveLength(new Set(log).size)
  expect(new Set(log)).toEqual(new Set(taken.map(({ id }) => id)))
  const given = await relay.api<{ data: unknown[] }>("/v1/deliveries?status=exhausted,cancelled")
  expect(given.data).toEqual([])
})

it("starts again at once after kill -9 of the process that npm start launched", { timeout: TEST_MS }, async () => {
  const scene = await setUp()
  const { relay, upstream } = scene
  await caughtUp(scene)
  process.kill(childOf(relay.pid()), "SIGKILL")
  await hasDied(scene)
  await upstream.write()
  await restart(scene)
  await caughtUp(scene)
})
