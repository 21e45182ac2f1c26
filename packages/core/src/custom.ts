import { SYSTEM_LOG, type CustomType, type Event } from "./event.ts"
import { appendToSystemLog, drainSystemLog, type SystemLogDeps } from "./log/system.ts"
import type { LogRow } from "./log-row.ts"
import type { LogStore } from "./ports.ts"
import { iso } from "./time.ts"

/** `data` of an event of the operator's own is at most this many bytes of JSON. */
export const CUSTOM_DATA_BYTES_MAX = 64 * 1_024

export type CustomDeps = SystemLogDeps & { store: SystemLogDeps["store"] & Pick<LogStore, "findEventLagging"> }

/**
 * Publishes an event of the operator's own: appended to the log `system`, then to the bus and so to the endpoints that ask for
 * it. An id that was used before answers with the event that has it; within an index's lag it may be appended twice, with one
 * id, and is delivered once to each endpoint.
 */
export const publishCustom = async (
  custom: { id: string; type: CustomType; data: Record<string, unknown> },
  deps: CustomDeps,
): Promise<LogRow> => {
  const known = await deps.store.findEventLagging(custom.id)
  if (known?.log === SYSTEM_LOG) return known
  // The catalogue's types are the relay's own; this one's shape is known to its publisher alone.
  const event = { ...custom, timestamp: iso(deps.clock.now()) } as unknown as Event
  const row = await appendToSystemLog(event, deps)
  // Refused by the bus, or dead here: the sweep drains the log.
  await drainSystemLog(deps)
  return row
}
