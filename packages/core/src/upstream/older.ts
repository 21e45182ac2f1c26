import type { Instant } from "../time.ts"

/**
 * Where the next older page begins, in the words of both dialects, so that a walk goes on when upstream changes its dialect
 * half-way. `before` lies 1 ms above the oldest message of the page: messages of one instant may straddle its edge, and it
 * is undocumented whether upstream's anchor includes itself (upstream docs, section 2.3).
 */
export interface Older {
  before: Instant | null
  cursor: string | null
}

export function olderToken({ before, cursor }: Older): string | null {
  return before === null && cursor === null ? null : `${before === null ? "" : String(before)}|${cursor ?? ""}`
}

export function parseOlder(token: string): Older {
  const at = token.indexOf("|")
  const before = token.slice(0, Math.max(at, 0))
  return { before: before === "" ? null : Number(before), cursor: token.slice(at + 1) || null }
}

/** 1 ms above the oldest of messages that are sorted oldest first; null without any. */
export const beforeOldest = (messages: readonly { sentAt: Instant }[]): Instant | null =>
  messages[0] === undefined ? null : messages[0].sentAt + 1
