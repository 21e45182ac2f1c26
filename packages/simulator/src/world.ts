import type { Random } from "./chance.ts"
import { accountId, bareId, conversationId, uuid } from "./ids.ts"
import type { Account, Conversation, Person, SideEffect, SyncState } from "./model.ts"
import { createPost, type Post } from "./post.ts"
import { person } from "./person.ts"

/** The side effects remembered: enough for any test, and a bound for a demo that runs for weeks. */
const SIDE_EFFECTS_MAX = 10_000

export interface AccountOptions {
  id?: string
  name?: string
  status?: string
  enabled?: boolean
  hasTokens?: boolean
  apiSeatAllocated?: boolean
  owner?: Person
}

export interface ConversationOptions {
  account: Account | string
  /** the others; if one of them owns another account here, the thread is in that mailbox too (upstream trap 4) */
  people: readonly Person[]
  id?: string
  group?: boolean
  title?: string
  createdAt?: number
  salesNav?: boolean
}

/** The state behind the answers, and every way to change it. */
export interface World extends Post {
  readonly accounts: Map<string, Account>
  readonly conversations: Map<string, Conversation>
  readonly sideEffects: SideEffect[]
  now(): number
  addAccount(options?: AccountOptions): Account
  addConversation(options: ConversationOptions): Conversation
  account(account: Account | string): Account
  /** by bare id or by any URN of it */
  conversation(conversation: Conversation | string): Conversation
  /** by the id or any URN of the thread, or of a message in it: upstream accepts both (upstream README 2.2) */
  find(urn: string): Conversation | undefined
  hideConversation(conversation: Conversation | string): void
  showConversation(conversation: Conversation | string): void
  /** the owner reads on the phone (upstream trap 11) */
  read(conversation: Conversation | string, account: Account | string, at?: number): void
  setAccountStatus(
    account: Account | string,
    status: string,
    more?: Partial<Pick<Account, "enabled" | "hasTokens" | "apiSeatAllocated">>,
  ): void
  setSync(account: Account | string, sync: Partial<SyncState>): void
  recordSideEffect(effect: SideEffect): void
}

/** An empty world. Time and chance are handed in: the same ones give the same world. */
export function createWorld(deps: { now: () => number; random: Random }): World {
  const accounts = new Map<string, Account>()
  const conversations = new Map<string, Conversation>()
  const byMessage = new Map<string, string>()
  const sideEffects: SideEffect[] = []

  const account = (given: Account | string): Account => {
    const found = accounts.get(typeof given === "string" ? given : given.id)
    if (found === undefined) throw new Error("no such account in this world")
    return found
  }
  const find = (urn: string) => {
    const bare = bareId(urn)
    return bare === undefined ? undefined : (conversations.get(bare) ?? conversations.get(byMessage.get(bare) ?? ""))
  }
  const conversation = (given: Conversation | string): Conversation => {
    const found = find(typeof given === "string" ? given : given.id)
    if (found === undefined) throw new Error("no such conversation in this world")
    return found
  }

  return {
    accounts,
    conversations,
    sideEffects,
    now: deps.now,
    account,
    conversation,
    find,
    addAccount(options = {}) {
      const ordinal = accounts.size + 1
      const owner = options.owner ?? person(options.name ?? `Owner ${ordinal} Example`)
      const [firstName = owner.name, ...rest] = owner.name.split(" ")
      const added: Account = {
        id: options.id ?? accountId(ordinal),
        owner,
        profileUrn: owner.urn,
        firstName,
        lastName: rest.join(" "),
        publicId: owner.name.toLowerCase().replace(/[^a-z0-9]+/g, "-"),
        status: options.status ?? "AVAILABLE",
        enabled: options.enabled ?? true,
        hasTokens: options.hasTokens ?? true,
        apiSeatAllocated: options.apiSeatAllocated ?? true,
        lastUsedAt: deps.now(),
        sync: {
          lastSyncAt: deps.now(),
          syncInProgress: false,
          consecutiveFailures: 0,
          lastError: null,
          initialSyncCompleted: true,
        },
      }
      accounts.set(added.id, added)
      return added
    },
    addConversation(options) {
      const mine = account(options.account)
      const members = [mine.owner, ...options.people]
      const createdAt = options.createdAt ?? deps.now()
      const mailboxes = [...accounts.values()]
        .filter(({ owner }) => members.some(({ urn }) => urn === owner.urn))
        .map(({ id }) => [id, { unreadCount: 0, lastReadAt: createdAt }] as const)
      const added: Conversation = {
        id: options.id ?? conversationId(uuid(deps.random)),
        members,
        group: options.group ?? options.people.length > 1,
        title: options.title ?? null,
        createdAt,
        lastActivityAt: createdAt,
        hidden: false,
        salesNav: options.salesNav ?? false,
        mailboxes: new Map(mailboxes),
        messages: [],
      }
      conversations.set(added.id, added)
      return added
    },
    hideConversation: (given) => void (conversation(given).hidden = true),
    showConversation: (given) => void (conversation(given).hidden = false),
    read(given, reader, at = deps.now()) {
      conversation(given).mailboxes.set(account(reader).id, { unreadCount: 0, lastReadAt: at })
    },
    setAccountStatus: (given, status, more = {}) => void Object.assign(account(given), { status, ...more }),
    setSync: (given, sync) => void Object.assign(account(given).sync, sync),
    recordSideEffect(effect) {
      sideEffects.push(effect)
      if (sideEffects.length > SIDE_EFFECTS_MAX) sideEffects.shift()
    },
    ...createPost({ ...deps, account, conversation, accounts, conversations, byMessage }),
  }
}
