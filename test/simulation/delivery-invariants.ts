import { isFinished, type DeliveryRow } from "@posthorn/core/delivery"
import { isOperational } from "@posthorn/core/event"
import { deliveryId, derivedId } from "@posthorn/core/id"
import { isGone, type DeliveryHistory } from "./observe-deliveries.ts"
import type { ReceiverModel } from "./receiver-model.ts"

/** Guarantee 2, after a quiet time. `owed`: `<event> <endpoint>` of all that was fanned out; `told`: ids of the events on the bus. */
export const checkDeliveries = (
  history: DeliveryHistory,
  receivers: ReceiverModel,
  owed: ReadonlySet<string>,
  told: ReadonlySet<string>,
): string[] => {
  const arrived = new Set(receivers.arrivals.filter(({ ok }) => ok).map(({ host, eventId }) => `${eventId} ${host}`))
  const hostOf = (endpointId: string): string => new URL(history.endpoints.get(endpointId)?.at(-1)?.row.url ?? "").host
  const isDeleted = (endpointId: string): boolean => history.isNow(endpointId, (row) => row.deletedAt !== null)
  const wasGone = (endpointId: string): boolean => history.wasEver(endpointId, isGone)

  const ended = (row: DeliveryRow): string[] => {
    const name = `${row.eventId} ${row.endpointId}`
    if (!isFinished(row.status)) return isDeleted(row.endpointId) ? [] : [`${name} is still ${row.status}`]
    if (row.status === "succeeded" && !arrived.has(`${row.eventId} ${hostOf(row.endpointId)}`))
      return [`${name} is said to have succeeded, but never arrived`]
    if (row.status === "cancelled" && !isDeleted(row.endpointId) && !wasGone(row.endpointId))
      return [`${name} was cancelled as ${String(row.statusReason)}`]
    return []
  }
  const lost = [...owed].filter((name) => {
    const endpointId = name.slice(name.indexOf(" ") + 1)
    return !history.rows.has(name) && !isDeleted(endpointId) && !wasGone(endpointId)
  })
  const untold = [...history.exhausted.values()].filter(
    (row) =>
      !isOperational(row.eventType) &&
      row.eventType !== "ping" &&
      !told.has(
        derivedId("event", "delivery.exhausted", deliveryId(row.eventId, row.endpointId), String(row.attemptCount)),
      ),
  )
  return [
    ...[...history.rows.values()].flatMap(ended),
    ...lost.map((name) => `${name} was never made`),
    ...untold.map((row) => `that ${row.eventId} ${row.endpointId} was exhausted was not told`),
  ]
}
