import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { seeded } from "./chance.ts"
import type { ErrorShape } from "./faults.ts"
import { organisation, person } from "./person.ts"
import { createSimulator, type Simulator } from "./simulator.ts"

const FIXTURES = new URL("../../../test/fixtures/upstream/", import.meta.url)
const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8"))

/** `messages[].sentAt` to the types seen there. */
type Shape = Map<string, Set<string>>

function shapeOf(value: unknown, path = "", shape: Shape = new Map()): Shape {
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value
  shape.set(path, (shape.get(path) ?? new Set()).add(type))
  if (Array.isArray(value)) for (const item of value) shapeOf(item, `${path}[]`, shape)
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) shapeOf(item, path === "" ? key : `${path}.${key}`, shape)
  return shape
}

const merged = (...shapes: Shape[]): Shape => {
  const all: Shape = new Map()
  for (const shape of shapes)
    for (const [path, types] of shape) all.set(path, new Set([...(all.get(path) ?? []), ...types]))
  return all
}

const within = (shape: Shape, prefix: string) => new Map([...shape].filter(([path]) => path.startsWith(prefix)))
const without = (shape: Shape, prefix: string) => new Map([...shape].filter(([path]) => !path.startsWith(prefix)))

/** What the fixtures do not show, and the upstream README documents; the number is its section or trap. */
type Documented = Record<string, { types: string[]; source: string }>
const because = (source: string, ...types: string[]) => ({ types, source })

function compare(given: Shape, vendor: Shape, documented: Documented): string[] {
  const wrong: string[] = []
  for (const [path, types] of given)
    for (const type of types)
      if (vendor.get(path)?.has(type) !== true && documented[path]?.types.includes(type) !== true)
        wrong.push(`the vendor shows no ${path} of type ${type}`)
  for (const [path, types] of vendor)
    for (const type of types)
      // The vendor's null is one example among many; what it shows as a value has to be a value here.
      if (type !== "null" && given.get(path)?.has(type) !== true) wrong.push(`never answered: ${path} of type ${type}`)
  return wrong
}

/** A world with everything in it that a vendor example shows. */
function populate({ world }: Simulator): void {
  const account = world.addAccount({ name: "Owner Example" })
  world.addAccount({
    name: "Pictured Example",
    status: "WARMUP",
    owner: person("Pictured Example", { picture: "https://x" }),
  })
  const alice = person("Alice Example", {
    headline: "Head of Examples",
    badge: "PREMIUM_PROFILE",
    picture: "https://x",
  })
  const bob = person("Bob Example", { headline: null, badge: null, picture: null })
  const group = world.addConversation({ account, people: [alice, bob], title: "Examples" })
  for (let index = 0; index < 12; index++)
    world.write({ conversation: group, from: index % 3 === 0 ? "owner" : alice, text: `message ${index}` })
  const last = world.write({
    conversation: group,
    from: alice,
    subject: "InMail",
    attachments: [{ type: "image", url: "https://x" }],
  })
  world.react({ message: last })
  world.write({ conversation: world.addConversation({ account, people: [bob] }), text: null })
  for (let index = 0; index < 8; index++) world.addConversation({ account, people: [person(`Quiet ${index} Example`)] })
  const sponsor = organisation("Sponsor Example")
  world.write({ conversation: world.addConversation({ account, people: [sponsor] }), from: sponsor })
  world.write({ conversation: group, from: null, text: "Bob joined" })
  world.write({ conversation: group, from: alice, senderMissing: true })
  world.write({ conversation: world.addConversation({ account, people: [alice], salesNav: true }) })
}

const legacy1 = createSimulator({ generation: "v1", random: seeded(1) })
const legacy2 = createSimulator({ generation: "v2", random: seeded(2) })
const v3 = createSimulator({ dialect: "conversations", pageSize: { list: 5 }, random: seeded(3) })
const urls = new Map<Simulator, string>()

beforeAll(async () => {
  for (const simulator of [legacy1, legacy2, v3]) {
    populate(simulator)
    urls.set(simulator, (await simulator.listen()).url)
  }
})
afterAll(() => Promise.all([legacy1, legacy2, v3].map((simulator) => simulator.close())))

async function ask(simulator: Simulator, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${urls.get(simulator) ?? ""}${path}`, {
    headers: { authorization: "Bearer key" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  })
  return response.json()
}

const ACCOUNT = "accountId=5eed5eed5eed5eed00000001"
/** Every thread, and the anchored reads that bring out the optional keys. */
async function askThreads(simulator: Simulator, path: (id: string) => string): Promise<Shape> {
  const ids = [...simulator.world.conversations.keys()]
  return merged(
    ...(await Promise.all(ids.map(async (id) => shapeOf(await ask(simulator, path(encodeURIComponent(id))))))),
  )
}

const listNulls: Documented = {
  "conversations[].latestMessage": because("2.1: may be null or missing", "null"),
  "conversations[].latestMessage.text": because("25", "null"),
  "conversations[].latestMessage.senderName": because("26: system messages", "null"),
  "conversations[].latestMessage.senderProfileUrl": because("26", "null"),
  "conversations[].latestMessage.senderUrn": because("26", "null"),
  "conversations[].participants[].headline": because("25", "null"),
  "conversations[].participants[].profilePicture": because("25", "null"),
  "conversations[].participants[].profileUrl": because("25", "null"),
  "conversations[].participants[].memberBadgeType": because("2.1: nullable", "string"),
  nextCursor: because("2.1: null = last page, absent from the v2 example", "null", "string"),
  total: because("2.1: in v2's table, absent from its example", "number"),
}
const threadNulls: Documented = {
  "messages[].text": because("25", "null"),
  "messages[].sender": because("26: system messages", "null"),
  "messages[].sender.profileUrl": because("25", "null"),
  "messages[].attachments": because("25", "null", "array"),
  "messages[].reactions": because("25", "null", "array"),
  "participants[].profileUrl": because("25", "null"),
  total: because("2.2: in v2's table, absent from its example", "number"),
  nextCursor: because("2.2: may appear with an anchor", "null", "string"),
  prevCursor: because("2.2: may appear with an anchor", "null", "string"),
  hasNextPage: because("2.2: may appear with an anchor", "boolean"),
  hasPrevPage: because("2.2: may appear with an anchor", "boolean"),
  "pagination.firstMessageAt": because("an empty thread has no times", "null"),
  "pagination.lastMessageAt": because("an empty thread has no times", "null"),
}

const details = (anchor: string) => (id: string) =>
  `/messaging/conversation-details?${ACCOUNT}&conversationUrn=${id}${anchor}`
const anchored = `&deliveredAt=${Date.now() + 60_000}&countBefore=3&countAfter=3`

describe("the legacy dialect has the vendor's keys and types", () => {
  test.each([
    ["v1", legacy1, "recent-messages.200.json"],
    ["v2", legacy2, "recent-messages.v2.200.json"],
  ])("recent-messages, %s", async (_, simulator, name) => {
    const answers = [await ask(simulator, `/messaging/recent-messages?${ACCOUNT}`)]
    answers.push(await ask(simulator, `/messaging/recent-messages?${ACCOUNT}&count=2`))
    expect(compare(merged(...answers.map((each) => shapeOf(each))), shapeOf(fixture(name)), listNulls)).toEqual([])
  })

  const seed = merged(
    shapeOf(fixture("conversation-details.200.json")),
    without(shapeOf(fixture("constructed.legacy.conversation-details.group-traps.200.json")), "someFutureField"),
  )
  test.each([
    ["v1", legacy1, seed],
    ["v2", legacy2, merged(shapeOf(fixture("conversation-details.v2.200.json")), within(seed, "messages"))],
  ])("conversation-details, %s", async (_, simulator, vendor) => {
    const given = merged(await askThreads(simulator, details("")), await askThreads(simulator, details(anchored)))
    expect(compare(given, vendor, threadNulls)).toEqual([])
  })

  test.each([
    ["v1", legacy1, "account-status.v1.200.json"],
    ["v2", legacy2, "account-status.200.json"],
  ])("account/status, %s", async (_, simulator, name) => {
    expect(compare(shapeOf(await ask(simulator, `/account/status?${ACCOUNT}`)), shapeOf(fixture(name)), {})).toEqual([])
  })
})

describe("the conversations dialect has the vendor's keys and types", () => {
  test("conversations", async () => {
    const first = (await ask(v3, `/conversations?${ACCOUNT}`)) as { nextCursor: string }
    const second = await ask(v3, `/conversations?${ACCOUNT}&nextCursor=${encodeURIComponent(first.nextCursor)}`)
    const rest = await ask(v3, `/conversations?${ACCOUNT}&count=5`)
    const given = merged(shapeOf(first), shapeOf(second), shapeOf(rest))
    const vendor = shapeOf(fixture("constructed.v3.conversations-list.200.json"))
    const nulls = {
      ...listNulls,
      "conversations[].participants[].profileId": because("27: organisations", "null"),
      "conversations[].participants[].profilePicture": because("4.1: the fixture's people have none", "null", "string"),
    }
    expect(compare(given, vendor, nulls)).toEqual([])
    const placeholder = shapeOf(fixture("conversations-list.v3.placeholder.200.json"))
    expect([...placeholder.keys()].filter((path) => !given.has(path))).toEqual([])
  })

  test("messages", async () => {
    const read = (extra: string) => askThreads(v3, (id) => `/conversations/${id}/messages?${ACCOUNT}${extra}`)
    const given = merged(await read(""), await read("&count=2&sync=false"))
    const vendor = shapeOf(fixture("constructed.v3.conversation-messages.200.json"))
    const nulls = {
      "messages[].text": because("25", "null"),
      "messages[].senderProfileId": because("26, 27", "null"),
      "messages[].senderName": because("26", "null"),
      "messages[].senderPhoto": because("4.2: the fixture's people have none", "string"),
      "participants[].headline": because("25", "null"),
      "participants[].profilePicture": because("4.2: the fixture's people have none", "string"),
      "participants[].profileId": because("27", "null"),
      cursor: because("none on the last page", "null"),
    }
    expect(compare(given, vendor, nulls)).toEqual([])
  })

  test("sync/status has the keys of the documented table", async () => {
    const types = shapeOf(await ask(v3, `/conversations/sync/status?${ACCOUNT}`))
    const keys =
      "lastSyncAt syncInProgress totalConversations totalMessages consecutiveFailures lastError initialSyncCompleted"
    const state = keys.split(" ").map((key) => `accounts[].syncState.${key}`)
    const outer = ["", "success", "accounts", "accounts[]", "accounts[].accountId", "accounts[].accountName"]
    expect(new Set(types.keys())).toEqual(new Set([...outer, "accounts[].syncState", ...state]))
  })

  test.each([
    ["/accounts", "accounts-list.200.json", {}],
    ["/account/5eed5eed5eed5eed00000001/quota", "account-quota.200.json", {}],
  ])("%s", async (path, name, documented) => {
    expect(compare(shapeOf(await ask(v3, path)), shapeOf(fixture(name)), documented)).toEqual([])
  })
})

describe("what the relay must never call answers as the vendor does", () => {
  const conversationUrn = "urn:li:msg_conversation:example"
  test.each([
    ["/messaging/mark-seen", "mark-seen.200.json", { conversationUrn }],
    ["/messaging/mark-all-read", "mark-all-read.200.json", {}],
    ["/messaging/typing-indicator", "typing-indicator.200.json", { conversationUrn }],
    ["/messaging/send", "send-message.200.json", { message: "Hello" }],
    ["/messaging/send-with-typing", "send-with-typing.200.json", { message: "Hello" }],
  ])("%s", async (path, name, body) => {
    const before = legacy2.world.sideEffects.length
    expect(compare(shapeOf(await ask(legacy2, path, body)), shapeOf(fixture(name)), {})).toEqual([])
    expect(legacy2.world.sideEffects).toHaveLength(before + 1)
  })

  test("mark-seen without a conversation", async () => {
    expect(await ask(legacy2, "/messaging/mark-seen", {})).toEqual(fixture("error.400.missing-param.json"))
  })
})

describe("errors have the vendor's bodies", () => {
  const strangers = `accountId=${"0".repeat(24)}`
  test.each([
    ["error.404.account.json", legacy2, `/account/status?${strangers}`],
    ["error.400.bad-account-id.json", legacy2, "/account/nonsense/status"],
    ["error.400.missing-param.json", legacy2, `/messaging/conversation-details?${ACCOUNT}`],
    ["error.500.json", legacy2, `/messaging/conversation-details?${ACCOUNT}&conversationUrn=2-bm9uZQ==`],
  ])("%s", async (name, simulator, path) => {
    expect(await ask(simulator, path)).toEqual(fixture(name))
  })

  test.each([
    ["error.401.json", legacy1],
    ["error.401.v2.json", legacy2],
  ])("%s", async (name, simulator) => {
    const response = await fetch(`${urls.get(simulator) ?? ""}/account/status`)
    expect(await response.json()).toEqual(fixture(name))
  })

  test.each<[string, ErrorShape]>([
    ["error.401.json", "A"],
    ["error.500.json", "B"],
    ["error.v3.validation.json", "C"],
    ["error.400.zod.json", "D"],
    ["error.429.hold.json", "E"],
  ])("%s as fault %s", async (name, shape) => {
    legacy2.faults.add({ kind: "status", status: 500, shape, times: 1 })
    expect(compare(shapeOf(await ask(legacy2, "/account/status")), shapeOf(fixture(name)), {})).toEqual([])
  })
})
