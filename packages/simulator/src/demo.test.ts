import { expect, test } from "vitest"
import { seeded } from "./chance.ts"
import { createPeople } from "./people.ts"
import { createSimulator } from "./simulator.ts"
import { createWorld } from "./world.ts"

const history = (now: number, random: () => number) => {
  const { world } = createSimulator({ history: true, now: () => now, random })
  return [...world.conversations.values()].map(({ mailboxes, ...rest }) => ({ ...rest, mailboxes: [...mailboxes] }))
}

test("the demo's history is the same on every start, whatever the clock and the dice", () => {
  const first = history(1_790_000_000_000, seeded(1))
  expect(history(1_795_000_000_000, seeded(2))).toEqual(first)
  expect(first.length).toBeGreaterThanOrEqual(20)
  expect(first.every(({ lastActivityAt }) => new Date(lastActivityAt).toISOString().startsWith("2026-01"))).toBe(true)
})

test("people write, reply, react, edit and tie, in groups too", () => {
  let now = 1_790_000_000_000
  const { world } = createSimulator({ history: true, now: () => now, random: seeded(3) })
  const old = new Set(world.messages().map(({ id }) => id))
  const before = JSON.stringify(world.messages().filter(({ id }) => old.has(id)))
  const people = createPeople(world, seeded(4))
  for (let act = 0; act < 600; act++) {
    now += 4000
    people.act()
  }
  const fresh = world.messages().filter(({ id }) => !old.has(id))
  const owners = new Set([...world.accounts.values()].map(({ owner }) => owner.urn))
  const groups = new Set([...world.conversations.values()].filter(({ group }) => group).map(({ id }) => id))
  const times = fresh.map(({ sentAt }) => sentAt)
  expect(fresh.length).toBeGreaterThan(400)
  expect(fresh.some(({ sender }) => owners.has(sender?.urn ?? ""))).toBe(true)
  expect(fresh.some(({ conversationId }) => groups.has(conversationId))).toBe(true)
  expect(fresh.some(({ attachments }) => attachments.length > 0)).toBe(true)
  expect(fresh.some(({ reactions }) => reactions.length > 0)).toBe(true)
  expect(new Set(times).size).toBeLessThan(times.length)
  // Only what was just said is edited or reacted to: a restart shows the old conversations unchanged.
  expect(JSON.stringify(world.messages().filter(({ id }) => old.has(id)))).toBe(before)
})

test("a restart's chatter has new ids", () => {
  const chatter = (startedAt: number) => {
    let now = startedAt
    const world = createWorld({ now: () => now, random: Math.random })
    world.addAccount()
    const people = createPeople(world, seeded(5))
    for (let act = 0; act < 50; act++) {
      now += 4000
      people.act()
    }
    return world.messages().map(({ id }) => id)
  }
  const first = new Set(chatter(1_790_000_000_000))
  expect(chatter(1_790_000_300_000).filter((id) => first.has(id))).toEqual([])
})

test("people start and stop", async () => {
  const simulator = createSimulator({ accounts: 1 })
  simulator.startPeople({ everyMs: 1 })
  await expect.poll(() => simulator.world.messages().length).toBeGreaterThan(2)
  simulator.stopPeople()
  const count = simulator.world.messages().length
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(simulator.world.messages()).toHaveLength(count)
  await simulator.close()
})
