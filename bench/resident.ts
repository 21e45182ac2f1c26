import { setTimeout } from "node:timers/promises"

/** In MB. */
export interface MemoryNow {
  /** Resident: what the machine has given. */
  rss: number
  /** What JavaScript holds on to; the rest of `rss` is code, SQLite and pages that V8 keeps for later. */
  heapUsed: number
}

const COLLECTIONS = 2
/** V8 gives pages back some time after a collection. */
const SETTLE_MS = 300

/** This process's memory when it has nothing to do. Needs `--expose-gc`; without it, garbage counts too. */
export const settledMemory = async (): Promise<MemoryNow> => {
  for (let collection = 0; collection < COLLECTIONS; collection++) {
    globalThis.gc?.()
    await setTimeout(SETTLE_MS)
  }
  const { rss, heapUsed } = process.memoryUsage()
  return { rss: rss / 2 ** 20, heapUsed: heapUsed / 2 ** 20 }
}
