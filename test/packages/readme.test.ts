import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { once } from "node:events"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import path from "node:path"

import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest"

import { post, type Send, toTestAnswer } from "../../packages/sdk/src/handlers/test-server.ts"
import { OTHER_SECRET, pingEvent, SECRET, signed } from "../../packages/sdk/src/verify/test-webhook.ts"
import { ADMIN_KEY, startRelay } from "../relay.ts"
import { ROOT, run } from "./fresh-project.ts"
import { writePrograms } from "./readme.ts"

const SLOW_MS = 120_000

// In the repository, where the frameworks are found.
const folder = mkdtempSync(path.join(import.meta.dirname, ".readme-"))
const programs = writePrograms(folder)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let printed: unknown[][]
beforeEach(() => {
  vi.stubEnv("POSTHORN_SECRET", SECRET)
  vi.stubEnv("PORT", "0")
  printed = []
  vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void printed.push(values))
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** The program under a fresh URL: what it read from the environment, it reads again. */
let imported = 0
const load = async <Exports>(name: string): Promise<Exports> =>
  (await import(`${programs[name] ?? name}?${++imported}`)) as Exports

type Fetch = (request: Request) => Response | Promise<Response>
const fetched =
  (fetch: Fetch): Send =>
  async (init) =>
    toTestAnswer(await fetch(new Request("https://receiver.example/hook", { method: "POST", ...init })))

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve).closeAllConnections())
})
const listening = async ({ server }: { server: Server }): Promise<Send> => {
  servers.push(server)
  if (!server.listening) await once(server, "listening")
  return post(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`)
}

type LambdaHandler = (event: object) => Promise<{ statusCode: number; headers: Record<string, string>; body: string }>
const receivers: Record<string, () => Promise<Send>> = {
  "hono.ts": async () => fetched((await load<{ default: { fetch: Fetch } }>("hono.ts")).default.fetch),
  "express.ts": async () => listening(await load("express.ts")),
  "express-json.ts": async () => listening(await load("express-json.ts")),
  "app/hook/route.ts": async () => fetched((await load<{ POST: Fetch }>("app/hook/route.ts")).POST),
  "lambda.ts": async () => {
    const { handler } = await load<{ handler: LambdaHandler }>("lambda.ts")
    return async (request) => {
      const { statusCode, headers, body } = await handler(request)
      return { status: statusCode, headers: new Headers(headers), body }
    }
  },
  "hook.ts": async () => fetched((await load<{ default: { fetch: Fetch } }>("hook.ts")).default.fetch),
  "verify.ts": async () => fetched((await load<{ receive: Fetch }>("verify.ts")).receive),
  "rotation.ts": async () => fetched((await load<{ POST: Fetch }>("rotation.ts")).POST),
  "answers.ts": async () => fetched((await load<{ POST: Fetch }>("answers.ts")).POST),
  "repeats.ts": async () => fetched((await load<{ POST: Fetch }>("repeats.ts")).POST),
}
const ofType = (type: string, data: object = {}) => signed({ body: JSON.stringify({ ...pingEvent, type, data }) })

describe("the SDK's README", () => {
  it("has no program that is not run here", () => {
    expect([...Object.keys(receivers), "catch-up.ts"].sort()).toEqual(Object.keys(programs).sort())
  })

  it(
    "has programs that a strict compiler takes",
    () => {
      const config = { extends: path.join(ROOT, "tsconfig.base.json"), include: ["**/*.ts"] }
      writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(config))
      run(process.execPath, [path.join(ROOT, "node_modules/typescript/bin/tsc"), "--project", folder], { cwd: ROOT })
    },
    SLOW_MS,
  )

  it.each(Object.keys(receivers))("has in %s a receiver that takes a webhook and refuses others", async (name) => {
    const send = await receivers[name]!()
    const message = ofType("message.received", { message: { text: "Hello" } })
    expect(await send(message)).toMatchObject({ status: 204, body: "" })
    expect(await send(signed({ secret: OTHER_SECRET }))).toMatchObject({
      status: 401,
      body: expect.stringMatching(/^wrong_secret: /) as string,
    })
    const wanted = { "verify.ts": [pingEvent.id, "message.received"], "answers.ts": undefined }
    const line = name in wanted ? wanted[name as keyof typeof wanted] : ["Hello"]
    if (["rotation.ts", "repeats.ts"].includes(name)) expect(printed).toEqual([[pingEvent.id]])
    else expect(printed).toEqual(line === undefined ? [] : [line])
  })

  it("says in rotation.ts how both secrets pass", async () => {
    vi.stubEnv("POSTHORN_SECRET_BEFORE", OTHER_SECRET)
    const send = await receivers["rotation.ts"]!()
    for (const secret of [SECRET, OTHER_SECRET]) expect((await send(signed({ secret }))).status).toBe(204)
  })

  it("says in answers.ts what Posthorn acts on", async () => {
    const send = await receivers["answers.ts"]!()
    expect((await send(ofType("custom.customer_left"))).status).toBe(410)
    for (const [type, status, wait] of [
      ["message.updated", 429, "60"],
      ["conversation.created", 503, "300"],
    ] as const) {
      const answer = await send(ofType(type))
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, wait])
    }
  })

  it("says in repeats.ts how an event is done once", async () => {
    const send = await receivers["repeats.ts"]!()
    for (let times = 0; times < 3; times++) expect((await send(signed())).status).toBe(204)
    expect(printed).toEqual([[pingEvent.id]])
  })

  it("reads on from a bookmark in catch-up.ts, at a real relay", async () => {
    const relay = await startRelay()
    try {
      const { readOn } = await load<{ readOn: (...given: [string, string, string]) => Promise<string> }>("catch-up.ts")
      const published = await relay.api<{ id: string }>("/v1/events", { body: { type: "custom.x", data: {} } })
      const { url } = relay.runtime
      const bookmark = await readOn(url, ADMIN_KEY, "start")
      expect(printed).toEqual([[published.body.id, "custom.x"]])
      expect(await readOn(url, ADMIN_KEY, bookmark)).toBe(bookmark)
      expect(printed).toHaveLength(1)
    } finally {
      await relay.stop()
      await relay.simulator.close()
    }
  })
})
