import { type ChildProcess, execFile, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { promisify } from "node:util"

import { DEFAULT_CIRCUIT } from "@posthorn/core/delivery/circuit"
import { DEFAULT_SCHEDULE_MS, JITTER, RETRY_AFTER_MS_MAX } from "@posthorn/core/delivery/decide"
import { SEND_DEADLINE_MS } from "@posthorn/core/delivery/send"
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "@posthorn/core/time"
import { expect, it } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"
import { hasCurl } from "../suite.ts"
import { type Relay, until } from "../relay.ts"
import { conversationIn, deliveries, type EnvelopeJson, useStage, write } from "./stage.ts"

const { start, cleanups } = useStage()

const root = path.join(import.meta.dirname, "../..")
const docs = readFileSync(path.join(root, "docs/consuming.md"), "utf8")
const UNSIGNED = JSON.stringify({
  id: "evt_unsigned",
  type: "message.received",
  data: { message: { text: "unsigned" } },
})
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`

/** The programs of docs/consuming.md, as someone copies them into a folder of their own. */
const folderWithPrograms = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), "posthorn-consuming-"))
  cleanups.push(() => rm(folder, { recursive: true }))
  const programs = {
    "keep.mjs": blockOf("docs/consuming.md", "keep.mjs"),
    "receiver.mjs": blockOf("docs/consuming.md", "receiver.mjs"),
    "catch-up.mjs": blockOf("docs/consuming.md", "catch-up.mjs"),
  }
  for (const [name, text] of Object.entries(programs)) await writeFile(path.join(folder, name), text)
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"))
  return folder
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const readKey = async (relay: Relay): Promise<string> =>
  (await relay.api<{ key: string }>("/v1/keys", { body: { name: "catch-up", scopes: ["read"] } })).body.key

it("the receiver and the catch-up of docs/consuming.md have every event once after an outage, whatever came twice", async () => {
  const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "0.05" } })
  const [cwd, port, key] = [await folderWithPrograms(), await freePort(), await readKey(relay)]
  const env = {
    PATH: process.env["PATH"],
    API: relay.runtime.url,
    KEY: key,
    POSTHORN_SECRET: SECRET,
    PORT: String(port),
  }
  const receiver = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ["receiver.mjs"], { cwd, env, stdio: "ignore" })
    cleanups.push(async () => child.kill("SIGKILL"))
    await until(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: UNSIGNED }).catch(() => null)
      return answer?.status === 401
    }, "the receiver's start")
    return child
  }
  const catchUp = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, ["catch-up.mjs", ...args], { cwd, env })).stdout
  const kept = (): EnvelopeJson[] => {
    const db = new DatabaseSync(path.join(cwd, "events.db"), { readOnly: true, timeout: 5_000 })
    const rows = db.prepare("SELECT body FROM events").all() as { body: string }[]
    db.close()
    return rows.map(({ body }) => JSON.parse(body) as EnvelopeJson)
  }
  const texts = (): string[] =>
    kept()
      .filter(({ type }) => type === "message.received")
      .map(({ data }) => data.message.text)
      .toSorted()

  const first = await receiver()
  const { id } = await relay.endpoint(`http://127.0.0.1:${port}/hook`, { secret: SECRET })
  const conversation = conversationIn(relay)
  await write(relay, conversation, "before 1", "before 2")
  await until(async () => (await deliveries(relay, "status=succeeded")).length === 2)
  const [last] = kept()

  first.kill("SIGKILL")
  const during = Array.from({ length: 4 }, (_, index) => `during ${index}`)
  await write(relay, conversation, ...during)
  await until(async () => (await deliveries(relay, "status=exhausted")).length === 4, "all given up")
  await receiver()
  await write(relay, conversation, "after")
  await until(() => texts().includes("after"))
  expect(texts()).toEqual(["after", "before 1", "before 2"])

  // The new conversation and what was given up are in the walk as well, which shows events of all types.
  expect(await catchUp(last!.id)).toMatch(/^\d+ events that were not here\n$/)
  expect(texts()).toEqual(["after", "before 1", "before 2", ...during])
  expect(await catchUp()).toBe("0 events that were not here\n")
  await write(relay, conversation, "later")
  await until(() => texts().includes("later"))
  expect(await catchUp()).toBe("0 events that were not here\n")

  await relay.api(`/v1/endpoints/${id}`, { method: "DELETE" })
  await write(relay, conversation, ...Array.from({ length: 120 }, (_, index) => `without an endpoint ${index}`))
  expect(await catchUp()).toBe("120 events that were not here\n")
})

it.skipIf(!hasCurl())(
  "the curl commands of docs/consuming.md walk on from an event, then from the bookmark",
  async () => {
    const relay = await start()
    const key = await readKey(relay)
    const fromEvent = blockOf("docs/consuming.md", "from an event")
    const onFromBookmark = blockOf("docs/consuming.md", "on from a bookmark")
    const run = async (command: string, env: Record<string, string>) => {
      const all = { PATH: process.env["PATH"], API: relay.runtime.url, KEY: key, ...env }
      const { stdout } = await promisify(execFile)("sh", ["-c", command], { env: all })
      return JSON.parse(stdout) as { data: EnvelopeJson[]; nextCursor: string }
    }
    const textsOf = ({ data }: { data: EnvelopeJson[] }): string[] => data.map(({ data }) => data.message.text)

    const conversation = conversationIn(relay)
    await write(relay, conversation, "one", "two", "three")
    const { data } = await run(onFromBookmark, { NEXT: "start" })
    const one = data.find((event) => event.type === "message.received")!
    const page = await run(fromEvent, { LAST: one.id })
    expect(textsOf(page)).toEqual(["two", "three"])
    expect(await run(onFromBookmark, { NEXT: page.nextCursor })).toMatchObject({ data: [] })
    await write(relay, conversation, "four")
    expect(textsOf(await run(onFromBookmark, { NEXT: page.nextCursor }))).toEqual(["four"])
  },
)

it("the figures of docs/consuming.md are those that deliveries go by", () => {
  const say = (ms: number): string =>
    ms < MINUTE_MS ? `${ms / SECOND_MS} s` : ms < HOUR_MS ? `${ms / MINUTE_MS} min` : `${ms / HOUR_MS} h`
  const waits = DEFAULT_SCHEDULE_MS.map(say)
  const text = docs.replace(/\s+/g, " ")
  for (const sentence of [
    `after ${waits.slice(0, -1).join(", ")} and ${waits.at(-1)!}, each ±${JITTER * 100} %: ten attempts`,
    `The whole exchange has ${SEND_DEADLINE_MS / SECOND_MS} seconds`,
    `at most ${RETRY_AFTER_MS_MAX / HOUR_MS} hours`,
    `after ${say(DEFAULT_CIRCUIT.probeMs)}, then at doubling intervals up to ${say(DEFAULT_CIRCUIT.probeMsMax)}`,
    `up to ${DEFAULT_CIRCUIT.rateDefault} or the endpoint's \`rateLimit\``,
  ])
    expect(text).toContain(sentence)
  expect([DEFAULT_SCHEDULE_MS.length + 1, DEFAULT_CIRCUIT.failures, DEFAULT_CIRCUIT.deliveries]).toEqual([10, 10, 3])
  expect([DEFAULT_CIRCUIT.rateStart, DEFAULT_CIRCUIT.disableAfterMs]).toEqual([1, 5 * DAY_MS])
})
