import { poll } from "@posthorn/core/poll/poll"
import { PollMessage } from "@posthorn/core/poll/due"

import { batch } from "../batch.ts"
import { bus } from "../deps/bus.ts"
import { randomBytes } from "../deps/chance.ts"
import { clock } from "../deps/clock.ts"
import { counter } from "../deps/counter.ts"
import { logger } from "../deps/logger.ts"
import { scheduleSettings } from "../deps/schedule-settings.ts"
import { store } from "../deps/store.ts"
import { upstream } from "../deps/upstream.ts"

/** Polls one account. Whatever came of it stands in the account's row: the next tick asks again. */
export const handler = batch({
  schema: PollMessage,
  putOff: null,
  logger,
  finish: () => counter().flush(),
  run: async ({ pace, ...message }) => {
    const asked = upstream()
    // The key was taken away after the message was sent.
    if (asked === null) return { kind: "delete" }
    const { intervalMs, requestsPerMinute } = scheduleSettings()
    await poll(message, {
      store: store(),
      bus: bus(),
      upstream: asked,
      clock,
      randomBytes,
      logger,
      counter: counter(),
      settings: { intervalMs, stretched: null, ...pace, requestsPerMinute },
    })
    return { kind: "delete" }
  },
})
