import { SYSTEM_LOG, type Event } from "../event.ts"
import type { LogRow } from "../log-row.ts"
import type { Clock, LogStore, Random } from "../ports.ts"
import { publish, readTail, type PublishDeps } from "./publish.ts"

const APPEND_TRIES = 8
const APPEND_PAUSE_MS = 20

export interface AppendDeps {
  store: Pick<LogStore, "appendEvent" | "getPublished" | "lastPosition">
  clock: Clock
  random: Random
}

export interface SystemLogDeps extends PublishDeps, AppendDeps {
  store: PublishDeps["store"] & AppendDeps["store"]
}

/**
 * Appends an event that belongs to no account. Anyone may append here at any time: whoever finds the position taken tries the
 * next one. Throws when it stays taken; what caused the event keeps its due entry, and brings it again.
 */
export const appendToSystemLog = async (event: Event, deps: AppendDeps): Promise<LogRow> => {
  for (let tries = 0; tries < APPEND_TRIES; tries++) {
    const published = await deps.store.getPublished(SYSTEM_LOG)
    // Retention may have removed every row, and positions must not start again.
    const position = Math.max(published, await deps.store.lastPosition(SYSTEM_LOG)) + 1
    const seenAt = deps.clock.now()
    const row: LogRow = {
      log: SYSTEM_LOG,
      position,
      event,
      seenAt,
      conversationId: null,
      sequence: null,
      previous: null,
      forgotten: false,
    }
    if (await deps.store.appendEvent(row)) return row
    await deps.clock.sleep(APPEND_PAUSE_MS * (1 + deps.random() * 2 ** tries))
  }
  throw new Error(`the log "${SYSTEM_LOG}" stayed busy over ${APPEND_TRIES} tries`)
}

/** Publishes what stands behind `published`. Also run by the sweep, for a writer that died in between. */
export const drainSystemLog = async (deps: SystemLogDeps): Promise<void> => {
  const tail = await readTail(SYSTEM_LOG, await deps.store.getPublished(SYSTEM_LOG), deps.store)
  await publish(tail, deps)
}
