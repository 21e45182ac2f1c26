import type { DeliverMessage, DeliveryRow, ReleaseMessage } from "../delivery.ts"
import type { EndpointRow, Releaser } from "../endpoint.ts"
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

/** The message that asks for the next tick of an endpoint's releaser. */
export const tickMessage = ({ id }: Pick<EndpointRow, "id">, { tick, at }: Releaser): Message<ReleaseMessage> => ({
  group: id,
  notBefore: at,
  body: { v: 1, release: id, tick },
})
