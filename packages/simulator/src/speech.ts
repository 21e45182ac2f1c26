import { hash } from "./chance.ts"
import type { Line } from "./dialogues.ts"
import type { Account, Attachment, Conversation, Message } from "./model.ts"
import { othersFor } from "./thread.ts"
import type { World } from "./world.ts"

const MEDIA = "https://www.linkedin.com/dms/prv"

export interface Saying {
  account: Account
  conversation: Conversation
  line: Line
  sentAt: number
  /** where the search for the ids' digits begins; by default the world's dice say */
  digits?: number
}

/** Somebody says a line, or two at once if the line ties. */
export function say(world: World, saying: Saying): Message[] {
  const { account, conversation, line, sentAt, digits } = saying
  const others = othersFor(conversation, account)
  const from = { owner: account.owner, them: others[0], other: others[1] ?? others[0] }[line.by] ?? account.owner
  const attachments = line.attachment === undefined ? [] : [attachmentOf(line.attachment, line.text)]
  const common = { conversation, account, from, sentAt, ...(digits === undefined ? {} : { digits }) }
  const said = world.write({ ...common, text: line.text, attachments })
  return line.tie === undefined ? [said] : [said, world.write({ ...common, text: line.tie })]
}

const attachmentOf = (type: string, seed: string): Attachment => ({
  type,
  url: `${MEDIA}/${type}/EXAMPLE/${hash(seed)}`,
})
