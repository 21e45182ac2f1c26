import { discover } from "@posthorn/core/poll/discover"
import { type ScheduleDeps, tick } from "@posthorn/core/poll/schedule"

import { clock } from "../deps/clock.ts"
import { logger } from "../deps/logger.ts"
import { pollQueue } from "../deps/poll-queue.ts"
import { scheduleSettings } from "../deps/schedule-settings.ts"
import { store } from "../deps/store.ts"
import { upstream } from "../deps/upstream.ts"
import { settings } from "../runtime.ts"
import { scheduledAt } from "../scheduled-at.ts"

/** Every minute: who is to be polled, when, and with how many requests. A stage without upstream's key has nothing to poll. */
export const handler = async (event: unknown): Promise<void> => {
  const asked = upstream()
  if (asked === null) return
  const deps: ScheduleDeps = {
    store: store(),
    queue: pollQueue(),
    discover: (known) => {
      const unknownOnly = {
        // A known account's row would be refused, and be paid for.
        createAccount: async (account: Parameters<ReturnType<typeof store>["createAccount"]>[0]) =>
          !known.has(account.id) && (await store().createAccount(account)),
      }
      return discover({ store: unknownOnly, upstream: asked, clock, accountIds: settings().accountIds })
    },
    clock,
    logger,
    settings: scheduleSettings(),
  }
  await tick(deps, scheduledAt(event, clock.now()))
}
