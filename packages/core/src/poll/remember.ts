import type { Checkpoint, KnownMessage } from "../account.ts"
import { MINUTE_MS } from "../time.ts"

/** Known are at least the newest so many ids … */
export const KNOWN_COUNT = 200
/** … and all of the newest so many milliseconds, by upstream's time: how late a message may come in and still be found at the next read. */
export const KNOWN_SPAN_MS = 15 * MINUTE_MS
/** Whatever the span: a row has to stay small. */
export const KNOWN_COUNT_MAX = 5_000
/** Edits are noticed among the newest so many messages. */
export const PRINTS_COUNT = 50

/** An empty checkpoint: everything up to `baseline` is history. */
export const newCheckpoint = (conversationId: string, baseline: number): Checkpoint => ({
  conversationId,
  upto: 0,
  lastPosition: null,
  sequences: {},
  baseline,
  floor: baseline,
  known: [],
  revisions: {},
  glimpse: null,
  unreadable: 0,
})

/** Adds a message, or its newer prints, and keeps the bounds. */
export const remember = (checkpoint: Checkpoint, message: KnownMessage): Checkpoint => {
  const others = checkpoint.known.filter((known) => known.hash !== message.hash)
  return bounded({ ...checkpoint, known: [...others, message].sort(byTimeThenHash) })
}

/**
 * Drops what is too old to keep. Dropping an id raises the floor to its instant, and all ids of that instant go together:
 * else one of two messages of the same millisecond would be below the floor and the other above it, unknown, and new again.
 */
const bounded = (checkpoint: Checkpoint): Checkpoint => {
  const { known } = checkpoint
  const newest = known.at(-1)
  if (newest === undefined) return checkpoint
  const spanStart = newest.sentAt - KNOWN_SPAN_MS
  let drop = 0
  while (
    known.length - drop > KNOWN_COUNT_MAX ||
    (known.length - drop > KNOWN_COUNT && (known[drop]?.sentAt ?? Infinity) < spanStart)
  )
    drop++
  const floor = drop === 0 ? checkpoint.floor : Math.max(checkpoint.floor, known[drop - 1]?.sentAt ?? 0)
  const kept = known.filter((message) => message.sentAt > floor)
  const withPrints = kept.length - PRINTS_COUNT
  const hashes = new Set(kept.map((message) => message.hash))
  return {
    ...checkpoint,
    floor,
    known: kept.map((message, index) =>
      index < withPrints && message.prints !== null ? { ...message, prints: null } : message,
    ),
    revisions: Object.fromEntries(Object.entries(checkpoint.revisions).filter(([hash]) => hashes.has(hash))),
  }
}

/** Reading back to here shows every message that may have come in late. */
export const knownGround = (checkpoint: Checkpoint): number =>
  Math.max(checkpoint.floor, (checkpoint.known.at(-1)?.sentAt ?? 0) - KNOWN_SPAN_MS)

const byTimeThenHash = (a: KnownMessage, b: KnownMessage): number =>
  a.sentAt - b.sentAt || (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0)
