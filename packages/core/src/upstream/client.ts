import { discoverAccounts } from "./accounts.ts"
import { createAsk, type AskDeps, type Reply } from "./ask.ts"
import { conversations } from "./conversations.ts"
import type { DialectRules, ListRequest, Question } from "./dialect.ts"
import { legacy } from "./legacy.ts"
import { bodyOf, listShape, threadShape } from "./shape.ts"
import { syncOf } from "./sync.ts"
import { UpstreamError, type ConversationList, type Dialect, type Upstream } from "./thread.ts"

export interface UpstreamDeps extends AskDeps {
  dialect: Dialect | "auto"
}

const DEPRECATED = "ConnectSafely redirects its legacy dialect: set CONNECTSAFELY_DIALECT to auto or conversations."

const rules: Record<Dialect, DialectRules> = { legacy, conversations }

/**
 * The ConnectSafely client. Both dialects behind one shape; an answer is read in the dialect that it is in, whatever was asked.
 * It reads, and sends typing indicators when told to: it has no way to mark anything as read (upstream docs, trap 36).
 */
export function createUpstream(deps: UpstreamDeps): Upstream {
  const ask = createAsk(deps)
  /** Only in `auto`: upstream has shown that it speaks the newer dialect now. */
  let hasMoved = false

  /** A dialect set by the operator wins over what an account was last read in. */
  const dialectFor = (known: Dialect | null): Dialect =>
    deps.dialect !== "auto" ? deps.dialect : hasMoved ? "conversations" : (known ?? "legacy")

  const noteMove = (answered: Dialect) => {
    if (deps.dialect === "auto" && answered === "conversations") hasMoved = true
  }

  /** Redirects are not followed: undocumented is what they make of the parameters, so the question is put anew (section 4.3). */
  async function askIn(dialect: Dialect, canMove: boolean, question: (rules: DialectRules) => Question) {
    const reply = await ask(question(rules[dialect]))
    if (reply.kind === "answer") return { asked: dialect, ...reply }
    if (deps.dialect === "legacy" && reply.isSameOrigin)
      throw new UpstreamError("redirect", DEPRECATED, { cause: reply.error })
    if (dialect !== "legacy" || deps.dialect !== "auto" || !reply.isSameOrigin || !canMove) throw reply.error
    return { asked: "conversations" as const, ...answerOf(await ask(question(conversations))) }
  }

  async function list(request: ListRequest & { dialect: Dialect | null }): Promise<ConversationList> {
    const { dialect, cursor } = request.cursor === null ? { dialect: null, cursor: null } : untagged(request.cursor)
    const { asked, body, date } = await askIn(dialect ?? dialectFor(request.dialect), cursor === null, (rules) =>
      rules.listQuestion({ accountId: request.accountId, cursor }),
    )
    const answer = bodyOf(body)
    const shape = listShape(answer, asked)
    const read = rules[shape.dialect].readList(answer, shape.items, date)
    noteMove(shape.dialect)
    return { ...read, nextCursor: read.nextCursor === null ? null : `${read.dialect}:${read.nextCursor}` }
  }

  return {
    listAccounts: () => discoverAccounts(ask, () => list({ accountId: null, dialect: null, cursor: null })),

    listConversations: list,

    async readThread(request) {
      const { asked, body } = await askIn(dialectFor(request.dialect), true, (rules) => rules.threadQuestion(request))
      const answer = bodyOf(body)
      const shape = threadShape(answer, asked)
      const thread = rules[shape.dialect].readThread(answer, shape.items, request)
      noteMove(shape.dialect)
      return thread
    },

    async getSync({ accountId }) {
      const reply = answerOf(
        await ask({ method: "GET", path: "/conversations/sync/status", query: { accountId }, body: null }),
      )
      return syncOf(bodyOf(reply.body), accountId)
    },

    async sendTyping({ accountId, urn }) {
      const body = { conversationUrn: urn, accountId }
      answerOf(await ask({ method: "POST", path: "/messaging/typing-indicator", query: {}, body }))
    },
  }
}

function answerOf(reply: Reply) {
  if (reply.kind === "redirect") throw reply.error
  return reply
}

/** A list's cursor means nothing in the other dialect, so it carries its own. */
function untagged(tagged: string): { dialect: Dialect; cursor: string } {
  const [, dialect, cursor] = /^(legacy|conversations):(.+)$/s.exec(tagged) ?? []
  if (dialect === undefined || cursor === undefined)
    throw new UpstreamError("bad_request", "The list's cursor is none that Posthorn gave.")
  return { dialect: dialect === "legacy" ? "legacy" : "conversations", cursor }
}
