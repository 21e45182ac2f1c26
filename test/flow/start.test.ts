import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import net, { type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, describe, expect, it } from "vitest"

import { endAll, NPM_START, ROOT, run, type Running } from "../kill/process.ts"

const KEY = "secret-key-of-connectsafely"
const LISTENS = /Posthorn +(http:\S+)/

const cleanups: (() => void)[] = []
afterEach(async () => {
  await endAll()
  for (const cleanup of cleanups.splice(0)) cleanup()
})

const directory = (): string => {
  const made = mkdtempSync(path.join(tmpdir(), "posthorn-start-"))
  cleanups.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const npmStart = (env: Record<string, string>): Running =>
  run(["sh", "-c", NPM_START], { POSTHORN_DATA_DIR: directory(), PORT: "0", ...env })
/** An upstream that wants this key. */
const upstream = async (): Promise<{ CONNECTSAFELY_API_KEY: string; CONNECTSAFELY_BASE_URL: string }> => {
  const main = path.join(ROOT, "packages/simulator/src/main.ts")
  const simulator = run([process.execPath, main, "--accounts", "1", "--api-key", KEY])
  const { url } = JSON.parse((await simulator.says(/\{.*\}/))[0]) as { url: string }
  return { CONNECTSAFELY_API_KEY: KEY, CONNECTSAFELY_BASE_URL: url }
}
const listening = async (): Promise<{ port: number; close: () => Promise<void> }> => {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  cleanups.push(() => void close())
  return { port: (server.address() as AddressInfo).port, close }
}
const closedPort = async (): Promise<number> => {
  const { port, close } = await listening()
  await close()
  return port
}

/** Why it did not start: one line that a person can act upon, and nothing else. */
const refusal = async (env: Record<string, string>): Promise<string> => {
  const start = npmStart(env)
  const { code } = await start.ended()
  const said = start.err().trimEnd()
  expect(said.split("\n"), said).toHaveLength(1)
  expect(said).toMatch(/^[A-Z].*[.?]\)?$/)
  expect(said).not.toMatch(/ at .*:\d+:\d+|Error:|secret-key/)
  expect([code, start.out()]).toEqual([1, ""])
  return said
}

describe("npm start says in one sentence what to do about", () => {
  it("a key that upstream does not know", async () => {
    const env = { ...(await upstream()), CONNECTSAFELY_API_KEY: "secret-key-mistyped" }
    expect(await refusal(env)).toContain("does not accept the key in CONNECTSAFELY_API_KEY: copy it again")
  })

  it("an upstream that is not there, and starts with the right address on the same directory", async () => {
    const env = { ...(await upstream()), POSTHORN_DATA_DIR: directory() }
    const away = { ...env, CONNECTSAFELY_BASE_URL: `http://127.0.0.1:${await closedPort()}/linkedin` }
    expect(await refusal(away)).toMatch(
      /cannot be reached at 127\.0\.0\.1:\d+: check the network and CONNECTSAFELY_BASE/,
    )
    const start = npmStart(env)
    await start.says(/admin key +phk_/)
  })

  it.each([
    ["an address that is none", { CONNECTSAFELY_BASE_URL: "connectsafely" }, "CONNECTSAFELY_BASE_URL"],
    ["an address with a password", { CONNECTSAFELY_BASE_URL: "https://me:secret-key@host/" }, "CONNECTSAFELY_BASE_URL"],
    [
      "a setting out of its bounds",
      { POSTHORN_POLL_SECONDS: "0" },
      'POSTHORN_POLL_SECONDS is "0": write a whole number',
    ],
    ["a misspelt setting", { POSTHORN_POLL_SECOND: "5" }, "did you mean POSTHORN_POLL_SECONDS?"],
    ["a misspelt key", { CONNECTSAFELY_APIKEY: KEY }, "did you mean CONNECTSAFELY_API_KEY?"],
    [
      "a host that is not this machine's",
      { POSTHORN_HOST: "192.0.2.1" },
      "POSTHORN_HOST is not an address of this machine",
    ],
  ])("%s", async (_, env, sentence) => {
    expect(await refusal({ CONNECTSAFELY_API_KEY: KEY, ...env })).toContain(sentence)
  })

  it("a port in use", async () => {
    const { port } = await listening()
    expect(await refusal({ PORT: String(port) })).toBe(
      `Port ${port} is in use: stop what listens there, or set PORT to another one.`,
    )
  })

  it("a data directory that cannot be written", async () => {
    const file = path.join(directory(), "file")
    writeFileSync(file, "")
    for (const POSTHORN_DATA_DIR of [file, path.join(file, "below")])
      expect(await refusal({ POSTHORN_DATA_DIR })).toContain(
        "make it writable, or set POSTHORN_DATA_DIR to another directory.",
      )
  })

  it("a data directory that belongs to another upstream, or to another process", async () => {
    const env = { ...(await upstream()), POSTHORN_DATA_DIR: directory() }
    const first = npmStart(env)
    await first.says(LISTENS)
    expect(await refusal(env)).toContain("Another Posthorn is running on ")
    first.kill("SIGTERM")
    await first.ended()
    expect(await refusal({ ...env, ...(await upstream()) })).toContain("belongs to the upstream http://127.0.0.1:")
  })
})

it("starts on a directory that it knows although upstream is away, and says so", async () => {
  const env = { ...(await upstream()), POSTHORN_DATA_DIR: directory() }
  const first = npmStart(env)
  await first.says(LISTENS)
  first.kill("SIGTERM")
  await first.ended()
  const again = npmStart({ ...env, CONNECTSAFELY_API_KEY: "secret-key-mistyped" })
  expect((await again.says(/warning +(.*)/))[1]).toContain("does not accept the key in CONNECTSAFELY_API_KEY")
  const [, url] = await again.says(LISTENS)
  expect((await fetch(`${url}/health`)).status).toBe(200)
})
