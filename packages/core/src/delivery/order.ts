import { isFinished } from "../delivery.ts"
import type { EndpointRow } from "../endpoint.ts"
import { wants } from "../fanout/match.ts"
import type { LogRow } from "../log-row.ts"
import type { Clock, DeliveryStore, LogStore, Queue } from "../ports.ts"
import type { DeliveryMessage } from "../delivery.ts"
import { MINUTE_MS } from "../time.ts"
import { wakeUp } from "./wake-up.ts"

/** `ordering: "conversation"` (protocols 3.5). */

/** A delivery that waits for one before it is looked at again after this: a crash between an end and its wake-up costs so much. */
export const ORDERING_LOOK_MS = 10 * MINUTE_MS
/** An event without a delivery holds those behind it so long: its message may be on its way. */
const ROWLESS_MS = 15 * MINUTE_MS
/** Events of a conversation that are looked back on for one that the endpoint wants. */
const BACK_MAX = 50
/** Rows of the log that are looked through for the next event of a conversation. */
const AHEAD_MAX = 1_000
const READ_MAX = 100

export interface OrderDeps {
  store: Pick<LogStore, "getEvent" | "readLog"> & Pick<DeliveryStore, "getDelivery">
  queue: Queue<DeliveryMessage>
  clock: Clock
}

/**
 * Whether the delivery of the nearest earlier event of its conversation that the endpoint wants is finished: those before that one
 * are then, by the same rule. What was published before the endpoint was made or resumed holds nothing.
 */
export const isItsTurn = async (row: LogRow, endpoint: EndpointRow, deps: OrderDeps): Promise<boolean> => {
  let before = row.previous
  for (let back = 0; before !== null && back < BACK_MAX; back++) {
    const earlier: LogRow | null = await deps.store.getEvent(row.log, before)
    if (earlier === null || earlier.seenAt < endpoint.enabledAt) return true
    before = earlier.previous
    if (!isFor(endpoint, earlier)) continue
    const delivery = await deps.store.getDelivery(earlier.event.id, endpoint.id)
    if (delivery === null) return deps.clock.now() - earlier.seenAt > ROWLESS_MS
    // One that was opened again, by a replay or by hand, has had its place.
    const wasTaken = delivery.attempts.some(({ outcome }) => outcome === "succeeded")
    return isFinished(delivery.status) || wasTaken || delivery.jobId !== null
  }
  return true
}

const isFor = (endpoint: EndpointRow, { event, forgotten, only }: LogRow): boolean =>
  !forgotten && (only?.includes(endpoint.id) ?? true) && wants(endpoint, event)

/** Wakes the delivery that waits for this one, if it is finished. Where this is lost, it looks for itself within 10 minutes. */
export const wakeNext = async (row: LogRow, endpoint: EndpointRow, deps: OrderDeps): Promise<void> => {
  const { log, position, conversationId } = row
  if (endpoint.ordering !== "conversation" || conversationId === null) return
  const own = await deps.store.getDelivery(row.event.id, endpoint.id)
  if (own === null || !isFinished(own.status)) return
  for (let after = position; after - position < AHEAD_MAX;) {
    const rows = await deps.store.readLog(log, after, READ_MAX)
    const next = rows.find((row) => row.conversationId === conversationId && isFor(endpoint, row))
    if (next !== undefined) {
      const delivery = await deps.store.getDelivery(next.event.id, endpoint.id)
      // Without a row, or not waiting: its message is on its way, and finds the turn come.
      if (delivery?.statusReason === "ordering") await deps.queue.send([wakeUp(delivery, deps.clock.now())])
      return
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < READ_MAX) return
    after = last.position
  }
}
