import { seeded } from "./chance.ts"
import { person } from "./person.ts"
import { createSimulator, type Simulator, type SimulatorOptions } from "./simulator.ts"

export const NOW = Date.UTC(2026, 10, 1, 12, 0, 0)

export interface Listening {
  simulator: Simulator
  url: string
  get(path: string, init?: RequestInit): Promise<Response>
  /** the JSON of a good answer, loosely typed on purpose: the tests say what is in it */
  json(path: string): Promise<Json>
  /** moves the clock of the world */
  pass(ms: number): void
}

export interface Json {
  [key: string]: unknown
  nextCursor?: string | null
  conversations: { conversationId: string; lastActivityAt: unknown }[]
  messages: { backendMessageUrn: string; messageUrn: string; text: string; sentAt: number }[]
}

/** A listening simulator for this package's own tests, with a clock that stands still and seeded dice. */
export async function listening(options: SimulatorOptions = {}): Promise<Listening> {
  let now = NOW
  const simulator = createSimulator({ now: () => now, random: seeded(7), accounts: 1, ...options })
  const { url } = await simulator.listen()
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { redirect: "manual", headers: { authorization: "Bearer key" }, ...init })
  return {
    simulator,
    url,
    get,
    json: async (path) => (await (await get(path)).json()) as Json,
    pass: (ms) => (now += ms),
  }
}

/** A thread of the first account with so many messages, a second apart. */
export function threadOf({ simulator: { world } }: Listening, count: number, from = NOW): string {
  const [account] = world.accounts.values()
  if (account === undefined) throw new Error("no account")
  const { id } = world.addConversation({ account, people: [person("Alice Example")], createdAt: from })
  for (let index = 0; index < count; index++)
    world.write({ conversation: id, text: `message ${index}`, sentAt: from + index * 1000 })
  return id
}
