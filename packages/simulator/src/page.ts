import { seeded, hash, shuffled } from "./chance.ts"
import type { Conversation, Message } from "./model.ts"
import { newestFirst, type Spot } from "./thread.ts"

/** One page of a list, and where the next begins. */
export interface ListPage {
  conversations: Conversation[]
  nextCursor: string | null
}

/**
 * A page of the list. The cursor is an anchor in a moving list (upstream README 2.3): whoever receives a message
 * meanwhile jumps above it, and this walk misses them. Null for a cursor that upstream did not give.
 */
export function listPage(all: readonly Conversation[], cursor: string | undefined, count: number): ListPage | null {
  const anchor = cursor === undefined || cursor === "" ? undefined : spotOf(cursor)
  if (anchor === null) return null
  const older = anchor === undefined ? all : all.filter((conversation) => newestFirst(anchor, conversation) < 0)
  const conversations = older.slice(0, count)
  const last = conversations.at(-1)
  return { conversations, nextCursor: last === undefined || older.length <= count ? null : cursorOf(last) }
}

const cursorOf = ({ lastActivityAt, id }: Spot) => Buffer.from(`DESC&${lastActivityAt}&${id}`).toString("base64")

function spotOf(cursor: string): Spot | null {
  const [direction, at, id] = Buffer.from(cursor, "base64").toString().split("&")
  const lastActivityAt = Number(at)
  return direction !== "DESC" || id === undefined || !Number.isFinite(lastActivityAt) ? null : { lastActivityAt, id }
}

/**
 * The messages of a page in upstream's order, which is none (upstream README 2.2, trap 5): shuffled, never sorted either
 * way if there are three or more, and alike on every read of the same page.
 */
export function disordered(messages: readonly Message[]): Message[] {
  const mixed = shuffled(messages, seeded(hash(messages.map(({ id }) => id).join())))
  const sorted = (sign: number) =>
    mixed.every((message, index) => index === 0 || sign * (message.sentAt - (mixed[index - 1]?.sentAt ?? 0)) >= 0)
  const [first, ...rest] = mixed
  return first !== undefined && mixed.length > 2 && (sorted(1) || sorted(-1))
    ? [...rest.slice(0, 1), first, ...rest.slice(1)]
    : mixed
}

/** A `total` that says little: the page's length at times, more at others (upstream README 2.1, 2.2, trap 23). */
export const lyingTotal = (shown: number, seed: string) => shown + (hash(seed) % 4) * 2

/** What stands for "none": null, an empty array or no key at all, differing from message to message (upstream trap 25). */
export function nothing(key: string, seed: string): Record<string, null | []> {
  const variety = hash(seed + key) % 4
  return variety === 0 ? {} : { [key]: variety === 1 ? [] : null }
}
