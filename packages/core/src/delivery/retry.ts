import { type DeliveryMessage, type DeliveryRow } from "../delivery.ts"
import { gateOf } from "../endpoint.ts"
import { VisibleError } from "../error.ts"
import type { Clock, DeliveryStore, EndpointStore, Queue } from "../ports.ts"
import { iso } from "../time.ts"
import { wakeUp } from "./wake-up.ts"
import { DUE_GRACE_MS, held, interrupted, next } from "./plan.ts"

export interface RetryDeps {
  store: EndpointStore & DeliveryStore
  queue: Queue<DeliveryMessage>
  clock: Clock
}

/**
 * Asks for one more attempt now, outside the schedule. A finished delivery is opened again; one that waits is brought forward; one
 * whose endpoint holds is held like any other and goes out when the hold ends. The `webhook-id` stays the same.
 */
export const retryDelivery = async (row: DeliveryRow, deps: RetryDeps): Promise<DeliveryRow> => {
  const now = deps.clock.now()
  const gate = gateOf(await deps.store.getEndpoint(row.endpointId), now)
  if (gate.kind === "cancel")
    throw new VisibleError(
      "conflict",
      gate.reason === "endpoint_deleted"
        ? "The endpoint of this delivery was deleted: there is nowhere to send it."
        : "The endpoint of this delivery answered 410 and is disabled: resume it or give it a new url first.",
    )
  if (row.claim !== null && row.claim.until > now)
    throw new VisibleError("conflict", `An attempt is under way; ask again after ${iso(row.claim.until)}.`)
  if (row.status === "held" && gate.kind === "hold")
    throw new VisibleError(
      "conflict",
      `The endpoint holds its deliveries (${gate.reason}): this one goes out when that ends.`,
    )

  // Its due entry is what gets `delivery.exhausted` told; opened now, it would never be.
  if (row.status === "exhausted" && row.work?.kind === "due")
    throw new VisibleError(
      "conflict",
      "The delivery has just been given up, and this is still being told: ask again in a minute.",
    )

  const counted = row.claim === null ? row : interrupted(row, row.claim, now)
  const manual: DeliveryRow = { ...counted, trigger: "manual", finishedAt: null, expiresAt: null }
  const opened: DeliveryRow =
    gate.kind === "hold"
      ? held(manual, gate.reason, now)
      : {
          ...next(manual, now),
          status: "retrying",
          statusReason: null,
          nextAttemptAt: now,
          work: { kind: "due", at: now + DUE_GRACE_MS },
        }
  if (!(await deps.store.putDelivery(opened, row.version)))
    throw new VisibleError(
      "conflict",
      "The delivery changed at the same moment: read it again, then retry if it is still needed.",
    )
  if (opened.status === "retrying") await deps.queue.send([wakeUp(opened, now)])
  return opened
}
