import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, describe, expect, it } from "vitest"

import { endAll, NPM_START, ROOT, run, type Running, until } from "../kill/process.ts"

const LINES_MAX = 14
const BANNER_ENDS = /Ctrl-C ends Posthorn\.\n/

const LINK =
  /^ {2}open +(http:\S+)\/sign-in#code=([\w-]{32}) +\(signs you in, once, within the hour; later: the admin key\)$/
const firstLine = (banner: string): string => banner.split("\n").find((line) => line.trim() !== "") ?? ""

const directories: string[] = []
afterEach(async () => {
  await endAll()
  for (const each of directories.splice(0)) rmSync(each, { recursive: true, force: true })
})
const directory = (): string => {
  const made = mkdtempSync(path.join(tmpdir(), "posthorn's banner-"))
  directories.push(made)
  return made
}

const start = async (
  env: Record<string, string>,
): Promise<{ running: Running; banner: string; commands: string[] }> => {
  const running = run(["sh", "-c", NPM_START], { PORT: "0", POSTHORN_POLL_SECONDS: "1", ...env })
  await running.says(BANNER_ENDS)
  const out = running.out()
  const banner = out.slice(0, out.search(BANNER_ENDS))
  expect(banner.trim().split("\n").length).toBeLessThanOrEqual(LINES_MAX)
  const commands = [...banner.matchAll(/^ {4}(curl .*)$/gm)].map(([, command = ""]) => command)
  expect(commands).toHaveLength(3)
  return { running, banner, commands }
}
const stop = async (running: Running): Promise<void> => {
  running.kill("SIGTERM")
  await running.ended()
}

interface Answer {
  secret?: string
  data?: { id: string; status?: string }[]
}
/** As a person would paste it. */
const paste = (command: string, before = ":"): Answer => {
  const { PATH = "" } = process.env
  const env = { PATH: `${path.dirname(process.execPath)}${path.delimiter}${PATH}` }
  const { stdout, stderr } = spawnSync("sh", ["-c", `${before}\n${command}`], { encoding: "utf8", env })
  expect(stdout, stderr).toMatch(/^\{/)
  return JSON.parse(stdout) as Answer
}

describe("the banner", () => {
  it("at first start: what is polled, the key, and three commands that work", async () => {
    const dataDir = directory()
    const { banner, commands } = await start({ POSTHORN_DATA_DIR: dataDir })
    expect(banner).toMatch(/polls +Juniper Example, every 1 s, in the built-in simulator/)
    const kept = path.join(dataDir, "simulator", "secrets.json")
    const { adminKey } = JSON.parse(readFileSync(kept, "utf8")) as { adminKey: string }
    expect(banner).toContain(`admin key   ${adminKey}    (shown this once; kept in ${kept})`)
    expect(banner).toMatch(/^ {2}Posthorn +http:\S+ /m)

    const [register = "", events = "", deliveries = ""] = commands
    expect(paste(register).secret).toMatch(/^whsec_/)
    await until(() => paste(events).data?.length === 1, "an event")
    await until(() => paste(deliveries).data?.length === 1, "a delivery")
  })

  it("begins with a link that signs in as the admin key, once, and another at each start", async () => {
    const POSTHORN_DATA_DIR = directory()
    const { running, banner } = await start({ POSTHORN_DATA_DIR })
    const [, url = "", code = ""] = LINK.exec(firstLine(banner)) ?? []
    const signIn = () =>
      fetch(`${url}/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: url, "sec-fetch-site": "same-origin" },
        body: JSON.stringify({ code }),
      })
    const response = await signIn()
    const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";")
    expect([response.status, await response.json()]).toMatchObject([201, { key: { id: "key_admin" } }])
    expect((await fetch(`${url}/v1/keys`, { headers: { cookie } })).status).toBe(200)
    expect((await signIn()).status).toBe(401)
    await stop(running)

    const again = await start({ POSTHORN_DATA_DIR })
    const [, , other] = LINK.exec(firstLine(again.banner)) ?? []
    expect([other === undefined, other === code]).toEqual([false, false])
  })

  it("later: the key is not shown again, and the banner's own line brings it to the commands", async () => {
    const POSTHORN_DATA_DIR = directory()
    const first = await start({ POSTHORN_DATA_DIR })
    const [, key = ""] = /admin key +(phk_\S+)/.exec(first.banner) ?? []
    await stop(first.running)

    const { running, banner, commands } = await start({ POSTHORN_DATA_DIR })
    const [, line = ""] = /admin key +(export .*)/.exec(banner) ?? []
    expect(paste(commands[0] ?? "", line).secret).toMatch(/^whsec_/)
    expect(paste(commands[1] ?? "", line).data).toBeDefined()
    expect(key).not.toBe("")
    expect(`${running.out()}${running.err()}`).not.toContain(key)
  })

  it("shows the key of a first start that had failed, and never one that was set", async () => {
    const POSTHORN_DATA_DIR = directory()
    const failed = run(["sh", "-c", NPM_START], { POSTHORN_DATA_DIR, PORT: "0", POSTHORN_HOST: "192.0.2.1" })
    expect((await failed.ended()).code).toBe(1)
    const { running, banner } = await start({ POSTHORN_DATA_DIR })
    expect(banner).toMatch(/admin key +phk_/)
    await stop(running)

    const POSTHORN_ADMIN_KEY = "a-key-that-somebody-has-set"
    const set = await start({ POSTHORN_DATA_DIR: directory(), POSTHORN_ADMIN_KEY })
    expect(set.banner).not.toContain(POSTHORN_ADMIN_KEY)
    expect(paste(set.commands[2] ?? "", `export POSTHORN_ADMIN_KEY=${POSTHORN_ADMIN_KEY}`).data).toBeDefined()
    expect(firstLine(set.banner)).toMatch(LINK)
  })

  it("with ConnectSafely: its accounts and host, and a demo receiver that takes what is registered", async () => {
    const main = path.join(ROOT, "packages/simulator/src/main.ts")
    const simulator = run([process.execPath, main, "--accounts", "1", "--history", "--people", "200"])
    const { url } = JSON.parse((await simulator.says(/\{.*\}/))[0]) as { url: string }
    const env = { CONNECTSAFELY_API_KEY: "any", CONNECTSAFELY_BASE_URL: url }
    const { running, banner, commands } = await start({ ...env, POSTHORN_DATA_DIR: directory() })
    expect(banner).toContain(`polls       Juniper Example, every 1 s, at ${new URL(url).host}`)
    paste(commands[0] ?? "")
    await running.says(/demo receiver: message\.\w+ .*\(signature verifies\)/)
    expect(paste(commands[2] ?? "").data).toHaveLength(1)
  })
})
