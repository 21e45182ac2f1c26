import { expect, test } from "vitest"
import { seeded } from "./chance.ts"
import { bareId, conversationUrn, profileUrn } from "./ids.ts"
import { organisation, person } from "./person.ts"
import { createWorld } from "./world.ts"

const alice = person("Alice Example")
const bob = person("Bob Example")

function setup() {
  let now = 1_790_000_000_000
  const world = createWorld({ now: () => now, random: seeded(1) })
  const account = world.addAccount()
  const conversation = world.addConversation({ account, people: [alice, bob] })
  return { world, account, conversation, pass: (ms: number) => (now += ms) }
}

test("an id embeds the message's time, is unique within a millisecond, and survives any URN", () => {
  const { world, account, conversation } = setup()
  const [first, second] = [world.write({ conversation, digits: 5 }), world.write({ conversation, digits: 5 })]
  const decoded = [first, second].map(({ id }) => Buffer.from(id.slice(2), "base64").toString())
  expect(decoded).toEqual([`${first.sentAt}b00005-100`, `${first.sentAt}b00006-100`])
  expect(bareId(conversationUrn(account.profileUrn, first.id))).toBe(first.id)
  expect(bareId(`urn:li:msg_message:(${profileUrn("ACoAA2-a")},${first.id})`)).toBe(first.id)
})

test("the same seed makes the same world", () => {
  const ids = () => {
    const { world, conversation } = setup()
    return [conversation.id, world.write({ conversation }).id]
  }
  expect(ids()).toEqual(ids())
})

test("messages move activity and the unread count, unless they are silent", () => {
  const { world, account, conversation, pass } = setup()
  const state = () => [
    conversation.lastActivityAt - conversation.createdAt,
    conversation.mailboxes.get(account.id)?.unreadCount,
  ]
  pass(1000)
  world.write({ conversation, from: bob })
  expect(state()).toEqual([1000, 1])
  pass(1000)
  world.write({ conversation, silent: true })
  expect(state()).toEqual([1000, 1])
  world.write({ conversation, from: "owner" })
  expect(state()).toEqual([2000, 0])
})

test("an edit keeps the id, a recall leaves a tombstone or nothing, a reaction counts", () => {
  const { world, conversation } = setup()
  const written = world.write({ conversation })
  expect(world.edit({ message: written, text: "edited" })).toMatchObject({ id: written.id, text: "edited" })
  world.react({ message: written, emoji: "🎉" })
  expect(world.react({ message: written, emoji: "🎉" }).reactions).toEqual([
    { emoji: "🎉", count: 2, viewerReacted: false },
  ])
  expect(world.react({ message: written, emoji: "🎉", by: -2 }).reactions).toEqual([])
  expect(world.recall({ message: written }).hidden).toBe(false)
  expect(world.recall({ message: written, vanish: true }).hidden).toBe(true)
})

test("two accounts in one conversation share its messages, not its unread count", () => {
  const { world, account } = setup()
  const other = world.addAccount()
  const shared = world.addConversation({ account, people: [other.owner] })
  const written = world.write({ conversation: shared, from: other.owner })
  expect([...shared.mailboxes].map(([id, { unreadCount }]) => [id, unreadCount])).toEqual([
    [account.id, 1],
    [other.id, 0],
  ])
  expect([world.messages(account), world.messages(other)]).toEqual([[written], [written]])
})

test("senders are people, organisations or the system", () => {
  const { world, conversation } = setup()
  const sender = (from: Parameters<typeof world.write>[0]["from"]) =>
    world.write({ conversation, from: from ?? null }).sender
  expect(sender(bob.profileId)).toBe(bob)
  expect(sender(organisation("Sponsor Example"))).toMatchObject({ profileId: null })
  expect(sender(null)).toBeNull()
  expect(() => sender("ACoAAnobody")).toThrow("no such person")
})
