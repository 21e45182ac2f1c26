import { setTimeout } from "node:timers/promises"

import type { Clock } from "@posthorn/core/ports"

declare global {
  /** Set by the host with every event: how far this cloud's time is ahead. */
  var posthornAheadMs: number | undefined
}

/** In place of deps/clock.ts: a claim's 45 seconds pass when a test says so. */
export const clock: Clock = {
  now: () => Date.now() + (globalThis.posthornAheadMs ?? 0),
  sleep: async (ms) => {
    await setTimeout(ms)
  },
}
