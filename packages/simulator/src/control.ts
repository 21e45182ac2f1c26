import type { IncomingMessage } from "node:http"
import { shapeA, type Answer } from "./answer.ts"
import type { Fault, Faults } from "./faults.ts"
import { person } from "./person.ts"
import type { WriteOptions } from "./post.ts"
import type { Control, RequestRecord } from "./server.ts"
import type { AccountOptions, World } from "./world.ts"

const PREFIX = "/_simulator/"

interface Deps {
  world: World
  faults: Faults
  requests: RequestRecord[]
}

interface ConversationBody {
  account: string
  /** names of invented people */
  people: string[]
  group?: boolean
  title?: string
}

/**
 * The world's controls over HTTP. Requests: `POST account | conversation | write | edit | react | recall | status | fault |
 * clear-faults`, `GET accounts | conversations | messages | requests`. Bodies are those of the world's methods, with ids in place of objects.
 */
export function createControl({ world, faults, requests }: Deps): Control {
  const posts: Readonly<Record<string, (body: never) => unknown>> = {
    account: (body: AccountOptions | undefined) => world.addAccount(body ?? {}),
    conversation: ({ people, ...rest }: ConversationBody) =>
      conversationOf(world.addConversation({ ...rest, people: people.map((name) => person(name)) })),
    write: (body: WriteOptions) => world.write(body),
    edit: (body: Parameters<World["edit"]>[0]) => world.edit(body),
    react: (body: Parameters<World["react"]>[0]) => world.react(body),
    recall: (body: Parameters<World["recall"]>[0]) => world.recall(body),
    status: (body: { account: string; status: string }) => {
      world.setAccountStatus(body.account, body.status)
      return { ok: true }
    },
    fault: (body: Fault) => {
      faults.add(body)
      return { ok: true }
    },
    "clear-faults": () => {
      faults.clear()
      return { ok: true }
    },
  }
  const gets: Readonly<Record<string, () => unknown>> = {
    accounts: () => [...world.accounts.values()],
    conversations: () => [...world.conversations.values()].map(conversationOf),
    messages: () =>
      world.messages().map((message) => ({ ...message, accounts: accountsOf(world, message.conversationId) })),
    requests: () => requests,
  }
  return (method, path, body, request): Answer | undefined => {
    if (!path.startsWith(PREFIX)) return undefined
    if (!isLoopback(request)) return shapeA(403, "the controls answer to this machine only")
    const name = path.slice(PREFIX.length)
    const handler = method === "POST" ? posts[name] : method === "GET" ? gets[name] : undefined
    if (handler === undefined) return shapeA(404, `no such control: ${method} ${name}`)
    try {
      return { status: 200, body: handler(body as never) }
    } catch (error) {
      return shapeA(400, error instanceof Error ? error.message : "refused")
    }
  }
}

const conversationOf = ({ id, title, group, members, mailboxes }: ReturnType<World["conversation"]>) => ({
  id,
  title,
  group,
  members,
  accounts: [...mailboxes.keys()],
})

const accountsOf = (world: World, conversationId: string) => [...world.conversation(conversationId).mailboxes.keys()]

const isLoopback = ({ socket: { remoteAddress = "" } }: IncomingMessage) =>
  remoteAddress === "::1" || /^(::ffff:)?127\./.test(remoteAddress)
