import type { DeliverMessage } from "../delivery.ts"
import { type EndpointRow, gateOf } from "../endpoint.ts"
import { SYSTEM_LOG } from "../event.ts"
import type { Verdict } from "../ports.ts"
import { SECOND_MS } from "../time.ts"
import { attempt } from "./attempt.ts"
import type { DeliverDeps } from "./deps.ts"
import { tellExhausted } from "./exhausted.ts"
import { wakeNext } from "./order.ts"
import { cancelled, plan } from "./plan.ts"
import { startReleaser } from "./releaser.ts"
import { waitFor } from "./turn.ts"

export type { DeliverDeps } from "./deps.ts"

/**
 * One queue message: read the endpoint, claim the attempt, dial, record. What the message is for may have been done, may be under
 * way, or may have to wait: the row tells. The answer says whether the message may be deleted: only after the row was written or
 * read as finished, held or due.
 */
export const deliver = async (message: DeliverMessage, deps: DeliverDeps): Promise<Verdict> => {
  const { store, clock } = deps
  const found = await store.getEvent(message.log, message.position)
  // Before the read, not after it: an answer may be long on its way.
  const readAt = clock.now()
  const endpoint = await store.getEndpoint(message.endpointId)
  // Optimistic: nearly every first message finds no row, and creating it says so. Not so where deliveries wait before their first try.
  const isFirst = message.number === 1 && endpoint !== null && !waitsFirst(endpoint)
  let row = isFirst ? null : await store.getDelivery(message.eventId, message.endpointId)
  if (found === null || found.forgotten) return await expire(message, deps)

  const claimId = Buffer.from(deps.randomBytes(9)).toString("base64url")
  for (let tries = 0; tries < 2; tries++) {
    const now = clock.now()
    const gate = gateOf(endpoint, now, row)
    const decision = plan({
      row,
      message,
      event: { type: found.event.type, accountId: found.log === SYSTEM_LOG ? null : found.log },
      gate,
      claimId,
      now,
      attemptsMax: deps.settings.retrySchedule.length + 1,
      retentionMs: deps.settings.retentionMs,
    })
    if (decision.kind === "delete" || decision.kind === "again") return decision
    const wait =
      decision.kind === "claim" && endpoint !== null
        ? await waitFor({ claimed: decision.row, row, found, endpoint }, deps)
        : null
    if (wait !== null) {
      if (await store.putDelivery(wait.row, row?.version ?? null)) {
        await wait.afterwards()
        return { kind: "delete" }
      }
      row = await store.getDelivery(message.eventId, message.endpointId)
      continue
    }
    if (await store.putDelivery(decision.row, row?.version ?? null)) {
      if (decision.kind === "claim" && endpoint !== null) {
        const claimed = { row: decision.row, letOut: row, endpoint, endpointReadAt: readAt }
        const verdict = await attempt(claimed, found.event, deps)
        await wakeNext(found, endpoint, deps)
        return verdict
      }
      if (decision.row.status === "exhausted") await tellExhausted(decision.row, deps)
      if (decision.row.status === "held") deps.counter?.held(decision.row.endpointId)
      if (endpoint !== null) await wakeNext(found, endpoint, deps)
      // Nothing had been held so far: someone has to look for it now. Where this is lost, the sweep's look finds it.
      if (decision.row.status === "held" && gate.kind === "hold" && endpoint?.releaser === null)
        await startReleaser(endpoint.id, deps)
      return { kind: "delete" }
    }
    // Someone was here first. What the row says now decides what becomes of this message.
    row = await store.getDelivery(message.eventId, message.endpointId)
  }
  return { kind: "again", at: clock.now() + SECOND_MS }
}

const waitsFirst = ({ circuit, ordering, rateLimit }: EndpointRow): boolean =>
  circuit.state !== "closed" || ordering !== "none" || rateLimit !== null

/** Retention has removed the event: what is still open ends, visibly. */
const expire = async (message: DeliverMessage, deps: DeliverDeps): Promise<Verdict> => {
  const row = await deps.store.getDelivery(message.eventId, message.endpointId)
  if (row === null || row.finishedAt !== null) return { kind: "delete" }
  const { clock, settings } = deps
  const end = cancelled(row, "expired", { now: clock.now(), retentionMs: settings.retentionMs })
  const ended = await deps.store.putDelivery(end, row.version)
  return ended ? { kind: "delete" } : { kind: "again", at: clock.now() + SECOND_MS }
}
