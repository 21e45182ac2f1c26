import { isAnswer, numberOf, ok, pageOf, shapeB, usableAccount, type Answer, type Call } from "./answer.ts"
import { hash } from "./chance.ts"
import { legacyConversation, legacyMessage, legacyParticipant, urnFor } from "./legacy-shapes.ts"
import type { Conversation, Message } from "./model.ts"
import { disordered, listPage, lyingTotal } from "./page.ts"
import { listed, othersFor, visible } from "./thread.ts"

const LIST_PAGE = 20
const LIST_PAGE_MAX = 100
/** The window without an anchor is undocumented; LinkedIn's is 20 (upstream README 2.3). */
const THREAD_PAGE = 20
const THREAD_PAGE_MAX = 100

/** GET /linkedin/messaging/recent-messages (upstream README 2.1). */
export function recentMessages(call: Call): Answer {
  const { world, settings, query } = call
  const account = usableAccount(call, "Failed to get recent messages")
  if (isAnswer(account)) return account
  const all = listed(world.conversations.values(), [account.id]).filter(
    (conversation) =>
      !conversation.salesNav &&
      matchesRead(conversation.mailboxes.get(account.id)?.unreadCount ?? 0, query["read"]) &&
      matchesKeywords(conversation, query["keywords"]),
  )
  const page = listPage(all, query["nextCursor"], pageOf(query["count"], settings.listPage, LIST_PAGE, LIST_PAGE_MAX))
  if (page === null) return shapeB(500, "Failed to get recent messages")
  const { conversations, nextCursor } = page
  const saysTotal = settings.generation === "v1" || hash(account.id) % 2 === 0
  return ok({
    success: true,
    accountId: account.id,
    profileUrn: account.profileUrn,
    ...(saysTotal ? { total: lyingTotal(conversations.length, account.id) } : {}),
    // v1 ends with null; the v2 example has no cursor at all: absent and null are alike (upstream README 2.1).
    ...(settings.generation === "v2" && nextCursor === null ? {} : { nextCursor }),
    conversations: conversations.map((each) => legacyConversation(each, account, settings.generation)),
  })
}

const matchesRead = (unreadCount: number, read: string | undefined) =>
  read === undefined || read === "" || (read === "true") === (unreadCount === 0)

function matchesKeywords(conversation: Conversation, keywords = ""): boolean {
  if (keywords === "") return true
  const texts = visible(conversation).flatMap(({ text, subject }) => [text, subject])
  const haystack = [...conversation.members.map(({ name }) => name), ...texts].join("\n").toLowerCase()
  return haystack.includes(keywords.toLowerCase())
}

/** GET /linkedin/messaging/conversation-details (upstream README 2.2). */
export function conversationDetails(call: Call): Answer {
  const { world, settings, query } = call
  const urn = query["conversationUrn"] ?? ""
  if (urn === "") return shapeB(400, "conversationUrn is required")
  const account = usableAccount(call, "Failed to get conversation details")
  if (isAnswer(account)) return account
  const conversation = world.find(urn)
  if (conversation === undefined || conversation.hidden || !conversation.mailboxes.has(account.id))
    return shapeB(500, "Failed to get conversation details")

  const all = visible(conversation)
  const shown = window(all, call)
  const common = {
    success: true,
    accountId: account.id,
    profileUrn: account.profileUrn,
    conversationUrn: urnFor(conversation, account),
  }
  const messages = disordered(shown).map((message) => legacyMessage(message, account))
  const total = lyingTotal(shown.length, conversation.id)
  const hasMore = moreAround(all, shown)
  const cursors = query["deliveredAt"] === undefined ? {} : anchoredCursors(shown, hasMore)
  if (settings.generation === "v2") {
    // The v2 example has neither total nor any sign of more; its table has total. Some threads show them, some do not.
    const chatty = hash(conversation.id) % 2 === 0
    return ok({ ...common, ...(chatty ? { total } : {}), messages, ...(chatty ? cursors : {}) })
  }
  return ok({
    ...common,
    total,
    syncToken: Buffer.from(`${world.now()}urn:li:fabric:prod-lor1`).toString("base64"),
    messages,
    participants: othersFor(conversation, account).map(legacyParticipant),
    pagination: {
      firstMessageAt: shown[0]?.sentAt ?? null,
      lastMessageAt: shown.at(-1)?.sentAt ?? null,
      hasMoreBefore: hasMore.before,
      hasMoreAfter: hasMore.after,
    },
    ...cursors,
  })
}

/**
 * `countBefore` messages before and `countAfter` after `deliveredAt` (upstream README 2.3). With neither count: a page
 * before it. Without an anchor: the most recent messages.
 */
function window(all: readonly Message[], { query, settings }: Call): Message[] {
  const most = settings.threadPage ?? THREAD_PAGE_MAX
  const page = settings.threadPage ?? THREAD_PAGE
  const anchor = numberOf(query["deliveredAt"], Number.POSITIVE_INFINITY)
  const counted = query["countBefore"] !== undefined || query["countAfter"] !== undefined
  const before = Math.min(numberOf(query["countBefore"], counted ? 0 : page), most)
  if (anchor === Number.POSITIVE_INFINITY)
    return all.slice(-Math.max(1, query["countBefore"] === undefined ? page : before))
  const after = Math.min(numberOf(query["countAfter"], 0), most)
  const inclusive = settings.anchor === "inclusive"
  const earlier = all.filter(({ sentAt }) => sentAt < anchor || (inclusive && sentAt === anchor))
  const later = all.filter(({ sentAt }) => sentAt > anchor || (inclusive && sentAt === anchor))
  const chosen = new Set([...(before === 0 ? [] : earlier.slice(-before)), ...later.slice(0, after)])
  return all.filter((message) => chosen.has(message))
}

function moreAround(all: readonly Message[], shown: readonly Message[]): { before: boolean; after: boolean } {
  return { before: shown.length > 0 && all[0] !== shown[0], after: shown.length > 0 && all.at(-1) !== shown.at(-1) }
}

/** They may come with an anchor, and no request parameter takes them (upstream README 2.2). */
function anchoredCursors(shown: readonly Message[], hasMore: { before: boolean; after: boolean }): object {
  const cursor = (message: Message | undefined) => (message === undefined ? null : `${message.sentAt}`)
  return {
    nextCursor: hasMore.after ? cursor(shown.at(-1)) : null,
    prevCursor: hasMore.before ? cursor(shown[0]) : null,
    hasNextPage: hasMore.after,
    hasPrevPage: hasMore.before,
  }
}
