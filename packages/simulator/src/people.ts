import { CAST } from "./cast.ts"
import { pick, type Random } from "./chance.ts"
import { DIALOGUES, EDITS, EMOJI, GROUP_DIALOGUES, type Line } from "./dialogues.ts"
import type { Account, Conversation } from "./model.ts"
import { say } from "./speech.ts"
import { listed, visible } from "./thread.ts"
import type { World } from "./world.ts"

/** How many conversations are lively at a time; the others rest. */
const LIVELY_MAX = 5

/** Of a hundred acts, so many are of each kind; all the others are the next line of a conversation. */
const EDITS_PERCENT = 5
const REACTIONS_PERCENT = 9
const NEWCOMERS_PERCENT = 4

export interface People {
  /** One thing happens: somebody says their next line, edits, reacts, or turns up. */
  act(): void
}

interface Talk {
  account: Account
  conversation: Conversation
  lines: readonly Line[]
  next: number
}

/**
 * The demo's people. They talk through their dialogues line by line, a few conversations at a time. Nobody new turns
 * up once an account knows the whole cast, so a demo may run for weeks.
 */
export function createPeople(world: World, random: Random): People {
  let talks: Talk[] = []

  const begin = (account: Account): Talk | undefined => {
    const known = listed(world.conversations.values(), [account.id]).filter(
      ({ members, salesNav }) => !salesNav && members.every(({ profileId }) => profileId !== null),
    )
    const resting = known.filter(({ id }) => talks.every(({ conversation }) => conversation.id !== id))
    const strangers = CAST.filter(
      ({ urn }) => !known.some(({ members }) => members.some((member) => member.urn === urn)),
    )
    const turnsUp = strangers.length > 0 && (known.length === 0 || random() * 100 < NEWCOMERS_PERCENT)
    if (!turnsUp && resting.length === 0) return undefined
    const conversation = turnsUp
      ? world.addConversation({ account, people: [pick(strangers, random)] })
      : pick(resting, random)
    return { account, conversation, lines: pick(conversation.group ? GROUP_DIALOGUES : DIALOGUES, random), next: 0 }
  }

  const speak = () => {
    const accounts = [...world.accounts.values()].filter(({ enabled }) => enabled)
    const fresh = talks.length < LIVELY_MAX && accounts.length > 0 ? begin(pick(accounts, random)) : undefined
    if (fresh !== undefined) talks.push(fresh)
    if (talks.length === 0) return
    const talk = fresh ?? pick(talks, random)
    const line = talk.lines[talk.next++]
    if (line !== undefined) say(world, { ...talk, line, sentAt: world.now() })
    talks = talks.filter(({ lines, next }) => next < lines.length)
  }

  /** What somebody has said lately and might change; undefined while nobody has. */
  const recent = () => {
    const talk = talks.length === 0 ? undefined : pick(talks, random)
    return talk === undefined ? undefined : visible(talk.conversation).at(-1)
  }

  return {
    act() {
      const dice = random() * 100
      const target = dice < EDITS_PERCENT + REACTIONS_PERCENT ? recent() : undefined
      if (target === undefined) speak()
      else if (dice >= EDITS_PERCENT) world.react({ message: target, emoji: pick(EMOJI, random) })
      else if (target.text === null || EDITS.some((suffix) => target.text?.endsWith(suffix))) speak()
      else world.edit({ message: target, text: `${target.text}${pick(EDITS, random)}` })
    },
  }
}
