import type { EndpointRow } from "../endpoint.ts"
import { isCoveredByStar, type Event } from "../event.ts"

/** Whether this endpoint asked for this event. Pure. Its gate is not looked at here: one place decides that, delivery. */
export const wants = (endpoint: Pick<EndpointRow, "eventTypes">, event: Pick<Event, "type">): boolean =>
  endpoint.eventTypes.some((asked) => asked === event.type || (asked === "*" && isCoveredByStar(event.type)))
