import { setTimeout } from "node:timers/promises"

import type { Clock } from "@posthorn/core/ports"

export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => {
    await setTimeout(ms)
  },
}
