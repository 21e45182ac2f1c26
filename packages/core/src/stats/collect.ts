import type { Logger } from "../logger.ts"
import { messageOf } from "../error.ts"
import type { Clock, StatsStore } from "../ports.ts"
import { addCounts, bucketOf, noCounts, type StatsCounts } from "../stats.ts"
import { MINUTE_MS, type Instant } from "../time.ts"

/** Where the stages tell what they did. Nothing waits for it, and nothing is decided by it. */
export interface Counter {
  seen(messages: number): void
  attempted(endpointId: string, isSuccess: boolean, durationMs: number): void
  held(endpointId: string): void
}

export interface Collector extends Counter {
  /** Writes what came together: one write per endpoint and minute, and one for the whole deployment. */
  flush(): Promise<void>
}

/** Keys of what is waiting to be written: the endpoint, or the whole deployment. */
const WHOLE = ""

/**
 * Counts in memory until `flush`. What a crash loses is lost, and a flush that fails is not tried again: these are approximate
 * figures for people, and a delivery is not to fail for them.
 */
export const createCollector = (deps: { store: StatsStore; clock: Clock; logger: Logger }): Collector => {
  let waiting = new Map<Instant, Map<string, StatsCounts>>()

  const add = (endpointId: string, counts: Partial<StatsCounts>): void => {
    const minute = Math.floor(deps.clock.now() / MINUTE_MS) * MINUTE_MS
    const ofMinute = waiting.get(minute) ?? new Map<string, StatsCounts>()
    waiting.set(minute, ofMinute)
    for (const key of new Set([WHOLE, endpointId]))
      ofMinute.set(key, addCounts(ofMinute.get(key) ?? noCounts(), { ...noCounts(), ...counts }))
  }

  return {
    seen: (messages) => add(WHOLE, { seen: messages }),
    attempted: (endpointId, isSuccess, durationMs) => {
      const durations = noCounts().durations.map((_, index) => Number(index === bucketOf(durationMs)))
      add(endpointId, { ...(isSuccess ? { succeeded: 1 } : { failed: 1 }), durations })
    },
    held: (endpointId) => add(endpointId, { held: 1 }),
    flush: async () => {
      const taken = waiting
      waiting = new Map()
      for (const [minute, counts] of taken)
        for (const [key, row] of counts)
          try {
            await deps.store.addStats({ endpointId: key === WHOLE ? null : key, minute, ...row })
          } catch (error) {
            deps.logger.warn("stats.lost", { error: messageOf(error) })
          }
    },
  }
}

/** For whoever does not count. */
export const noCounter: Counter = { seen: () => {}, attempted: () => {}, held: () => {} }
