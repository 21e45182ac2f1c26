import { closedCircuit, type EndpointRow } from "../endpoint.ts"
import { VisibleError } from "../error.ts"
import type { DeliveryStore } from "../ports.ts"
import type { Instant } from "../time.ts"
import { ramping } from "./circuit.ts"
import { nextReleaser, sendTick, type StartReleaserDeps } from "./releaser.ts"

/** How often a change is tried against deliveries that write the same row; each try reads it afresh. */
const CAS_TRIES = 10

export interface ResumeDeps extends StartReleaserDeps {
  store: StartReleaserDeps["store"] & Pick<DeliveryStore, "countHeldLagging">
}

/**
 * Holds all of an endpoint's deliveries until it is resumed. Changes nothing where it is paused already. Throws VisibleError where
 * there is no such endpoint, and where it is disabled: it holds or cancels already, and resuming it is not the end of a pause.
 */
export const pauseEndpoint = async (
  id: string,
  deps: Pick<StartReleaserDeps, "store" | "clock">,
): Promise<EndpointRow> => {
  const { row } = await change(id, deps, (row) => {
    if (row.status === "disabled")
      throw new VisibleError(
        "conflict",
        `The endpoint is disabled (${String(row.disabledReason)}), so nothing is sent to it. Resume it first if you want it paused.`,
      )
    return row.status === "paused" ? null : { ...row, status: "paused" }
  })
  return row
}

/**
 * Begins to send again, whatever stopped it: a pause, too many failures, a 410, an open circuit or Retry-After. What is held leaves
 * through the ramp. Changes nothing where nothing stops it. Throws VisibleError where there is no such endpoint.
 */
export const resumeEndpoint = async (id: string, deps: ResumeDeps): Promise<EndpointRow> => {
  const isHeld = (await deps.store.countHeldLagging(id, 1)) > 0
  const { row, isChanged } = await change(id, deps, (row, now) => {
    const isStopped =
      row.status !== "enabled" || row.circuit.state === "open" || (row.notBefore !== null && row.notBefore > now)
    if (!isStopped) return null
    return {
      ...row,
      status: "enabled",
      disabledReason: null,
      disabledAt: null,
      notBefore: null,
      enabledAt: now,
      circuit: isHeld ? ramping(now) : closedCircuit,
      // Also where nothing seems to be held: the index may trail what was held a moment ago.
      releaser: nextReleaser(row, now),
    }
  })
  // Where this is lost the sweep starts it.
  if (isChanged && row.releaser !== null) await sendTick(row, row.releaser, deps)
  return row
}

/** `to` answers null where nothing is to be changed. */
const change = async (
  id: string,
  { store, clock }: Pick<StartReleaserDeps, "store" | "clock">,
  to: (row: EndpointRow, now: Instant) => EndpointRow | null,
): Promise<{ row: EndpointRow; isChanged: boolean }> => {
  for (let tries = 0; tries < CAS_TRIES; tries++) {
    const row = await store.getEndpoint(id)
    if (row === null || row.deletedAt !== null)
      throw new VisibleError("not_found", "There is no endpoint with this id.")
    const now = clock.now()
    const changed = to(row, now)
    if (changed === null) return { row, isChanged: false }
    const next = { ...changed, version: row.version + 1, revision: row.revision + 1, updatedAt: now }
    if (await store.putEndpoint(next, row.version)) return { row: next, isChanged: true }
  }
  throw new VisibleError("conflict", "The endpoint is being changed by others at this moment. Try again.")
}
