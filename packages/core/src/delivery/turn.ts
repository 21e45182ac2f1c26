import type { DeliveryMessage, DeliveryRow } from "../delivery.ts"
import type { EndpointRow } from "../endpoint.ts"
import type { LogRow } from "../log-row.ts"
import type { Queue, SlotStore } from "../ports.ts"
import { MINUTE_MS, SECOND_MS, type Instant } from "../time.ts"
import { isItsTurn, ORDERING_LOOK_MS, type OrderDeps } from "./order.ts"
import { DUE_GRACE_MS } from "./plan.ts"
import { wakeUp } from "./wake-up.ts"

/** Waits up to this ride on a delayed queue message (SQS's own limit), longer ones on the due index. */
export const QUEUE_DELAY_MAX_MS = 15 * MINUTE_MS

/** The sweep, every minute, is so much ahead of a turn that is further off. */
const SLOT_AHEAD_MS = 5 * MINUTE_MS
const SLOT_LATE_MAX_MS = 10 * SECOND_MS

export interface TurnDeps extends OrderDeps {
  store: OrderDeps["store"] & SlotStore
  queue: Queue<DeliveryMessage>
}

/** A row to write in place of a claim, and what to do once it is written. */
export interface Wait {
  row: DeliveryRow
  afterwards: () => Promise<void>
}

/**
 * What a delivery that may be dialled waits for first: those before it in its conversation, and its turn under the endpoint's
 * rate. Null: nothing. `claimed` is the row as its claim would write it, `row` as it was read.
 */
export const waitFor = async (
  {
    claimed,
    row,
    found,
    endpoint,
  }: { claimed: DeliveryRow; row: DeliveryRow | null; found: LogRow; endpoint: EndpointRow },
  deps: TurnDeps,
): Promise<Wait | null> => {
  const now = deps.clock.now()
  if (isOrdered(endpoint, claimed) && !(await isItsTurn(found, endpoint, deps))) {
    const waiting: DeliveryRow = {
      ...waitingRow(claimed),
      statusReason: "ordering",
      work: { kind: "due", at: now + ORDERING_LOOK_MS },
    }
    const afterwards = async (): Promise<void> => {
      // What it waits for may have been finished before this row was there to be found.
      if (await isItsTurn(found, endpoint, deps)) await deps.queue.send([wakeUp(waiting, deps.clock.now())])
    }
    return { row: waiting, afterwards }
  }
  if (endpoint.rateLimit === null || (row !== null && hasTurn(row, endpoint, now))) return null
  const slot = await deps.store.takeSlot(endpoint.id, now, Math.ceil(SECOND_MS / endpoint.rateLimit))
  return slot <= now ? null : waitForSlot(claimed, slot, now, deps)
}

/** In a ramp the releaser keeps the pace. A turn that is long past, after a standstill, would be one of many at the same moment. */
const hasTurn = ({ released, slot }: DeliveryRow, { circuit }: EndpointRow, now: Instant): boolean =>
  (released !== null && circuit.state !== "closed") || (slot !== null && slot > now - SLOT_LATE_MAX_MS)

/** Only a first try by schedule: what is sent again was in its place once, and a probe has to go out. */
const isOrdered = (endpoint: EndpointRow, { attemptCount, claim }: DeliveryRow): boolean =>
  endpoint.ordering === "conversation" && attemptCount === 0 && claim?.trigger === "schedule"

const waitForSlot = (claimed: DeliveryRow, slot: Instant, now: Instant, { queue }: TurnDeps): Wait => {
  const rides = slot - now <= QUEUE_DELAY_MAX_MS
  const row: DeliveryRow = {
    ...waitingRow(claimed),
    slot,
    nextAttemptAt: slot,
    // Early enough for the sweep to put it into the queue with what is left of the wait: what is due at once would leave at once.
    work: { kind: "due", at: rides ? slot + DUE_GRACE_MS : slot - SLOT_AHEAD_MS },
  }
  const afterwards = async (): Promise<void> => {
    // The due entry is the timer; the message only brings the wait down to the second.
    if (rides) await queue.send([wakeUp(row, slot)])
  }
  return { row, afterwards }
}

const waitingRow = (claimed: DeliveryRow): DeliveryRow => ({
  ...claimed,
  status: claimed.attemptCount === 0 ? "pending" : "retrying",
  statusReason: null,
  claim: null,
})
