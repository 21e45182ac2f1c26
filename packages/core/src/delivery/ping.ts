import type { DeliveryMessage, DeliveryRow } from "../delivery.ts"
import { SYSTEM_LOG, type Event } from "../event.ts"
import type { EndpointRow } from "../endpoint.ts"
import { newId } from "../id.ts"
import { appendToSystemLog, type AppendDeps } from "../log/system.ts"
import type { DeliveryStore, Queue, RandomBytes } from "../ports.ts"
import { iso } from "../time.ts"
import { wakeUp } from "./wake-up.ts"
import { DUE_GRACE_MS, newDelivery, next } from "./plan.ts"

export type PingDeps = AppendDeps & {
  store: AppendDeps["store"] & Pick<DeliveryStore, "putDelivery">
  queue: Queue<DeliveryMessage>
  randomBytes: RandomBytes
}

/**
 * Sends a test event to one endpoint, through the same queue, gate, signature and guard as any other. The row is made at once,
 * with a due entry, so that the caller can watch it.
 */
export const sendPing = async (endpoint: Pick<EndpointRow, "id">, deps: PingDeps): Promise<DeliveryRow> => {
  const now = deps.clock.now()
  const event: Event<"ping"> = {
    id: newId("event", deps.randomBytes),
    type: "ping",
    timestamp: iso(now),
    data: {
      endpoint: { id: endpoint.id },
      note: "A test from Posthorn. If you can read this and the signature verifies, the endpoint works.",
    },
  }
  const { position } = await appendToSystemLog(event, deps)
  const place = { eventId: event.id, endpointId: endpoint.id, log: SYSTEM_LOG, position }
  const row: DeliveryRow = {
    ...next(newDelivery(place, { type: "ping", accountId: null }, now), now),
    nextAttemptAt: now,
    work: { kind: "due", at: now + DUE_GRACE_MS },
  }
  await deps.store.putDelivery(row, null)
  await deps.queue.send([wakeUp(row, now)])
  return row
}
