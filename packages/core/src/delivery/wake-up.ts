import type { DeliverMessage, DeliveryRow } from "../delivery.ts"
import type { Message } from "../ports.ts"
import type { Instant } from "../time.ts"

/** The message that asks for a delivery's next attempt. */
export const wakeUp = (row: DeliveryRow, notBefore: Instant): Message<DeliverMessage> => ({
  group: row.endpointId,
  notBefore,
  body: {
    v: 1,
    log: row.log,
    position: row.position,
    eventId: row.eventId,
    endpointId: row.endpointId,
    number: row.attemptCount + 1,
  },
})
