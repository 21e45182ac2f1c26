import type { DeliveryRow } from "../delivery.ts"
import { isOperational, type Event } from "../event.ts"
import { deliveryId, derivedId } from "../id.ts"
import { appendToSystemLog, drainSystemLog, type SystemLogDeps } from "../log/system.ts"
import type { DeliveryStore } from "../ports.ts"
import { iso } from "../time.ts"
import { next } from "./plan.ts"

type ExhaustedDeps = SystemLogDeps & { store: SystemLogDeps["store"] & Pick<DeliveryStore, "putDelivery"> }

/**
 * Appends `delivery.exhausted`, then lets the row's due entry go. Until then the sweep finds the row and calls this again: the
 * event may stand twice in the log, with one id, and is never missing.
 */
export const tellExhausted = async (row: DeliveryRow, deps: ExhaustedDeps): Promise<void> => {
  if (isTold(row)) {
    await appendToSystemLog(exhaustedEvent(row, deps.clock.now()), deps)
    await drainSystemLog(deps)
  }
  const now = deps.clock.now()
  await deps.store.putDelivery({ ...next(row, now), work: { kind: "failed", at: row.finishedAt ?? now } }, row.version)
}

/** No operational event is made about the delivery of an operational event: it would feed itself. */
const isTold = (row: DeliveryRow): boolean => !isOperational(row.eventType) && row.eventType !== "ping"

const exhaustedEvent = (row: DeliveryRow, now: number): Event<"delivery.exhausted"> => {
  const id = deliveryId(row.eventId, row.endpointId)
  return {
    id: derivedId("event", "delivery.exhausted", id, String(row.attemptCount)),
    type: "delivery.exhausted",
    timestamp: iso(now),
    data: {
      delivery: {
        id,
        eventId: row.eventId,
        eventType: row.eventType,
        endpointId: row.endpointId,
        attemptCount: row.attemptCount,
        lastError: row.attempts.at(-1)?.errorMessage ?? null,
      },
    },
  }
}
