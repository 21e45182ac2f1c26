import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import path from "node:path"

import { describe, expect, it } from "vitest"

import type { Receiver } from "../receiver.ts"
import { until } from "../relay.ts"
import { cliOf, linesOf, WITHIN_MS } from "./cli.ts"
import { conversationIn, eventsAt, useStage, write } from "./stage.ts"

const { start, receive, cleanups } = useStage()
const TIMEOUT_MS = 240_000

/** Messages by their text, events of one's own by their type; new conversations are left out. */
const seenBy = (receiver: Receiver): string[] =>
  eventsAt(receiver)
    .filter(({ type }) => type !== "conversation.created")
    .map(({ type, data }) => (type.startsWith("custom.") ? type : data.message.text))

const stage = async () => {
  const relay = await start()
  const cli = cliOf(relay, cleanups)
  const receiver = await receive()
  const conversation = conversationIn(relay)
  /** As the command line takes them: of everything but new conversations and accounts. */
  const args = (types: string, ...more: string[]) => [
    ...["listen", "--forward", receiver.url, "--every", "1", ...(types === "" ? [] : ["--type", types])],
    ...more,
  ]
  const publish = async (name: string): Promise<void> => {
    const { status } = await relay.api("/v1/events", { method: "POST", body: { type: `custom.${name}`, data: {} } })
    expect(status).toBe(201)
  }
  /** Runs to the end of what there is. */
  const once = async (types: string, ...more: string[]) => {
    const ended = await cli.run(args(types, "--once", ...more))
    expect([ended.code, ended.err]).toEqual([0, expect.any(String)])
    return { ...ended, from: /^From {5}(.*)$/m.exec(ended.out)?.[1] }
  }
  const tell = (...texts: string[]) => write(relay, conversation, ...texts)
  const taken = (): string[] => {
    const seen = seenBy(receiver)
    receiver.requests.length = 0
    return seen
  }
  return { relay, cli, receiver, args, publish, once, tell, taken }
}

describe("the place of listen", { timeout: TIMEOUT_MS }, () => {
  it("of one selection is passed over by no other: what the receiver did not take comes after a kill -9, whoever ran meanwhile", async () => {
    const { cli, receiver, args, publish, once, tell, taken } = await stage()
    receiver.answer(({ body }) => ({ status: body.includes("stuck") ? 500 : 200 }))
    const first = cli.start(args("message.received"))
    await first.says(/Listening/, WITHIN_MS)
    await tell("fine", "stuck", "behind it")
    await until(() => first.err().includes("nothing goes past it"))
    expect((await once("custom.*", "--from", "now")).from).toBe("now")
    await publish("a")
    await publish("b")
    await once("custom.*")
    first.killAll("SIGKILL")
    await first.ended(WITHIN_MS)
    expect([...new Set(taken())]).toEqual(["fine", "stuck", "custom.a", "custom.b"])
    receiver.answer({ status: 200 })
    expect((await once("message.received")).from).toBe("where the last run stopped")
    expect(taken()).toEqual(["stuck", "behind it"])
    await once("custom.*")
    expect(taken()).toEqual([])
  })

  it("takes one run at a time: a second is told who is there, and one that was killed leaves it free", async () => {
    const { cli, receiver, args, tell, taken } = await stage()
    const first = cli.start(args("message.received,message.sent"))
    await first.says(/Listening/, WITHIN_MS)
    // The same selection, written otherwise.
    const second = await cli.run(args("message.sent,message.received,message.sent"))
    expect([second.code, second.out]).toEqual([1, ""])
    expect(second.err).toMatch(new RegExp(`\\(pid ${String(first.pid)}\\).*--state`))
    const asJson = await cli.json(args("message.received,message.sent"))
    expect([asJson.code, linesOf(asJson.err)]).toMatchObject([1, [{ error: { code: "cli" } }]])
    await tell("one")
    await receiver.waitFor(1, WITHIN_MS)
    first.killAll("SIGKILL")
    await first.ended(WITHIN_MS)
    const third = cli.start(args("message.received,message.sent"))
    await third.says(/From {5}where the last run stopped/, WITHIN_MS)
    await tell("two")
    await third.says(/two/, WITHIN_MS)
    third.kill("SIGINT")
    expect((await third.ended(WITHIN_MS)).code).toBe(0)
    expect(taken().filter((text) => text === "two")).toHaveLength(1)
    // Where each run brings a place of its own, two may be at work.
    const fourth = cli.start(args("message.received", "--state", path.join(cli.stateHome, "a.json")))
    await fourth.says(/Listening/, WITHIN_MS)
    const link = path.join(cli.stateHome, "link.json")
    symlinkSync(path.join(cli.stateHome, "a.json"), link)
    expect((await cli.run(args("message.received", "--once", "--state", link))).err).toContain(String(fourth.pid))
    const other = path.join(cli.stateHome, "b.json")
    expect((await cli.run(args("message.received", "--once", "--state", other))).code).toBe(0)
  })

  it("of another --type begins where nothing is lost, and little comes again", async () => {
    const { publish, once, tell, taken } = await stage()
    expect((await once("")).from).toBe("now")
    await tell("one")
    await publish("a")
    // Narrower: the wider one has delivered all before its place.
    expect((await once("message.received")).from).toMatch(/^where the run without --type stands/)
    expect(taken()).toEqual(["one"])
    await tell("two")
    await once("message.received")
    expect(taken()).toEqual(["two"])
    // Back to the wider one: its own place, so that what it missed comes, and what the narrower had comes again.
    expect((await once("")).from).toBe("where the last run stopped")
    expect(taken()).toEqual(["one", "custom.a", "two"])
  })

  it("of a wider --type begins at the earliest of those that share types with it; one that shares none begins now", async () => {
    const { publish, once, tell, taken } = await stage()
    await once("message.received")
    await tell("one")
    await once("custom.b,custom.a")
    await publish("a")
    await tell("two")
    await once("message.received")
    expect(taken()).toEqual(["one", "two"])
    expect((await once("account.*")).from).toBe("now")
    await publish("c")
    await tell("three")
    const wide = await once("message.received,custom.*")
    expect(wide.from).toMatch(/^where the earliest of the runs .*--type message\.received.* stands/)
    expect(wide.from).toMatch(/--type custom\.a,custom\.b/)
    expect(wide.from).not.toMatch(/account/)
    // From where custom.* stood: two comes again, one does not.
    expect(taken()).toEqual(["custom.a", "two", "custom.c", "three"])
  })

  it("trusts no selection to have delivered what it was told to leave out: what another waits for comes", async () => {
    const { publish, once, taken } = await stage()
    await once("custom.a,custom.b", "--from", "now")
    await publish("a")
    // Covers custom.a, stands behind it, and never had it.
    expect((await once("custom.*", "--from", "now")).from).toBe("now")
    expect(taken()).toEqual([])
    const narrow = await once("custom.a")
    expect(taken()).toEqual(["custom.a"])
    expect(narrow.from).toMatch(/^where the earliest of the runs .*--type custom\.a,custom\.b.* stands/)
  })

  it("cannot be told of a selection that shares types with several of which one stands at an event: a person says", async () => {
    const { cli, relay, args, once, tell } = await stage()
    await tell("one")
    const [event] = (await relay.api<{ data: { id: string }[] }>("/v1/events?type=message.received")).body.data
    await once("message.sent")
    const folder = path.join(cli.stateHome, "posthorn")
    const before = new Set(readdirSync(folder))
    await once("message.received")
    const file = path.join(
      folder,
      readdirSync(folder).find((name) => name.endsWith(".json") && !before.has(name)) ?? "",
    )
    // As a run leaves it that dies before the first answer, after --from with an event's id.
    const saved = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>
    writeFileSync(file, JSON.stringify({ ...saved, bookmark: event!.id, lastEventId: null }))
    const unclear = await cli.run(args("message.*", "--once"))
    expect([unclear.code, unclear.err]).toEqual([2, expect.stringMatching(/--from/)])
    expect(unclear.err).toContain(file)
    expect((await once("message.*", "--from", file)).from).toContain(file)
  })

  it("in a file of one's own belongs to one run: others are refused, also with --from, and may begin where it stands", async () => {
    const { cli, receiver, args, once, tell, taken } = await stage()
    const state = path.join(cli.stateHome, "mine.json")
    await once("message.received", "--state", state)
    await tell("one")
    await once("message.received", "--state", state)
    const before = readFileSync(state, "utf8")
    await tell("two")
    for (const more of [[], ["--from", "start"], ["--from", "now"]]) {
      const otherTypes = await cli.run(args("message.*", "--once", "--state", state, ...more))
      expect([otherTypes.code, otherTypes.err]).toEqual([2, expect.stringMatching(/--type message\.received.*--from/)])
      const [, , url = "", ...rest] = args("message.received", "--once", "--state", state, ...more)
      const otherReceiver = await cli.run(["listen", "--forward", `${url}/2`, ...rest])
      expect([otherReceiver.code, otherReceiver.err]).toEqual([2, expect.stringContaining("another deployment or rec")])
    }
    expect(readFileSync(state, "utf8")).toBe(before)
    const next = path.join(cli.stateHome, "next.json")
    const missing = await cli.run(args("message.*", "--once", "--state", next, "--from", `${state}.not`))
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining("There is no file")])
    taken()
    await once("message.*", "--state", next, "--from", state)
    expect(taken()).toEqual(["two"])
    await once("message.received", "--state", state)
    expect(taken()).toEqual(["two"])
    expect(receiver.requests).toEqual([])
  })

  it("is no time: --from says what it takes, and how to name one", async () => {
    const { cli, args } = await stage()
    for (const time of ["2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00Z", "2026/11/01"]) {
      const { code, err } = await cli.run(args("message.received", "--once", "--from", time))
      expect([code, err]).toEqual([2, expect.stringContaining(`no file ${time}`)])
      for (const word of ["start", "now", "bookmark", "event's id", "path of a place", "events list --until"])
        expect(err).toContain(word)
    }
  })

  it("is written over no file that is none of this run's: another's notes, or a later version's place", async () => {
    const { cli, args } = await stage()
    const file = path.join(cli.stateHome, "notes.json")
    const later = { version: 3, target: "t", types: ["message.received"], bookmark: "b", lastEventId: null }
    const now = ["--from", "now"]
    for (const [text, ...more] of [
      ["[1]"],
      ["", ...now],
      ['{ "buy": "milk" }', ...now],
      [JSON.stringify(later), ...now],
    ]) {
      writeFileSync(file, text!)
      const { code, err } = await cli.run(args("message.received", "--once", "--state", file, ...more))
      expect([text, code, err]).toEqual([text, 2, expect.stringMatching(/Move it away .*--from .*--state/)])
      expect(err).toContain(file)
      expect(readFileSync(file, "utf8")).toBe(text)
    }
  })

  it("of an earlier version, which knew no selections, is taken up by each selection and by --state; nothing is lost", async () => {
    const { relay, cli, receiver, once, tell, publish, taken } = await stage()
    const mine = path.join(cli.stateHome, "mine.json")
    await once("message.received", "--state", mine)
    const { bookmark, lastEventId } = JSON.parse(readFileSync(mine, "utf8")) as Record<string, unknown>
    const early = `${JSON.stringify({ version: 1, bookmark, lastEventId })}\n`
    const hash = createHash("sha256").update(`${relay.runtime.url}/\n${receiver.url}`).digest("hex").slice(0, 16)
    const folder = path.join(cli.stateHome, "posthorn")
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, `listen-${hash}.json`), early)
    writeFileSync(mine, early)
    await tell("one")
    await publish("a")
    expect((await once("message.received")).from).toContain("of an earlier version")
    expect(taken()).toEqual(["one"])
    expect((await once("custom.*")).from).toContain("of an earlier version")
    expect(taken()).toEqual(["custom.a"])
    await once("message.received")
    expect(taken()).toEqual([])
    expect((await once("message.received", "--state", mine)).from).toContain("of an earlier version")
    expect(taken()).toEqual(["one"])
    expect(JSON.parse(readFileSync(mine, "utf8"))).toMatchObject({ version: 2, types: ["message.received"] })
  })
})

describe("what listen says", { timeout: TIMEOUT_MS }, () => {
  it("to a receiver that knows no secret of this run: once, that each run makes one, and how to bring one", async () => {
    const { cli, receiver, args, tell } = await stage()
    receiver.answer({ status: 401 })
    await tell("one")
    const made = cli.start(args("message.received", "--from", "start"))
    await until(() => receiver.requests.length >= 2)
    await until(() => made.err().split("answered 401").length > 2)
    expect(made.err().match(/Each run makes a new one.*POSTHORN_SECRET/g)).toHaveLength(1)
    made.killAll("SIGKILL")
    await made.ended(WITHIN_MS)
    const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
    const brought = await cli.run(args("message.received", "--once", "--skip-failed"), { POSTHORN_SECRET: secret })
    expect([brought.code, brought.err.includes("answered 401"), brought.err.includes("makes a new one")]).toEqual([
      1,
      true,
      false,
    ])
    expect(brought.out + brought.err).not.toContain(secret)
  })

  it("with --json: results on standard output, and what goes on beside them as objects on standard error", async () => {
    const { cli, receiver, args, tell } = await stage()
    receiver.answer(({ body }) => ({ status: body.includes("poison") ? 500 : 200 }))
    await tell("poison", "fine")
    const { code, lines, err } = await cli.json(args("message.received", "--from", "start", "--once", "--skip-failed"))
    expect([code, lines.length]).toEqual([1, 5])
    const notes = linesOf<{ note: string }>(err).map(({ note }) => note)
    expect(notes).toEqual([
      "The receiver answered 500. Again in 1 s; nothing goes past it.",
      "The receiver answered 500. Again in 2 s; nothing goes past it.",
      "The receiver answered 500.",
      expect.stringContaining("Left behind"),
      "That was everything.",
    ])
    const unusable = await cli.json(args("mesage.*"))
    expect([unusable.code, linesOf(unusable.err)]).toMatchObject([2, [{ error: { code: "usage" } }]])
  })
})
