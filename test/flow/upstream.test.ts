import { afterEach, describe, expect, test } from "vitest"

import { createUpstream } from "@posthorn/core/upstream/client"
import type { ThreadMessage, Upstream } from "@posthorn/core/upstream/thread"
import { createRequest } from "@posthorn/http/request"
import type { Fault } from "@posthorn/simulator/faults"
import { organisation, person } from "@posthorn/simulator/person"
import { createSimulator, type SimulatorOptions } from "@posthorn/simulator/simulator"

/** The client against the simulator, over real sockets; the two share no code. */

const NOW = 1_794_700_000_000
const PAGE = 10
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** One account in a group whose messages come in twos and threes to a millisecond, from everyone whom LinkedIn knows. */
const start = async (options: SimulatorOptions = {}) => {
  const simulator = createSimulator({ apiKey: "key", now: () => NOW, pageSize: { thread: PAGE }, ...options })
  const { url } = await simulator.listen()
  const request = createRequest()
  closing.push(request.close, () => simulator.close())
  const { world } = simulator
  const account = world.addAccount({ name: "Owner Example" })
  const alice = person("Alice Example")
  // The owner's namesake, and the sponsor, who has no profile.
  const people = [alice, person("Owner Example", { profileId: "ACoAANamesake" }), organisation("Sponsor Example")]
  const conversation = world.addConversation({ account, people })
  const senders = [...people, "owner", null]
  for (let index = 0; index < 47; index++) {
    const sentAt = NOW - 60_000 + Math.floor(index / 3) * 7
    const from = senders[index % senders.length]!
    world.write({
      conversation,
      from: senders[index % senders.length] === null ? null : from,
      sentAt,
      text: `text ${index}`,
    })
  }
  const upstream = createUpstream({
    request,
    clock: { now: () => NOW },
    baseUrl: url,
    apiKey: "key",
    dialect: "auto",
    deadlineMs: 1_500,
  })
  const asked = { accountId: account.id, dialect: null }
  return { simulator, upstream, account, conversation, asked, fault: (fault: Fault) => simulator.faults.add(fault) }
}
type World = Awaited<ReturnType<typeof start>>

const urnOf = async ({ upstream, asked }: World) => {
  const { conversations } = await upstream.listConversations({ ...asked, cursor: null })
  const { id, urn } = conversations[0]!
  return { id, urn }
}

const walkBack = async (
  upstream: Upstream,
  request: Omit<Parameters<Upstream["readThread"]>[0], "window">,
  turn?: () => void,
) => {
  const found = new Map<string, ThreadMessage>()
  let page = await upstream.readThread({ ...request, window: { kind: "newest" } })
  for (let pages = 1; pages < 20; pages++) {
    const before = found.size
    for (const message of page.messages) found.set(message.id, message)
    if (found.size === before || page.older === null) break
    if (pages === 2) turn?.()
    page = await upstream.readThread({ ...request, window: { kind: "older", than: page.older, count: PAGE } })
  }
  return [...found.values()].sort((a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : 1))
}

/** What must be found, from the world itself. */
const truth = ({ simulator, account }: World) =>
  simulator.world.messages(account).map(({ id, text, sentAt, sender }) => ({
    id,
    text,
    sentAt,
    direction: sender === null ? "unknown" : sender.urn === account.profileUrn ? "outbound" : "inbound",
  }))

const seen = (messages: ThreadMessage[]) =>
  messages.map(({ id, text, sentAt, direction }) => ({ id, text, sentAt, direction }))

const upstreams = (["legacy", "conversations"] as const).flatMap((dialect) =>
  (["inclusive", "exclusive"] as const).flatMap((anchor) =>
    (["v1", "v2"] as const).map((generation) => ({ dialect, anchor, generation })),
  ),
)

describe.each(upstreams)("upstream is $dialect, $generation, its anchors $anchor", (options) => {
  test("a walk back finds every message once, with its direction", async () => {
    const world = await start(options)
    const conversation = await urnOf(world)
    const found = await walkBack(world.upstream, { ...world.asked, conversation, profileUrn: world.account.profileUrn })
    expect(seen(found)).toEqual(truth(world))
  })

  test("a read of what is newer has every message of the very instant", async () => {
    const world = await start(options)
    const conversation = await urnOf(world)
    const expected = truth(world)
    const { sentAt: from } = expected[40]!
    const window = { kind: "newer", from, count: PAGE } as const
    const thread = await world.upstream.readThread({ ...world.asked, conversation, profileUrn: null, window })
    expect(thread.dialect).toBe(options.dialect)
    const ids = expected.filter(({ sentAt }) => sentAt >= from).map(({ id }) => id)
    expect(ids.length).toBeLessThan(PAGE)
    expect(thread.messages.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
  })
})

test("a walk goes on when upstream changes its dialect half-way, and no request is redirected twice", async () => {
  const world = await start()
  const { upstream, simulator, asked, account } = world
  const conversation = await urnOf(world)
  const turn = () => (simulator.settings.dialect = "conversations")
  const found = await walkBack(upstream, { ...asked, conversation, profileUrn: account.profileUrn }, turn)
  expect(seen(found)).toEqual(truth(world))
  expect(simulator.requests.filter(({ status }) => status === 307)).toHaveLength(1)
})

test("accounts are discovered, also where upstream is too old to list them", async () => {
  const { upstream, account, fault } = await start()
  const { id, publicId } = account
  expect(await upstream.listAccounts()).toMatchObject([{ id, publicId, name: "Owner Example", connected: true }])
  fault({ kind: "status", status: 404, match: "/accounts" })
  expect(await upstream.listAccounts()).toMatchObject([{ id, publicId }])
  fault({ kind: "status", status: 404, match: "/account/status" })
  expect(await upstream.listAccounts()).toMatchObject([{ id, publicId: null }])
})

test("trap 36: of all that the client can do only typing changes anything at upstream", async () => {
  const world = await start()
  const { upstream, simulator, asked, account } = world
  const conversation = await urnOf(world)
  await upstream.listAccounts()
  await walkBack(upstream, { ...asked, conversation, profileUrn: null })
  expect(simulator.world.sideEffects).toEqual([])
  await upstream.sendTyping({ accountId: account.id, urn: conversation.urn })
  expect(simulator.world.sideEffects).toMatchObject([{ accountId: account.id, conversationUrn: conversation.urn }])
})

test("trap 30: unreadable messages are counted, and the others read", async () => {
  const world = await start({ pageSize: { thread: 100 } })
  const conversation = await urnOf(world)
  for (const unreadable of ["no-id", "no-sent-at", "text-object", "not-an-object"] as const)
    world.simulator.world.write({ conversation: world.conversation, unreadable })
  const request = { ...world.asked, conversation, profileUrn: null, window: { kind: "newest" } } as const
  for (const dialect of ["legacy", "conversations"] as const) {
    world.simulator.settings.dialect = dialect
    expect(await world.upstream.readThread(request)).toMatchObject({ dialect, unreadable: 4, messages: { length: 47 } })
  }
})

describe("faults", () => {
  const faults: [Fault, string][] = [
    [{ kind: "hang", where: "headers" }, "timeout"],
    [{ kind: "hang", where: "body" }, "timeout"],
    [{ kind: "drip", everyMs: 300, bytes: 1 }, "timeout"],
    [{ kind: "reset", where: "headers" }, "unreachable"],
    [{ kind: "reset", where: "body" }, "unreachable"],
    [{ kind: "html" }, "invalid_answer"],
    [{ kind: "empty" }, "invalid_answer"],
    [{ kind: "truncated" }, "invalid_answer"],
    [{ kind: "not-success" }, "refused"],
    [{ kind: "status", status: 401, shape: "A" }, "unauthorized"],
    [{ kind: "status", status: 500, shape: "H" }, "server_error"],
    [{ kind: "redirect", to: "https://evil.example/x" }, "redirect"],
  ]
  test.each(faults)("%j is %s", async (given, kind) => {
    const { upstream, asked, fault } = await start()
    fault(given)
    await expect(upstream.listConversations({ ...asked, cursor: null })).rejects.toMatchObject({ kind })
  })

  test("a socket left open behind a whole answer costs no time", async () => {
    const { upstream, asked, fault } = await start()
    fault({ kind: "keep-open" })
    const startedAt = performance.now()
    expect((await upstream.listConversations({ ...asked, cursor: null })).conversations).toHaveLength(1)
    expect(performance.now() - startedAt).toBeLessThan(1_200)
  })

  test.each([
    "retry-after-seconds",
    "retry-after-date",
    "reset-seconds",
    "reset-ms",
    "reset-iso",
    "hold-until",
  ] as const)("a limit that says when by %s", async (hint) => {
    const { upstream, asked, fault } = await start()
    fault({ kind: "rate-limit", hint, afterMs: 30_000 })
    await expect(upstream.listConversations({ ...asked, cursor: null })).rejects.toMatchObject({
      kind: "rate_limited",
      retryAt: NOW + 30_000,
    })
  })
})
