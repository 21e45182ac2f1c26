import { readFileSync } from "node:fs"

import { describe, expect, it } from "vitest"

import { createProgram, helpOf, leaves } from "../../packages/cli/src/program.ts"
import { VERSION } from "../../packages/cli/src/version.ts"
import { until } from "../relay.ts"
import { cliOf, linesOf, WITHIN_MS } from "./cli.ts"
import { conversationIn, deliveries, eventsAt, useStage, write } from "./stage.ts"

const { start, receive, cleanups } = useStage()
const TIMEOUT_MS = 240_000

describe("commands", { timeout: TIMEOUT_MS }, () => {
  it("endpoints: made, shown, changed, paused, resumed, tested, rotated, deleted", async () => {
    const relay = await start()
    const cli = cliOf(relay, cleanups)
    const receiver = await receive()
    const made = await cli.json<{ id: string; secret: string; rateLimit: number }>([
      "endpoints",
      "create",
      receiver.url,
      "--type",
      "message.received,message.sent",
      "--rate-limit",
      "20",
      "--header",
      "x-crm=token=1",
    ])
    const { id, secret } = made.lines[0]!
    expect(made.lines[0]).toMatchObject({
      eventTypes: ["message.received", "message.sent"],
      rateLimit: 20,
      headers: { "x-crm": "[redacted]" },
    })
    expect(secret).toMatch(/^whsec_/)

    const list = await cli.run(["endpoints", "list"])
    expect(list.out).toContain(id)
    expect(list.out).not.toContain("/hook")
    expect((await cli.json(["endpoints", "list"])).lines).toMatchObject([{ id, url: receiver.url }])
    expect((await cli.json(["endpoints", "update", id, "--description", "the CRM"])).lines).toMatchObject([
      { description: "the CRM", rateLimit: 20 },
    ])
    expect((await cli.run(["endpoints", "update", id])).code).toBe(2)
    expect((await cli.json(["endpoints", "pause", id])).lines).toMatchObject([{ status: "paused" }])
    const held = await cli.json(["trigger", "ping", id])
    expect([held.code, held.lines[0]]).toMatchObject([1, { status: "held", statusReason: "paused" }])
    expect((await cli.json(["endpoints", "resume", id])).lines).toMatchObject([{ status: "enabled" }])
    const tested = await cli.run(["trigger", "ping", id])
    expect([tested.code, tested.out]).toEqual([0, expect.stringContaining("delivered: the receiver answered 200")])
    const rotated = await cli.json<{ secret: string }>(["endpoints", "rotate-secret", id, "--overlap", "0"])
    expect(rotated.lines[0]?.secret).not.toBe(secret)
    expect((await cli.json(["endpoints", "get", id])).out).not.toContain("whsec_")
    expect((await cli.json(["endpoints", "delete", id])).lines).toEqual([{ id, deleted: true }])
    const again = await cli.json(["endpoints", "get", id])
    expect([again.code, JSON.parse(again.err)]).toMatchObject([4, { error: { code: "not_found", status: 404 } }])
  })

  it("events and deliveries: listed, shown, traced, and one that failed is sent again", async () => {
    const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "1" } })
    const cli = cliOf(relay, cleanups)
    const receiver = await receive()
    receiver.answer({ status: 500 })
    await relay.endpoint(receiver.url)
    await write(relay, conversationIn(relay), "hello")
    await until(async () => (await deliveries(relay, "status=exhausted")).length === 1)
    const [event] = (
      await cli.json<{ id: string; type: string }>(["events", "list", "--since", "1h", "--type", "message.received"])
    ).lines
    expect(event?.type).toBe("message.received")
    expect((await cli.run(["events", "list"])).out).toContain('Alice Example "hello"')
    expect((await cli.json(["events", "get", event!.id])).lines).toEqual([event])
    const trace = await cli.run(["events", "trace", event!.id])
    expect(trace.out).toContain("Given up after 2 attempts")
    const [delivery] = (await cli.json<{ id: string }>(["deliveries", "list", "--status", "exhausted"])).lines
    expect((await cli.run(["deliveries", "get", delivery!.id])).out).toContain('"attempts"')
    expect((await cli.run(["deliveries", "retry", delivery!.id])).code).toBe(1)
    receiver.answer({ status: 200 })
    const retried = await cli.json(["deliveries", "retry", delivery!.id])
    expect([retried.code, retried.lines[0]]).toMatchObject([0, { status: "succeeded" }])
    const none = await cli.json(["events", "list", "--until", "2020-01-01T00:00:00Z"])
    expect([none.lines, linesOf(none.err)]).toEqual([[], [{ note: "none" }]])
    const bad = await cli.run(["events", "list", "--since", "yesterday"])
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("2h, 3d")])
  })

  it("replay counts, then delivers again and follows the job to its end", async () => {
    const relay = await start()
    const cli = cliOf(relay, cleanups)
    const receiver = await receive()
    const { id } = await relay.endpoint(receiver.url)
    await write(relay, conversationIn(relay), "one", "two")
    await receiver.waitFor(2)
    await until(async () => (await deliveries(relay, "status=succeeded")).length === 2)
    const counted = await cli.json(["replay", id, "--since", "1h", "--dry-run"])
    expect(counted.lines).toMatchObject([{ matched: 2, exact: true }])
    expect(receiver.requests).toHaveLength(2)
    const { code, lines } = await cli.json<{ id: string; status: string; done: number }>([
      "replay",
      id,
      "--since",
      "1h",
    ])
    expect([code, lines.at(-1)]).toMatchObject([0, { status: "succeeded", done: 2 }])
    await receiver.waitFor(4, WITHIN_MS)
    expect(new Set(eventsAt(receiver).map((event) => event.id)).size).toBe(2)
    const words = await cli.run(["replay", id, "--since", "1h", "--only-failed"])
    // No bar and no colour where there is no terminal.
    expect(words.out + words.err).toMatch(/^job_\S+ succeeded, 0 of 0\n$/)
    expect((await cli.json(["jobs", "list", "--kind", "replay"])).lines).toHaveLength(2)
    expect((await cli.run(["jobs", "wait", lines.at(-1)!.id])).code).toBe(0)
    for (const [args, sentence] of [
      [[], /--since .*--event/],
      [["--since", "1h", "--until", "2h"], /--until: must be after --since/],
    ] as const) {
      const bad = await cli.run(["replay", id, ...args])
      expect([bad.code, bad.err]).toEqual([2, expect.stringMatching(sentence)])
    }
    const refused = await cli.run(["replay", id, "--event", "evt"])
    expect([refused.code, refused.err]).toEqual([4, expect.stringMatching(/^--event: must be an event's id/)])
  })

  it("Ctrl-C leaves a job at work; cancel ends it", async () => {
    const relay = await start()
    const cli = cliOf(relay, cleanups)
    relay.simulator.faults.add({ kind: "hang", where: "headers" })
    const { id } = (await relay.api<{ id: string }>(`/v1/accounts/${relay.accountId}/reconcile`, { method: "POST" }))
      .body
    const waiting = cli.start(["jobs", "wait", id, "--json"])
    await waiting.says(new RegExp(id), WITHIN_MS)
    waiting.kill("SIGINT")
    expect((await waiting.ended(WITHIN_MS)).code).toBe(130)
    const words = cli.start(["jobs", "wait", id])
    const cancelled = await cli.json(["jobs", "cancel", id])
    expect(cancelled.lines).toMatchObject([{ id, status: "cancelled" }])
    expect((await words.ended(WITHIN_MS)).code).toBe(1)
    expect(words.out()).toContain(`${id} cancelled`)
  })

  it("trigger custom publishes an event of one's own, once per key", async () => {
    const relay = await start()
    const cli = cliOf(relay, cleanups)
    const args = ["trigger", "custom", "custom.deal_won", "--data", '{"amount": 12}', "--idempotency-key", "deal-7"]
    const first = await cli.json<{ id: string }>(args)
    expect(first.lines).toMatchObject([{ type: "custom.deal_won", data: { amount: 12 } }])
    expect((await cli.json<{ id: string }>(args)).lines[0]?.id).toBe(first.lines[0]?.id)
    expect((await cli.run(["trigger", "custom", "custom.deal_won", "--data", "[]"])).code).toBe(2)
    const bad = await cli.run(["trigger", "custom", "deal_won"])
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("custom.deal_won")])
    // Its type is an argument: there is no --type here to mend.
    const capitals = await cli.run(["trigger", "custom", "custom.BAD"])
    expect([capitals.code, capitals.err]).toEqual([4, expect.stringMatching(/^type: must be "custom\." and a name/)])
  })

  it("accounts: listed, shown, polled", async () => {
    const relay = await start()
    const cli = cliOf(relay, cleanups)
    expect((await cli.json(["accounts", "list"])).lines).toMatchObject([{ id: relay.accountId, status: "healthy" }])
    expect((await cli.run(["accounts", "get", relay.accountId])).out).toContain('"healthy"')
    expect((await cli.run(["accounts", "poll", relay.accountId])).out).toContain("on its way")
  })

  it("end with what docs/cli.md says, in one sentence, without the key", async () => {
    const cli = cliOf(null, cleanups)
    const key = "phk_told_to_nobody"
    const cases: [string[], Record<string, string>, number, RegExp][] = [
      [["events", "list"], {}, 2, /POSTHORN_KEY/],
      [["events", "list", "--url", "http://127.0.0.1:9"], { POSTHORN_KEY: key }, 3, /Is it running/],
      [["events", "list", "--url", "http://192.0.2.1"], { POSTHORN_KEY: key }, 2, /--allow-http/],
      [["events", "list"], { POSTHORN_KEY: `${key}\n` }, 2, /line breaks/],
      [["evnts"], {}, 2, /Did you mean events/],
      [["events", "list", "--limit", "0"], { POSTHORN_KEY: key }, 2, /1 to 10000/],
      [["events", "tail", "--type", "mesage.*"], { POSTHORN_KEY: key }, 2, /message\.received/],
    ]
    for (const [args, env, wanted, sentence] of cases) {
      const { code, out, err } = await cli.run(args, env)
      expect([args, code]).toEqual([args, wanted])
      expect(err).toMatch(sentence)
      expect(out + err).not.toContain(key)
    }
  })
})

describe("help", () => {
  it("of every command has what it is for, and an example that the command itself takes", () => {
    const all = leaves(createProgram())
    expect(all.length).toBeGreaterThan(20)
    for (const { words, command } of all) {
      const help = helpOf(command)
      const name = words.join(" ")
      expect(help).toContain(`Usage: ${name}`)
      const examples = [...help.matchAll(/^ {2}(posthorn .*)$/gm)].map(([, line]) => line!)
      expect(examples.length, name).toBeGreaterThan(0)
      for (const example of examples) {
        const args = argumentsOf(example)
        // As it stands it parses: no option or argument that the command does not know.
        const program = createProgram()
        const found = leaves(program).find((leaf) => leaf.words.every((word, index) => word === args[index]))
        expect(found?.words, example).toEqual(words)
        let ran = false
        found!.command.exitOverride().action(() => void (ran = true))
        program.parse(args.slice(1), { from: "user" })
        expect(ran, example).toBe(true)
      }
    }
  })

  it("names the version of the package", () => {
    const { version } = JSON.parse(readFileSync("packages/cli/package.json", "utf8")) as { version: string }
    expect(VERSION).toBe(version)
  })
})

/** As a shell would, for what stands in the examples. */
const argumentsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? "")
