import { CAST, OWNERS, SPONSOR } from "./cast.ts"
import { hash, seeded, type Random } from "./chance.ts"
import { DIALOGUES, GROUP_DIALOGUES, SPONSORED, type Line } from "./dialogues.ts"
import { conversationId, TIES_MAX, uuid } from "./ids.ts"
import type { Account, Person } from "./model.ts"
import { say } from "./speech.ts"
import type { World } from "./world.ts"

export const DEMO_ACCOUNTS = 2
const PEOPLE_PER_ACCOUNT = 8
/** Old enough to be history at every start, and never moving, so that a restart shows the same. */
const BEGINS_AT = Date.UTC(2026, 0, 12, 8, 0, 0)
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** Accounts of invented owners, the same ones on every start. */
export function addOwners(world: World, count: number): void {
  for (let index = 0; index < count; index++) {
    const owner = OWNERS[index]
    world.addAccount(owner === undefined ? {} : { owner })
  }
}

/**
 * Gives every account its old conversations: one with each of its people, a group, a sponsored one. Dates, ids and texts
 * are fixed whatever the clock and the dice of the world, so a restarted demo tells nothing old as new.
 */
export function addHistory(world: World): void {
  const accounts = [...world.accounts.values()]
  accounts.forEach((account, ordinal) => addPast(world, account, ordinal))
}

function addPast(world: World, account: Account, ordinal: number): void {
  const random = seeded(hash(account.id))
  const people = CAST.slice((ordinal * PEOPLE_PER_ACCOUNT) % CAST.length).slice(0, PEOPLE_PER_ACCOUNT)
  let startsAt = BEGINS_AT + ordinal * 17 * MINUTE_MS
  people.forEach((one, index) => {
    const lines = DIALOGUES[(ordinal * PEOPLE_PER_ACCOUNT + index) % DIALOGUES.length] ?? []
    past({ world, account, random }, { people: [one], lines, startsAt })
    startsAt += 5 * HOUR_MS + index * 13 * MINUTE_MS
  })
  const group = past(
    { world, account, random },
    {
      people: people.slice(0, 3),
      lines: GROUP_DIALOGUES[ordinal % GROUP_DIALOGUES.length] ?? [],
      startsAt,
      group: true,
    },
  )
  const joined = `${people[2]?.name ?? "Somebody"} joined the conversation`
  world.write({ conversation: group, account, from: null, text: joined, sentAt: startsAt, digits: ordinal })
  const sponsored = past({ world, account, random }, { people: [SPONSOR], lines: [], startsAt: startsAt + HOUR_MS })
  world.write({ conversation: sponsored, account, ...SPONSORED, sentAt: startsAt + HOUR_MS, digits: ordinal })
  for (const [id, conversation] of world.conversations)
    if (conversation.mailboxes.has(account.id)) world.read(id, account, conversation.lastActivityAt)
}

interface Past {
  people: readonly Person[]
  lines: readonly Line[]
  startsAt: number
  group?: boolean
}

function past(
  to: { world: World; account: Account; random: Random },
  { people, lines, startsAt, group }: Past,
): string {
  const { world, account, random } = to
  const conversation = world.addConversation({
    account,
    people,
    id: conversationId(uuid(random)),
    createdAt: startsAt,
    ...(group === true ? { group, title: "Boathouse" } : {}),
  })
  let sentAt = startsAt
  for (const line of lines) {
    sentAt += MINUTE_MS + Math.floor(random() * 40 * MINUTE_MS)
    say(world, { account, conversation, line, sentAt, digits: Math.floor(random() * TIES_MAX) })
  }
  return conversation.id
}
