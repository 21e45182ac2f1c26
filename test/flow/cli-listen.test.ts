import { randomBytes } from "node:crypto"
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { createServer as createHttpServer } from "node:http"
import type { AddressInfo } from "node:net"
import path from "node:path"

import { Webhook } from "standardwebhooks"
import { describe, expect, it } from "vitest"

import { type Receiver, startReceiver } from "../receiver.ts"
import { until } from "../relay.ts"
import { cliOf, linesOf, WITHIN_MS } from "./cli.ts"
import { gateTo } from "./cli-gate.ts"
import { conversationIn, textsAt, useStage, write } from "./stage.ts"

const { start, receive, cleanups } = useStage()
const TIMEOUT_MS = 240_000

const secret = `whsec_${randomBytes(32).toString("base64")}`
const verified = (receiver: Receiver, by = secret): string[] =>
  receiver.requests.map(({ body, headers }) => {
    const event = new Webhook(by).verify(body, headers as Record<string, string>) as { id: string }
    expect(event.id).toBe(headers["webhook-id"])
    return event.id
  })

const stage = async () => {
  const relay = await start()
  const cli = cliOf(relay, cleanups)
  const conversation = conversationIn(relay)
  const tell = (...texts: string[]) => write(relay, conversation, ...texts)
  return { relay, cli, tell }
}

describe("listen", { timeout: TIMEOUT_MS }, () => {
  it("forwards each event, signed, and after a kill -9 goes on where it stopped: nothing is lost, and little comes twice", async () => {
    const { cli, tell } = await stage()
    const receiver = await receive()
    await tell("before the first run")
    const args = ["listen", "--forward", receiver.url, "--type", "message.received", "--every", "1", "--json"]
    const env = { POSTHORN_SECRET: secret }
    const first = cli.start(args, env)
    await first.says(/"listening"/, WITHIN_MS)
    const texts = Array.from({ length: 12 }, (_, index) => `message ${String(index)}`)
    await tell(...texts)
    // Killed in the middle of an exchange: the receiver has the event, and nobody wrote that down.
    receiver.answer((_, index) => (index === 4 ? { hang: "headers" } : { status: 204 }))
    await receiver.waitFor(5, WITHIN_MS)
    first.killAll("SIGKILL")
    await first.ended(WITHIN_MS)
    receiver.answer({ status: 204 })
    await tell("while nobody listened")

    const second = cli.start(args, env)
    await receiver.waitFor(({ body }) => body.includes("while nobody listened"), WITHIN_MS)
    await second.says(/while nobody listened/, WITHIN_MS)
    second.kill("SIGINT")
    expect(await second.ended(WITHIN_MS)).toEqual({ code: 0, signal: null })
    const got = textsAt(receiver)
    expect([...new Set(got)]).toEqual([...texts, "while nobody listened"])
    // The one that hung.
    expect(got.length).toBe(texts.length + 2)
    expect(new Set(verified(receiver)).size).toBe(texts.length + 1)
    const records = linesOf<{ listening?: { secret: null; forward: string }; outcome?: string; status?: number }>(
      second.out(),
    )
    expect(records[0]?.listening).toMatchObject({ secret: null, forward: new URL(receiver.url).host })
    expect(records.slice(1).every(({ outcome, status }) => outcome === "delivered" && status === 204)).toBe(true)
  })

  it("waits for a receiver that is down and goes past nothing; takes all up, in order, when it is back", async () => {
    const { cli, tell } = await stage()
    const receiver = await receive()
    receiver.answer({ status: 503 })
    const listening = cli.start([
      "listen",
      "--forward",
      receiver.url,
      "--from",
      "start",
      "--secret",
      secret,
      "--every",
      "1",
      "--type",
      "message.*",
    ])
    await listening.says(/Listening/, WITHIN_MS)
    await tell("one", "two", "three")
    await receiver.waitFor(3, WITHIN_MS)
    await until(() => listening.err().includes("nothing goes past it"))
    const refused = textsAt(receiver)
    expect(new Set(refused)).toEqual(new Set(["one"]))
    receiver.answer({ status: 200 })
    await receiver.waitFor(({ body }) => body.includes("three"), WITHIN_MS)
    expect(textsAt(receiver).slice(refused.length)).toEqual(["one", "two", "three"])
    // Each try is signed afresh, under one id.
    expect(new Set(verified(receiver)).size).toBe(3)
  })

  it("is told that nothing listens, and finds the receiver when it starts", async () => {
    const { cli, tell } = await stage()
    const port = await freePort()
    const forward = `http://127.0.0.1:${String(port)}/hook`
    await tell("early")
    const listening = cli.start([
      "listen",
      "--forward",
      forward,
      "--from",
      "start",
      "--type",
      "message.received",
      "--every",
      "1",
    ])
    await until(() => listening.err().includes("ECONNREFUSED") || listening.end() !== null)
    const bodies: string[] = []
    const server = createHttpServer((request, response) => {
      request.on("data", (chunk: Buffer) => bodies.push(chunk.toString()))
      request.on("end", () => response.writeHead(204).end())
    }).listen(port, "127.0.0.1")
    cleanups.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
    await listening.says(/✓ 204/, WITHIN_MS)
    expect(bodies.join("")).toContain("early")
  })

  it("with --skip-failed leaves an event behind after three tries, goes on, and ends with 1", async () => {
    const { cli, tell } = await stage()
    const receiver = await receive()
    receiver.answer(({ body }) => ({ status: body.includes("poison") ? 500 : 200 }))
    await tell("poison", "fine")
    const args = [
      "listen",
      "--forward",
      receiver.url,
      "--from",
      "start",
      "--type",
      "message.received",
      "--once",
      "--skip-failed",
    ]
    const { code, err } = await cli.run(args)
    expect(textsAt(receiver)).toEqual(["poison", "poison", "poison", "fine"])
    expect([code, err.includes("Left behind")]).toEqual([1, true])
  })

  it("ends where the receiver answers 410, as a deployment would", async () => {
    const { cli, tell } = await stage()
    const receiver = await receive()
    receiver.answer({ status: 410 })
    await tell("never again")
    const args = ["listen", "--forward", receiver.url, "--from", "start", "--type", "message.received", "--once"]
    const first = await cli.run(args)
    expect([first.code, first.err]).toEqual([1, expect.stringContaining("never send here again")])
    receiver.answer({ status: 200 })
    // Without --from: it had not gone past it.
    const again = args.filter((arg) => arg !== "--from" && arg !== "start")
    expect((await cli.run(again)).code).toBe(0)
    expect(textsAt(receiver)).toEqual(["never again", "never again"])
  })

  it("makes a secret where none is brought, prints it once, and it verifies", async () => {
    const { cli, tell } = await stage()
    const receiver = await receive()
    await tell("signed")
    const { out, err } = await cli.run([
      "listen",
      "--forward",
      receiver.url,
      "--from",
      "start",
      "--type",
      "message.received",
      "--once",
    ])
    const made = out.match(/whsec_\S+/g) ?? []
    expect(made).toHaveLength(1)
    expect(err).not.toContain("whsec_")
    expect(verified(receiver, made[0])).toHaveLength(1)
  })

  it("begins at now where it never ran, and misses nothing between two runs of which the first saw nothing", async () => {
    const { cli, tell } = await stage()
    const receiver = await receive()
    const args = ["listen", "--forward", receiver.url, "--type", "message.received", "--once"]
    await tell("history")
    expect((await cli.run(args)).code).toBe(0)
    await tell("news")
    expect((await cli.run(args)).code).toBe(0)
    expect(textsAt(receiver)).toEqual(["news"])
  })

  it("keeps the place it had where --from names none: a slip of the pen costs nothing", async () => {
    const { cli, tell } = await stage()
    const receiver = await receive()
    const args = ["listen", "--forward", receiver.url, "--type", "message.received", "--once"]
    expect((await cli.run(args)).code).toBe(0)
    await tell("news")
    const slip = await cli.run([...args, "--from", "strat"])
    expect([slip.code, slip.err]).toEqual([4, expect.stringContaining('"start"')])
    expect((await cli.run(args)).code).toBe(0)
    expect(textsAt(receiver)).toEqual(["news"])
  })

  it("has written down where now was before anything comes: a run that is killed at once misses nothing", async () => {
    const { cli, relay, tell } = await stage()
    const receiver = await receive()
    const state = path.join(cli.stateHome, "place.json")
    // A deployment that says where now is, and at first nothing more.
    let isSilent = true
    const silent = createHttpServer((request, response) => {
      const query = new URL(request.url ?? "", "http://x").searchParams
      if (isSilent && query.has("after") && query.get("after") !== "now") return
      const { authorization = "" } = request.headers
      void fetch(`${relay.runtime.url}${request.url ?? ""}`, { headers: { authorization } }).then(async (answer) => {
        response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text())
      })
    }).listen(0, "127.0.0.1")
    cleanups.push(() => new Promise((resolve) => silent.close(resolve).closeAllConnections()))
    await until(() => silent.listening)
    const url = `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`
    const args = ["listen", "--forward", receiver.url, "--url", url, "--state", state, "--type", "message.received"]
    const first = cli.start(args)
    await first.says(/From {5}now/, WITHIN_MS)
    await tell("just then")
    first.killAll("SIGKILL")
    await first.ended(WITHIN_MS)
    isSilent = false
    expect((await cli.run([...args, "--once"])).code).toBe(0)
    expect(textsAt(receiver)).toEqual(["just then"])
  })

  it("keeps its place in a file of its owner's alone, in which no address stands", async () => {
    const { cli, relay } = await stage()
    const receiver = await receive()
    await cli.run(["listen", "--forward", `${receiver.url}/T0KEN`, "--once"])
    const folder = path.join(cli.stateHome, "posthorn")
    const files = readdirSync(folder)
    // The place and its lock.
    expect(files).toHaveLength(2)
    for (const file of files) {
      expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600)
      const text = readFileSync(path.join(folder, file), "utf8")
      expect(text).not.toMatch(/T0KEN|127\.0\.0\.1/)
      expect(text).not.toContain(relay.runtime.url)
    }
  })

  it("does not believe a place of another deployment: everything that is kept comes, rather than that something is missed", async () => {
    const first = await stage()
    const receiver = await receive()
    const state = path.join(first.cli.stateHome, "place.json")
    const gate = await gateTo(first.relay.runtime.url, cleanups)
    const args = ["listen", "--forward", receiver.url, "--url", gate.url, "--state", state, "--once"]
    args.push("--type", "message.received")
    await first.tell("one", "two", "three")
    await first.cli.run([...args, "--from", "start"])
    expect(textsAt(receiver)).toEqual(["one", "two", "three"])
    // Another at the same address, with the same account, at the begin of its log: the place stands before events that nobody has seen.
    const second = await stage()
    await second.tell("only")
    gate.leadTo(second.relay.runtime.url)
    const { err } = await second.cli.run(args)
    expect(err).toContain("another deployment")
    expect(textsAt(receiver)).toEqual(["one", "two", "three", "only"])
    writeFileSync(state, "{")
    const broken = await second.cli.run(args)
    expect([broken.code, broken.err]).toEqual([2, expect.stringContaining("--from")])
  })

  it("a message cannot move the cursor of whoever listens", async () => {
    const { cli, tell } = await stage()
    const receiver = await receive()
    await tell("\u001b[2Jcleared\u0007 \u009b31mred\nnext line")
    const args = ["listen", "--forward", receiver.url, "--from", "start", "--type", "message.received", "--once"]
    const shown = await cli.run(args)
    const json = await cli.json(args)
    for (const { out } of [shown, json]) expect(out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u)
    expect(shown.out).toContain("[2Jcleared 31mred next line")
  })

  it("refuses what cannot be used, and never shows a secret", async () => {
    const { cli } = await stage()
    const bad = await cli.run(["listen", "--forward", "http://127.0.0.1:1", "--secret", "whsec_c2hvcnQ="])
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("24 to 64 bytes")])
    expect(bad.out + bad.err).not.toContain("c2hvcnQ")
    expect((await cli.run(["listen", "--forward", "ftp://x"])).code).toBe(2)
    expect((await cli.run(["listen"])).err).toContain("--forward")
  })
})

describe("events tail", { timeout: TIMEOUT_MS }, () => {
  it("waits for a deployment that goes away, and shows what came meanwhile", async () => {
    const relay = await start()
    const cli = cliOf(relay, cleanups)
    const proxy = await gateTo(relay.runtime.url, cleanups)
    const tailing = cli.start(["events", "tail", "--url", proxy.url, "--every", "1", "--json", "--from", "start"])
    const conversation = conversationIn(relay)
    await write(relay, conversation, "first")
    await tailing.says(/first/, WITHIN_MS)
    proxy.close()
    await write(relay, conversation, "unseen at first")
    // More often than one call of the SDK tries.
    await until(() => proxy.refused() > 4)
    proxy.open()
    await tailing.says(/unseen at first/, WITHIN_MS)
    tailing.kill("SIGINT")
    expect((await tailing.ended(WITHIN_MS)).code).toBe(0)
    const texts = linesOf<{ event: { type: string; data: { message?: { text: string } } } }>(tailing.out())
      .filter(({ event }) => event.type === "message.received")
      .map(({ event }) => event.data.message?.text)
    expect(texts).toEqual(["first", "unseen at first"])
  })
})

const freePort = async (): Promise<number> => {
  const receiver = await startReceiver()
  await receiver.close()
  return receiver.port
}
