import type { AccountStore, Clock, DeliveryStore, LogStore } from "./ports.ts"
import { SECOND_MS } from "./time.ts"

export interface ForgetDeps {
  store: Pick<AccountStore, "getAccount"> &
    Pick<LogStore, "getPublished" | "readLog" | "forgetEvent"> &
    Pick<DeliveryStore, "listDeliveriesLagging" | "forgetDelivery">
  clock: Clock
}

const ROWS_AT_ONCE = 100
const FORGET_AT_ONCE = 8
/** One call works so long at most; API Gateway waits 29 s. */
const FORGET_MS_MAX = 20 * SECOND_MS
const DELIVERIES_PER_PAGE = 100

export interface Forgotten {
  events: number
  /** False: there is more, ask again. */
  complete: boolean
}

/**
 * Empties an account's events, or one conversation's, and removes their deliveries with all attempts. The rows' places in the log
 * stay, so that it has no hole and nothing is found as new again; so do checkpoints. What is being delivered at that moment may
 * still arrive; what waits does not: its event is gone.
 */
export const forget = async (
  { accountId, conversationId }: { accountId: string; conversationId: string | null },
  deps: ForgetDeps,
): Promise<Forgotten> => {
  const { store, clock } = deps
  const until = clock.now() + FORGET_MS_MAX
  // What is not published yet may not be in its checkpoint either, and emptied it would come again.
  const published = await store.getPublished(accountId)
  let events = 0
  for (let position = 0; ;) {
    const rows = (await store.readLog(accountId, position, ROWS_AT_ONCE)).filter((row) => row.position <= published)
    const last = rows.at(-1)
    if (last === undefined) return { events, complete: true }
    const chosen = rows.filter(
      (row) => !row.forgotten && (conversationId === null || row.conversationId === conversationId),
    )
    for (let start = 0; start < chosen.length; start += FORGET_AT_ONCE) {
      if (clock.now() > until) return { events, complete: false }
      const some = chosen.slice(start, start + FORGET_AT_ONCE)
      await Promise.all(some.map((row) => forgetOne(accountId, row.position, row.event.id, deps)))
      events += some.length
    }
    position = last.position
  }
}

/** The event first: without it no delivery is made again of a message that waits in a queue. */
const forgetOne = async (log: string, position: number, eventId: string, { store }: ForgetDeps): Promise<void> => {
  await store.forgetEvent(log, position)
  for (let cursor: string | null = null; ;) {
    const page = await store.listDeliveriesLagging({ eventId }, { limit: DELIVERIES_PER_PAGE, cursor })
    for (const row of page.rows) await store.forgetDelivery(row.eventId, row.endpointId)
    cursor = page.cursor
    if (cursor === null) return
  }
}
