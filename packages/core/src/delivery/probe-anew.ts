import { closedCircuit, type EndpointRow } from "../endpoint.ts"
import type { Instant } from "../time.ts"
import { nextReleaser } from "./releaser.ts"

/**
 * The gate of an endpoint whose URL was changed: what the old one failed at or asked for is forgotten. Where that kept deliveries
 * back, a probe goes to the new one at once. Whoever writes this sends the releaser's tick, or leaves it to the sweep.
 */
export const probedAnew = (row: EndpointRow, now: Instant): Pick<EndpointRow, "circuit" | "notBefore" | "releaser"> => {
  if (row.circuit.state === "closed") return { circuit: closedCircuit, notBefore: null, releaser: row.releaser }
  return {
    circuit: { ...closedCircuit, state: "open", openedAt: now, nextProbeAt: now },
    notBefore: null,
    // What was let out to the old URL is held again.
    releaser: { ...nextReleaser(row, now), out: [] },
  }
}
