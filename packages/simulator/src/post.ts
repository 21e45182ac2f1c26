import type { Random } from "./chance.ts"
import { bareId, messageId, TIES_MAX } from "./ids.ts"
import type { Account, Attachment, Conversation, Message, Person, Unreadable } from "./model.ts"
import { insert } from "./thread.ts"

/** A thread forgets its oldest messages beyond this, so that a demo may run for weeks. */
export const MESSAGES_PER_CONVERSATION_MAX = 10_000
const TOMBSTONE = "This message has been deleted."

export interface WriteOptions {
  conversation: Conversation | string
  /** whose mailbox "owner" means; by default the account that the conversation was added for */
  account?: Account | string
  /** a person, a profile id, "owner", or null for the system; by default the first of the others */
  from?: Person | string | null
  text?: string | null
  sentAt?: number
  subject?: string
  attachments?: readonly Attachment[]
  /** contradicts `attachments` when a test says so (upstream trap 25) */
  hasAttachment?: boolean
  /** `lastActivityAt` and the unread count stay as they are: the list does not give the message away (upstream trap 10) */
  silent?: boolean
  /** not shown until `showMessage`: a late arrival (upstream trap 7) */
  hidden?: boolean
  unreadable?: Unreadable | true
  /** the answer has no `sender` key at all (upstream trap 26) */
  senderMissing?: boolean
  /** where the search for the id's five digits begins; by default the dice say */
  digits?: number
}

interface Target {
  message: Message | string
  /** the list does not give the change away */
  silent?: boolean
}

/** All that happens to messages. */
export interface Post {
  write(options: WriteOptions): Message
  edit(options: Target & { text: string }): Message
  /** Adds to the count of an emoji, or takes away with a negative `by`. */
  react(options: Target & { emoji?: string; by?: number; viewerReacted?: boolean }): Message
  /** Leaves a tombstone, or makes the message vanish (upstream trap 28). */
  recall(options: Target & { vanish?: boolean }): Message
  hideMessage(message: Message | string): void
  /** `touch` moves `lastActivityAt` to now, as if the message had just come in. */
  showMessage(message: Message | string, options?: { touch?: boolean }): void
  message(message: Message | string): Message
  /** Every message of a mailbox (or of all), visible or not, in order within each thread: the truth to hold a relay against. */
  messages(account?: Account | string): Message[]
}

interface Deps {
  now: () => number
  random: Random
  accounts: Map<string, Account>
  account: (given: Account | string) => Account
  conversation: (given: Conversation | string) => Conversation
  conversations: Map<string, Conversation>
  /** message id to conversation id */
  byMessage: Map<string, string>
}

export function createPost(deps: Deps): Post {
  const { byMessage } = deps

  const freeId = (sentAt: number, first: number) => {
    for (let step = 0; step < TIES_MAX; step++) {
      const id = messageId(sentAt, (first + step) % TIES_MAX)
      if (!byMessage.has(id)) return id
    }
    throw new Error(`more than ${TIES_MAX} messages in one millisecond`)
  }

  const resolve = (given: Message | string): Message => {
    const id = typeof given === "string" ? bareId(given) : given.id
    const home = byMessage.get(id ?? "")
    const found = home === undefined ? undefined : deps.conversation(home).messages.find((each) => each.id === id)
    if (found === undefined) throw new Error("no such message in this world")
    return found
  }

  const changed = ({ message, silent = false }: Target): Message => {
    const found = resolve(message)
    const home = deps.conversation(found.conversationId)
    if (!silent) home.lastActivityAt = Math.max(home.lastActivityAt, deps.now())
    return found
  }

  const senderOf = (options: WriteOptions, home: Conversation): Person | null => {
    const { from } = options
    if (from === null) return null
    if (typeof from === "object") return from
    const owner = deps.account(options.account ?? [...home.mailboxes.keys()][0] ?? "").owner
    if (from === "owner") return owner
    const found = home.members.find(({ urn, profileId }) =>
      from === undefined ? urn !== owner.urn : profileId === from || urn === from,
    )
    if (found === undefined) throw new Error("no such person in this conversation")
    return found
  }

  return {
    write(options) {
      const home = deps.conversation(options.conversation)
      const sentAt = options.sentAt ?? deps.now()
      const attachments = [...(options.attachments ?? [])]
      const written: Message = {
        id: freeId(sentAt, options.digits ?? Math.floor(deps.random() * TIES_MAX)),
        conversationId: home.id,
        sentAt,
        sender: senderOf(options, home),
        senderMissing: options.senderMissing ?? false,
        text: options.text === undefined ? "Hello" : options.text,
        subject: options.subject ?? null,
        attachments,
        hasAttachment: options.hasAttachment ?? attachments.length > 0,
        reactions: [],
        hidden: options.hidden ?? false,
        recalled: false,
        unreadable: options.unreadable === true ? "no-sent-at" : (options.unreadable ?? null),
      }
      insert(home.messages, written)
      byMessage.set(written.id, home.id)
      if (home.messages.length > MESSAGES_PER_CONVERSATION_MAX) byMessage.delete(home.messages.shift()?.id ?? "")
      if (!written.hidden && options.silent !== true) arrive(home, written, deps.accounts, sentAt)
      return written
    },
    edit: (options) => Object.assign(changed(options), { text: options.text }),
    react({ emoji = "👍", by = 1, viewerReacted, ...target }) {
      const found = changed(target)
      const before = found.reactions.find((reaction) => reaction.emoji === emoji)
      const after = {
        emoji,
        count: (before?.count ?? 0) + by,
        viewerReacted: viewerReacted ?? before?.viewerReacted ?? false,
      }
      found.reactions = [...found.reactions.filter((each) => each !== before), ...(after.count > 0 ? [after] : [])]
      return found
    },
    recall({ vanish = false, ...target }) {
      const gone = { recalled: true, attachments: [], hasAttachment: false, reactions: [] }
      return Object.assign(changed(target), vanish ? { ...gone, hidden: true } : { ...gone, text: TOMBSTONE })
    },
    hideMessage: (given) => void (resolve(given).hidden = true),
    showMessage(given, { touch = false } = {}) {
      const found = resolve(given)
      found.hidden = false
      if (touch) arrive(deps.conversation(found.conversationId), found, deps.accounts, deps.now())
    },
    message: resolve,
    messages(given) {
      const id = given === undefined ? undefined : deps.account(given).id
      return [...deps.conversations.values()]
        .filter(({ mailboxes }) => id === undefined || mailboxes.has(id))
        .flatMap(({ messages }) => messages)
    },
  }
}

/** The list gives a message away: activity moves forward, and the mailboxes of all but its sender count it unread. */
function arrive(home: Conversation, message: Message, accounts: Map<string, Account>, at: number): void {
  home.lastActivityAt = Math.max(home.lastActivityAt, at)
  for (const [id, mailbox] of home.mailboxes) {
    const own = message.sender !== null && accounts.get(id)?.owner.urn === message.sender.urn
    mailbox.unreadCount = own ? 0 : mailbox.unreadCount + 1
    if (own) mailbox.lastReadAt = at
  }
}
