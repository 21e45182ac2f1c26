import { createHash } from "node:crypto"

/** All chance of a run comes from its seed, through one of these. */
export interface Dice {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  int(below: number): number
  /** A whole number in [from, to]. */
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  bytes(size: number): Uint8Array
}

/** Mulberry32, seeded by the hash of its name: neighbouring seeds have nothing in common. */
export const dice = (name: string): Dice => {
  let state = createHash("sha256").update(name).digest().readUInt32BE(0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    next,
    int,
    between: (from, to) => from + int(to - from + 1),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[int(items.length)]
      if (item === undefined) throw new Error("there is nothing to pick from")
      return item
    },
    bytes: (size) => Uint8Array.from({ length: size }, () => int(256)),
  }
}
