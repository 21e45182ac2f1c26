import { createRoute, z } from "@hono/zod-openapi"
import type { Account } from "@posthorn/core/account"
import { VisibleError } from "@posthorn/core/error"
import { EventMessage, type Event, type EventConversation, type EventData } from "@posthorn/core/event"
import { messageOf } from "@posthorn/core/poll/event-of"
import { UpstreamError } from "@posthorn/core/upstream/thread"

import { readAccount } from "./accounts.ts"
import { openPlace, pageOfThread, windowOf } from "./conversation-page.ts"
import type { ApiDeps } from "./deps.ts"
import { LIMIT_DEFAULT, cursorsOf, paging } from "./list.ts"
import { bodyOf, createRouter, jsonOf, keyed, notFound } from "./router.ts"
import { strict } from "./validate.ts"

const tags = ["accounts"]
const ID_LENGTH_MAX = 500

const TypingBody = strict({
  conversationId: z.string({ error: "must be a conversation's id" }).min(1).max(ID_LENGTH_MAX),
}).meta({ id: "TypingCreate" })

const typing = createRoute({
  method: "post",
  path: "/v1/accounts/{id}/typing",
  tags,
  summary: "Show a typing indicator in a conversation",
  description: "As the account's owner, for a few seconds. It goes through upstream, within the budget of requests.",
  ...keyed("conversations"),
  request: {
    params: z.object({ id: z.string().max(200) }),
    query: strict({}, "query parameter"),
    body: bodyOf(TypingBody),
  },
  responses: { 200: jsonOf(z.object({ accountId: z.string(), conversationId: z.string() }), "It is shown") },
})

const MessageList = z
  .object({ data: z.array(EventMessage), nextCursor: z.string().nullable() })
  .meta({ id: "MessageList", description: "Messages as upstream shows them now." })

const messages = createRoute({
  method: "get",
  path: "/v1/accounts/{id}/conversations/{conversationId}/messages",
  tags,
  summary: "Read a conversation as it is now",
  description:
    "Live from upstream, newest first, written as in events: the thread that an agent needs before it answers. One request of the budget per page.",
  ...keyed("read"),
  request: {
    params: z.object({ id: z.string().max(200), conversationId: z.string().max(ID_LENGTH_MAX) }),
    query: strict(paging, "query parameter"),
  },
  responses: { 200: jsonOf(MessageList, "Newest first") },
})

type Known = Pick<EventConversation, "urn" | "participants">

export const conversations = (deps: ApiDeps) => {
  const { store, upstream } = deps

  /**
   * Upstream wants the URN, and says less of a message's sender than a list does of people: the newest event of the conversation
   * has both. What never had an event may be written from its parts.
   */
  const known = async (account: Account, conversationId: string): Promise<Known> => {
    const filters = { accountId: account.id, conversationId }
    const { rows } = await store.listEventsLagging(filters, { limit: 1, cursor: null })
    const [row] = rows
    if (row !== undefined) return (row.event as Event & { data: EventData<"message.received"> }).data.conversation
    const isTracked = (await store.getCheckpoint(account.id, conversationId)) !== null
    if (!isTracked || account.profileUrn === null || !conversationId.startsWith("2-")) throw notFound("conversation")
    return { urn: `urn:li:msg_conversation:(${account.profileUrn},${conversationId})`, participants: [] }
  }

  const ask = async <Answer>(question: (asked: NonNullable<ApiDeps["upstream"]>) => Promise<Answer>) => {
    if (upstream === null)
      throw new VisibleError("not_configured", "This deployment has no key for ConnectSafely, so nothing can be asked.")
    if (!(await deps.takeUpstreamRequest()))
      throw new VisibleError("rate_limited", "This minute's requests to ConnectSafely are used up.", {
        headers: { "retry-after": String(Math.ceil((60_000 - (deps.clock.now() % 60_000)) / 1_000)) },
      })
    try {
      return await question(upstream)
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      if (error.kind === "not_found") throw notFound("conversation")
      throw new VisibleError("upstream_failed", error.message)
    }
  }

  return createRouter()
    .openapi(typing, async (c) => {
      const account = await readAccount(c.req.valid("param").id, store)
      const { conversationId } = c.req.valid("json")
      const { urn } = await known(account, conversationId)
      await ask((asked) => asked.sendTyping({ accountId: account.id, urn }))
      return c.json({ accountId: account.id, conversationId }, 200)
    })
    .openapi(messages, async (c) => {
      const { id, conversationId } = c.req.valid("param")
      const { limit = LIMIT_DEFAULT, cursor } = c.req.valid("query")
      const account = await readAccount(id, store)
      const cursors = cursorsOf(`messages ${id} ${conversationId}`, c.req.query())
      const place = openPlace(cursors.open(cursor))
      const { urn, participants } = await known(account, conversationId)
      const thread = await ask((asked) =>
        asked.readThread({
          accountId: account.id,
          dialect: account.dialect,
          conversation: { id: conversationId, urn },
          profileUrn: account.profileUrn,
          window: windowOf(place, limit),
        }),
      )
      const { given, next } = pageOfThread(thread, limit, place)
      const people = participants.length > 0 ? participants : (thread.participants ?? [])
      const data = given.toReversed().map((message) => messageOf(message, people))
      return c.json({ data, nextCursor: cursors.close(next) }, 200)
    })
}
