import { beforeOldest, olderToken, parseOlder } from "../upstream/older.ts"
import type {
  SyncStatus,
  Thread,
  ThreadMessage,
  Upstream,
  ConversationList,
  ListedConversation,
} from "../upstream/thread.ts"
import { conversation, OWNER } from "./test-samples.ts"

/** A scripted upstream at the port: what a test sets is what the next poll sees. */
export interface ScriptedUpstream {
  upstream: Upstream
  conversations: Map<string, { listed: ListedConversation; messages: ThreadMessage[] }>
  /** Newest first, as upstream would list; override for odd ones. */
  listPage: number
  threadPage: number
  /** Thrown by the next call for `list`, or for that thread; once per entry. */
  failures: { on: string; error: unknown }[]
  /** Fields that replace those of every list answer. */
  listAnswer: Partial<ConversationList>
  /** What upstream says of its own cache. */
  sync: SyncStatus | null
  calls: string[]
  /** A message comes in: the conversation moves to the front. */
  write(id: string, message: ThreadMessage, over?: Partial<ListedConversation>): void
}

export const scriptedUpstream = (): ScriptedUpstream => {
  const script: ScriptedUpstream = {
    conversations: new Map(),
    listPage: 20,
    threadPage: 20,
    failures: [],
    listAnswer: {},
    sync: null,
    calls: [],
    write: (id, message, over = {}) => {
      const before = script.conversations.get(id)
      const messages = [...(before?.messages ?? []), message].sort(
        (a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : 1),
      )
      const at = Math.max(message.sentAt, before?.listed.lastActivityAt ?? 0)
      const listed = {
        ...(before?.listed ?? conversation(id, at)),
        lastActivityAt: at,
        previewSentAt: at,
        preview: `at ${at}`,
        ...over,
      }
      script.conversations.set(id, { listed, messages })
    },
    upstream: {
      listAccounts: async () => [],
      getSync: async () => script.sync,
      sendTyping: async () => {},
      listConversations: async ({ cursor }) => {
        fail("list")
        const all = [...script.conversations.values()].map(({ listed }) => listed)
        all.sort((a, b) => b.lastActivityAt - a.lastActivityAt)
        const start = Number(cursor ?? 0)
        const end = start + script.listPage
        script.calls.push(`list ${start}`)
        return {
          dialect: "legacy",
          accountId: null,
          profileUrn: OWNER,
          conversations: all.slice(start, end),
          unreadable: 0,
          nextCursor: end < all.length ? String(end) : null,
          fromCache: false,
          date: null,
          ...script.listAnswer,
        }
      },
      readThread: async ({ conversation: { id }, window }) => {
        const key = id.replace(/^2-/, "")
        fail(key)
        script.calls.push(`${window.kind} ${key}`)
        const messages = script.conversations.get(key)?.messages ?? []
        if (window.kind === "newest")
          return pageOf(messages.slice(-script.threadPage), messages.length > script.threadPage)
        if (window.kind === "newer") {
          const after = messages.filter((message) => message.sentAt >= window.from)
          return pageOf(after.slice(0, window.count), after.length > window.count)
        }
        const before = messages.filter((message) => message.sentAt < (parseOlder(window.than).before ?? 0))
        return pageOf(before.slice(-window.count), before.length > window.count)
      },
    },
  }
  const fail = (on: string): void => {
    const index = script.failures.findIndex((failure) => failure.on === on)
    if (index !== -1) throw script.failures.splice(index, 1)[0]?.error
  }
  return script
}

const pageOf = (messages: ThreadMessage[], hasOlder: boolean): Thread => ({
  dialect: "legacy",
  accountId: null,
  profileUrn: OWNER,
  messages,
  unreadable: 0,
  participants: null,
  hasOlder,
  older: olderToken({ before: beforeOldest(messages), cursor: null }),
})
