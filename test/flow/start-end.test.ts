import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, describe, expect, it } from "vitest"

import { childOf, endAll, NPM_START, run, type Running, until } from "../kill/process.ts"
import { startUpstream, type Upstream } from "../kill/upstream.ts"
import { startReceiver } from "../receiver.ts"

const ADMIN_KEY = "phk_test_key_of_start_end"
/** For what is under way; then, for a machine that is busy, the end of the process. */
const ENDS_WITHIN_MS = 3_000

const TROUBLE = /"level":"(error|fatal)"|Error/

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  await endAll()
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const directory = (): string => {
  const made = mkdtempSync(path.join(tmpdir(), "posthorn-end-"))
  cleanups.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const launch = (env: Record<string, string> = {}, command = ["sh", "-c", NPM_START]): Running =>
  run(command, { POSTHORN_ADMIN_KEY: ADMIN_KEY, PORT: "0", POSTHORN_DATA_DIR: directory(), ...env })
const start = async (...how: Parameters<typeof launch>): Promise<Running & { url: string }> => {
  const running = launch(...how)
  const [, url = ""] = await running.says(/Posthorn +(http:\S+)/)
  return { ...running, url }
}
const settingsFor = (upstream: Upstream): Record<string, string> => ({
  CONNECTSAFELY_API_KEY: "any",
  CONNECTSAFELY_BASE_URL: upstream.url,
  POSTHORN_POLL_SECONDS: "1",
  POSTHORN_REQUESTS_PER_MINUTE: "6000",
})
/** With one delivery that its receiver never answers. */
const startHanging = async (): Promise<Running> => {
  const [upstream, receiver] = [await startUpstream(), await startReceiver()]
  cleanups.push(() => receiver.close())
  receiver.answer({ hang: "headers" })
  const relay = await start(settingsFor(upstream))
  const api = async (route: string, body?: unknown): Promise<unknown> =>
    (
      await fetch(`${relay.url}${route}`, {
        headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
        ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      })
    ).json()
  await api("/v1/endpoints", { url: receiver.url, eventTypes: ["*"] })
  await until(
    async () => !JSON.stringify(await api("/v1/accounts")).includes('"baselinedAt":null'),
    "the baseline of both accounts",
  )
  await upstream.write()
  await receiver.waitFor(1, 15_000)
  return relay
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe("npm start", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("ends with code 0 at %s, at once", async (signal) => {
    const relay = await start()
    // A terminal's Ctrl-C goes to all of the group, SIGTERM to the one that was started.
    if (signal === "SIGINT") relay.killAll(signal)
    else relay.kill(signal)
    expect(await relay.ended(ENDS_WITHIN_MS)).toEqual({ code: 0, signal: null })
    await expect(fetch(`${relay.url}/health`)).rejects.toThrow()
  })

  it.each(["SIGINT", "SIGTERM"] as const)("ends with code 0 at %s while a delivery hangs", async (signal) => {
    const relay = await startHanging()
    // So that SIGTERM reaches the relay twice, by itself and by its launcher: service managers do that.
    relay.killAll(signal)
    expect(await relay.ended(ENDS_WITHIN_MS)).toEqual({ code: 0, signal: null })
    expect(relay.err()).not.toMatch(TROUBLE)
  })

  it("ends with code 0 while a poll hangs", async () => {
    const upstream = await startUpstream()
    const relay = await start(settingsFor(upstream))
    await upstream.hang()
    await upstream.asked()
    relay.killAll("SIGINT")
    expect(await relay.ended(ENDS_WITHIN_MS)).toEqual({ code: 0, signal: null })
    expect(relay.err()).not.toMatch(TROUBLE)
  })

  it("ends with code 0 while the first look at upstream hangs, and leaves no trace of that upstream", async () => {
    const [hanging, upstream] = [await startUpstream(), await startUpstream()]
    await hanging.hang()
    const POSTHORN_DATA_DIR = directory()
    const relay = launch({ ...settingsFor(hanging), POSTHORN_DATA_DIR })
    await hanging.asked()
    relay.killAll("SIGINT")
    expect(await relay.ended(ENDS_WITHIN_MS)).toEqual({ code: 0, signal: null })
    expect(`${relay.out()}${relay.err()}`).toBe("")
    await launch({ ...settingsFor(upstream), POSTHORN_DATA_DIR }).says(/Posthorn +http/)
  })

  it("ends when npm is told to, with npm", async () => {
    const npm = await start({}, ["npm", "start"])
    const relay = childOf(childOf(npm.pid))
    npm.kill("SIGTERM")
    await npm.ended(2 * ENDS_WITHIN_MS)
    await until(() => !isAlive(relay), "the relay's end", ENDS_WITHIN_MS)
    await expect(fetch(`${npm.url}/health`)).rejects.toThrow()
  })
})
