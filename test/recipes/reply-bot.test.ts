import { writeFile } from "node:fs/promises"
import http from "node:http"
import type { AddressInfo } from "node:net"
import path from "node:path"
import { DatabaseSync } from "node:sqlite"

import { person } from "@posthorn/simulator/person"
import { expect, it, vi } from "vitest"

import { alice, conversationIn, deliveries, useStage, write } from "../flow/stage.ts"
import { ADMIN_KEY, type Relay, until } from "../relay.ts"
import { blockOf } from "../../scripts/doc-blocks.ts"
import { freePort, type Program, runShell, startProgram, temporaryFolder } from "./program.ts"

vi.setConfig({ testTimeout: 60_000 })

const { start, cleanups } = useStage()
const bot = path.resolve(import.meta.dirname, "../../examples/reply-bot/bot.mjs")

type Send = { accountId: string; conversationUrn: string; message: string }

/** In front of the simulated ConnectSafely: passes on, remembers what was sent, and answers in its stead when told to. */
const watchUpstream = async (relay: Relay) => {
  const sent: Send[] = []
  let next: ("pass on" | "429" | "hang")[] = []
  const server = http.createServer((request, response) => {
    void (async () => {
      const body = Buffer.concat(await request.toArray()).toString()
      sent.push(JSON.parse(body) as Send)
      const how = next.shift() ?? "pass on"
      if (how === "429") return void response.writeHead(429, { "retry-after": "1" }).end("{}")
      const { authorization = "" } = request.headers
      const target = new URL(relay.upstreamUrl).origin + String(request.url)
      const headers = { authorization, "content-type": "application/json" }
      const answer = await fetch(target, { method: "POST", headers, body })
      if (how === "pass on") response.writeHead(answer.status).end(await answer.text())
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  cleanups.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/linkedin`
  return { url, sent, answer: (...how: typeof next) => void (next = how) }
}

/** A relay, a bot that listens to it, and what the two do to ConnectSafely. */
const scene = async (answer?: string) => {
  const relay = await start({ env: { POSTHORN_RETRY_SECONDS: "0.05,0.05" } })
  const upstream = await watchUpstream(relay)
  const [folder, port] = [await temporaryFolder(cleanups), await freePort()]
  const url = `http://127.0.0.1:${port}/`
  const given = { API: relay.runtime.url, ADMIN_KEY, URL: url }
  const { key } = await runShell<{ key: string }>(blockOf("docs/recipes/reply-bot.md", "key"), given)
  const endpoint = await runShell<{ id: string; secret: string }>(
    blockOf("docs/recipes/reply-bot.md", "endpoint"),
    given,
  )
  const env: Record<string, string> = {
    POSTHORN_URL: relay.runtime.url,
    POSTHORN_KEY: key,
    POSTHORN_SECRET: endpoint.secret,
    CONNECTSAFELY_BASE_URL: upstream.url,
    CONNECTSAFELY_API_KEY: "key-of-the-bot",
    DATABASE: path.join(folder, "replies.db"),
  }
  if (answer !== undefined) {
    env["ANSWER"] = path.join(folder, "answer.mjs")
    await writeFile(env["ANSWER"], answer)
  }
  const startBot = async (): Promise<Program> => {
    const program = await startProgram([process.execPath, bot], { cwd: folder, env, port })
    cleanups.push(() => program.kill())
    return program
  }
  const program = await startBot()
  const replies = (): { id: string; state: string; note: string }[] => {
    const db = new DatabaseSync(path.join(folder, "replies.db"), { readOnly: true, timeout: 5_000 })
    const rows = db.prepare("SELECT id, state, note FROM replies ORDER BY rowid").all()
    db.close()
    return rows as never
  }
  const states = (): string[] => replies().map(({ state }) => state)
  const ends = (...wanted: string[]) => until(() => states().join() === wanted.join(), wanted.join())
  return { relay, upstream, program, startBot, endpoint, replies, ends }
}

const GREETS = `export const answer = async ({ thread }) => "answer to " + thread.map(({ text }) => text).join(" | ")`

it("shows that somebody types, reads the thread as it is, and answers in it, once for each event", async () => {
  const { relay, upstream, endpoint, ends, replies } = await scene(GREETS)
  const conversation = conversationIn(relay)
  relay.simulator.world.write({ conversation, from: "owner", text: "hello", sentAt: Date.now() - 60_000 })
  await write(relay, conversation, "how are you?")
  await ends("sent")
  const { urn } = (await relay.api<{ data: { data: { conversation: { urn: string } } }[] }>("/v1/events")).body.data[0]!
    .data.conversation
  const reply = { accountId: relay.accountId, conversationUrn: urn, message: "answer to hello | how are you?" }
  expect(upstream.sent).toEqual([reply])
  const effects = relay.simulator.world.sideEffects.map(({ action, accountId }) => [action, accountId])
  expect(effects).toEqual([
    ["messaging/typing-indicator", relay.accountId],
    ["conversations/send", relay.accountId],
  ])

  // Told again, as after a timeout on the way back.
  const [delivery] = await deliveries(relay, `endpointId=${endpoint.id}`)
  await relay.api(`/v1/deliveries/${delivery!.id}/retry`, { method: "POST" })
  await until(async () => (await deliveries(relay))[0]?.attemptCount === 2)
  // The owner's own message, as LinkedIn then shows it, is no event of the bot's.
  relay.simulator.world.write({ conversation, from: "owner", text: reply.message })
  await relay.poll()
  await write(relay, conversation, "and tomorrow?")
  await ends("sent", "sent")
  expect(upstream.sent.map(({ message }) => message)).toEqual([
    reply.message,
    `answer to hello | how are you? | ${reply.message} | and tomorrow?`,
  ])
  expect(new Set(replies().map(({ id }) => id)).size).toBe(2)
})

it("says nothing where somebody has answered, where more was written since, or where there is nothing to say", async () => {
  const { relay, upstream, endpoint, replies } = await scene()
  // Held while all of it is written, so that the bot meets each conversation at its end.
  await relay.api(`/v1/endpoints/${endpoint.id}/pause`, { method: "POST" })
  const [answered, more, known] = [conversationIn(relay), conversationIn(relay), conversationIn(relay)]
  const { world } = relay.simulator
  world.write({ conversation: known, from: "owner", text: "we know each other", sentAt: Date.now() - 60_000 })
  await write(relay, answered, "answered")
  await write(relay, more, "first", "second")
  await write(relay, known, "known")
  world.write({ conversation: answered, from: "owner", text: "by hand", sentAt: Date.now() + 1_000 })
  await until(async () => (await deliveries(relay, "status=held")).length === 4, "all held")
  await relay.api(`/v1/endpoints/${endpoint.id}/resume`, { method: "POST" })
  await until(
    () => replies().length === 4 && replies().every(({ state }) => state !== "pending"),
    `four rulings, not ${JSON.stringify(replies())}`,
  )
  expect(
    replies()
      .map(({ note }) => note)
      .toSorted(),
  ).toEqual([
    "Thank you, Alice! I have your message, and write back today. Juniper Example",
    "answered by somebody",
    "more was written",
    "nothing to say",
  ])
  expect(upstream.sent).toHaveLength(1)
})

it("answers what it had taken in before it died, and sends nothing again that may have gone out", async () => {
  const { relay, upstream, program, startBot, ends } = await scene(GREETS)
  upstream.answer("hang")
  await write(relay, conversationIn(relay), "one")
  await ends("sending")
  await until(() => upstream.sent.length === 1, "the reply on its way")
  await write(relay, conversationIn(relay), "two")
  await until(async () => (await deliveries(relay, "status=succeeded")).length === 2, "both taken in")
  await ends("sending", "pending")
  await program.kill()

  const again = await startBot()
  await ends("unsure", "sent")
  expect(again.output()).toContain("unsure: it was being sent when the bot ended")
  expect(upstream.sent.map(({ message }) => message)).toEqual(["answer to one", "answer to two"])
})

it("sends later what ConnectSafely has no room for now", async () => {
  const { relay, upstream, ends } = await scene(GREETS)
  upstream.answer("429")
  await write(relay, conversationIn(relay), "patience")
  await ends("sent")
  expect(upstream.sent.map(({ message }) => message)).toEqual(["answer to patience", "answer to patience"])
  expect(relay.simulator.world.sideEffects.filter(({ action }) => action === "conversations/send")).toHaveLength(1)
})

it("stops where two bots would answer each other for ever, and ignores history", async () => {
  const { relay, upstream, replies } = await scene(GREETS)
  const conversation = conversationIn(relay)
  for (let round = 1; round <= 6; round += 1) {
    await write(relay, conversation, `round ${round}`)
    await until(
      () =>
        replies().length === round && replies().at(-1)?.state !== "pending" && replies().at(-1)?.state !== "sending",
    )
  }
  expect(replies().at(-1)).toMatchObject({ state: "skipped", note: "too many in an hour" })
  expect(upstream.sent).toHaveLength(5)

  const old = relay.simulator.world.addConversation({ account: relay.accountId, people: [alice] })
  relay.simulator.world.write({ conversation: old, from: alice, text: "long ago", sentAt: Date.now() - 86_400_000 })
  await relay.poll()
  const since = new Date(Date.now() - 2 * 86_400_000).toISOString()
  await relay.api(`/v1/accounts/${relay.accountId}/backfill`, { body: { since } })
  await relay.poll()
  const events = async () =>
    (await relay.api<{ data: { data: { backfill?: boolean } }[] }>("/v1/events?limit=100")).body.data
  await until(async () => (await events()).some(({ data }) => data.backfill), "an event of history")
  await until(async () => (await deliveries(relay)).every(({ status }) => status === "succeeded"), "all delivered")
  expect(replies()).toHaveLength(6)
})

it("answers with the function that its doc shows", async () => {
  const { relay, upstream, ends } = await scene(blockOf("docs/recipes/reply-bot.md", "answer.mjs"))
  const { world } = relay.simulator
  const group = world.addConversation({ account: relay.accountId, people: [alice, person("Bob Example")], group: true })
  await write(relay, group, "hello everybody")
  await ends("skipped")
  await write(relay, conversationIn(relay), "are you open?")
  await ends("skipped", "sent")
  expect(upstream.sent.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^You wrote: "are you open\?"\. (Somebody looks at it now|We are back at nine \(UTC\))\.$/),
  ])
})
