import { accountOf, isAnswer, numberOf, ok, pageOf, shapeA, usableAccount, type Answer, type Call } from "./answer.ts"
import { hash } from "./chance.ts"
import { messageUrn, profileUrl } from "./ids.ts"
import { urnFor } from "./legacy-shapes.ts"
import type { Account, Conversation, Message, Person } from "./model.ts"
import { disordered, listPage } from "./page.ts"
import { listed, othersFor, visible } from "./thread.ts"

const LIST_PAGE = 20
const THREAD_PAGE = 50
/** Both maxima are unstated; these are the legacy dialect's. */
const PAGE_MAX = 100
const BATCH_MAX = 50
/** A cursor that goes on at LinkedIn's own API rather than in the vendor's cache (upstream README 4.1). */
const LINKEDIN_CURSOR = "linkedin:"

/** GET /linkedin/conversations (upstream README 4.1). */
export function conversationsList(call: Call): Answer {
  const { world, settings, query } = call
  const accounts = batchOf(call)
  if (isAnswer(accounts)) return accounts
  const ids = accounts.map(({ id }) => id)
  const unreadOnly = query["unreadOnly"] === "true"
  const all = listed(world.conversations.values(), ids).filter(
    ({ mailboxes }) => !unreadOnly || ids.some((id) => (mailboxes.get(id)?.unreadCount ?? 0) > 0),
  )
  const cursor = query["nextCursor"]?.replace(LINKEDIN_CURSOR, "")
  const page = listPage(all, cursor, pageOf(query["count"], settings.listPage, LIST_PAGE, PAGE_MAX))
  if (page === null) return shapeA(500, "Failed to fetch conversations")
  const { nextCursor } = page
  return ok({
    success: true,
    conversations: page.conversations.flatMap((conversation) =>
      accounts
        .filter(({ id }) => conversation.mailboxes.has(id))
        .map((account) => cachedConversation(conversation, account)),
    ),
    accounts: accounts.map(({ id, owner }) => ({ id, name: owner.name })),
    // The cache answers the first page, LinkedIn the further ones.
    nextCursor: nextCursor === null ? null : `${LINKEDIN_CURSOR}${nextCursor}`,
    hasMore: nextCursor !== null,
    fromCache: cursor === undefined || cursor === "",
  })
}

function batchOf(call: Call): Account[] | Answer {
  const ids = call.query["linkedinAccountIds"]?.split(",").slice(0, BATCH_MAX) ?? [call.query["accountId"]]
  const accounts = ids.map((accountId) =>
    usableAccount({ ...call, query: accountId === undefined ? {} : { accountId } }, "Failed to fetch conversations"),
  )
  const refusal = accounts.find((account) => isAnswer(account))
  return refusal ?? accounts.flatMap((account) => (isAnswer(account) ? [] : [account]))
}

function cachedConversation(conversation: Conversation, account: Account): object {
  const latest = visible(conversation).at(-1)
  const preview =
    latest === undefined
      ? null
      : {
          text: latest.text,
          sentAt: latest.sentAt,
          senderName: latest.sender?.name ?? null,
          hasAttachment: latest.hasAttachment,
        }
  return {
    conversationUrn: urnFor(conversation, account),
    conversationId: conversation.id,
    // A date here, a number in the legacy dialect (upstream trap 8).
    lastActivityAt: new Date(conversation.lastActivityAt).toISOString(),
    unreadCount: conversation.mailboxes.get(account.id)?.unreadCount ?? 0,
    participants: othersFor(conversation, account).map((other) => ({
      ...cachedPerson(other),
      profileUrl: other.profileId === null || conversation.salesNav ? null : profileUrl(other.profileId),
      distance: other.distance,
    })),
    ...(preview === null && hash(conversation.id) % 2 === 0 ? {} : { latestMessage: preview }),
    ...(conversation.salesNav ? { source: "sales_navigator", salesNavThreadId: conversation.id } : {}),
  }
}

const cachedPerson = ({ profileId, name, headline, picture }: Person) => ({
  profileId,
  name,
  headline,
  profilePicture: picture,
})

/** GET /linkedin/conversations/{conversationUrn}/messages (upstream README 4.2). */
export function conversationMessages(call: Call, urn: string): Answer {
  const { world, settings, query } = call
  const account = usableAccount(call, "Failed to fetch messages")
  if (isAnswer(account)) return account
  const conversation = world.find(urn)
  if (conversation === undefined || conversation.hidden || !conversation.mailboxes.has(account.id))
    return shapeA(404, "Conversation not found")

  const slack = settings.anchor === "inclusive" ? 1 : 0
  const since = numberOf(query["since"], Number.NEGATIVE_INFINITY)
  const until = numberOf(query["cursor"], Number.POSITIVE_INFINITY)
  const within = visible(conversation).filter(({ sentAt }) => sentAt > since - slack && sentAt < until + slack)
  // The newest of the page's worth, as a cache ordered by time gives them; which end `since` counts from is undocumented.
  const shown = within.slice(-pageOf(query["count"], settings.threadPage, THREAD_PAGE, PAGE_MAX))
  const hasMore = shown.length < within.length
  return ok({
    success: true,
    messages: disordered(shown).map((message) => cachedMessage(message, account)),
    participants: othersFor(conversation, account).map(cachedPerson),
    hasMore,
    cursor: hasMore && shown[0] !== undefined ? `${shown[0].sentAt}` : null,
    note: query["sync"] === "false" ? "Served from cache, refreshing in the background" : "Synced with LinkedIn",
  })
}

function cachedMessage(message: Message, account: Account): unknown {
  const { sender, unreadable } = message
  if (unreadable === "not-an-object") return "[object Object]"
  return {
    ...(unreadable === "no-id" ? {} : { messageUrn: messageUrn(account.profileUrn, message.id) }),
    text: unreadable === "text-object" ? { body: message.text } : message.text,
    ...(unreadable === "no-sent-at" ? {} : { sentAt: message.sentAt }),
    ...(message.senderMissing
      ? {}
      : {
          senderProfileId: sender?.profileId ?? null,
          senderName: sender?.name ?? null,
          senderPhoto: sender?.picture ?? null,
          isSentByOwner: sender?.urn === account.owner.urn,
        }),
    hasAttachment: message.hasAttachment,
    ...(message.attachments.length === 0 && hash(message.id) % 3 === 0 ? {} : { attachments: message.attachments }),
  }
}

/** GET /linkedin/conversations/sync/status: how stale the cache is (upstream README 4.4). */
export function syncStatus(call: Call): Answer {
  const { world } = call
  const one = call.query["accountId"] === undefined ? [...world.accounts.values()] : accountOf(call)
  if (isAnswer(one)) return one
  return ok({
    success: true,
    accounts: [one].flat().map(({ id, owner, sync }) => {
      const threads = listed(world.conversations.values(), [id])
      return {
        accountId: id,
        accountName: owner.name,
        syncState: {
          ...sync,
          lastSyncAt: sync.lastSyncAt === null ? null : new Date(sync.lastSyncAt).toISOString(),
          totalConversations: threads.length,
          totalMessages: threads.reduce((sum, thread) => sum + visible(thread).length, 0),
        },
      }
    }),
  })
}
