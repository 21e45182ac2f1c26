import type { Account, Conversation, Message, Person } from "./model.ts"

const byTime = (left: Message, right: Message) =>
  left.sentAt - right.sentAt || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)

/** Puts a message where its time belongs. Almost always that is the end, so the search starts there. */
export function insert(messages: Message[], message: Message): void {
  let at = messages.length
  for (; at > 0; at--) {
    const before = messages[at - 1]
    if (before === undefined || byTime(before, message) <= 0) break
  }
  messages.splice(at, 0, message)
}

/** The messages that upstream shows, oldest first. */
export const visible = (conversation: Conversation) => conversation.messages.filter((message) => !message.hidden)

/** Members as an account sees them: without its owner (upstream README 2.1). */
export const othersFor = (conversation: Conversation, account: Account): Person[] =>
  conversation.members.filter((member) => member.urn !== account.owner.urn)

/** What an account's list holds, most recent activity first (upstream README 2.1). */
export function listed(conversations: Iterable<Conversation>, accountIds: readonly string[]): Conversation[] {
  return [...conversations]
    .filter((conversation) => !conversation.hidden && accountIds.some((id) => conversation.mailboxes.has(id)))
    .sort(newestFirst)
}

/** The order of the list, which its cursors point into. */
export const newestFirst = (left: Spot, right: Spot) =>
  right.lastActivityAt - left.lastActivityAt || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0)

/** A place in the list. */
export interface Spot {
  lastActivityAt: number
  id: string
}
