import type { DeliveryRow, WorkKey } from "@posthorn/core/delivery"
import type { LogRow } from "@posthorn/core/log-row"
import type { Page, Store } from "@posthorn/core/ports"
import { WORK_SHARDS } from "@posthorn/core/delivery"

/**
 * Makes a store's indexes trail its table, as DynamoDB's do and no local engine shows: what was written less than
 * `operations` calls ago is missing from `…Lagging` reads, and what such a write took out of the due or held index is
 * still found there. Every call counts, so that whoever keeps asking sees it in the end.
 */
export const withIndexLag = (store: Store, { operations }: { operations: number }): Store => {
  let calls = 0
  /** Call at which a row was last written. */
  const written = new Map<string, number>()
  /** Entries that the table no longer has. */
  let ghosts: (Ghost & { until: number })[] = []

  const forget = (): void => {
    for (const [name, at] of written) if (calls - at >= operations) written.delete(name)
    ghosts = ghosts.filter(({ until }) => until > calls)
  }
  const isFresh = (name: string): boolean => written.has(name)
  const note = (name: string): void => {
    written.delete(name)
    written.set(name, calls)
  }
  const noteDelivery = (name: string, before: DeliveryRow | null): void => {
    note(name)
    if (before?.work?.kind === "due" || before?.work?.kind === "held") {
      const { eventId, endpointId, work } = before
      ghosts.push({ key: { eventId, endpointId }, work, until: calls + operations })
    }
  }
  /** Puts ghosts in front, each once: where in an index an entry stands is a wish, not a promise. */
  const haunted = (keys: WorkKey[], wanted: (ghost: Ghost) => boolean, limit: number): WorkKey[] => {
    const found = new Map<string, WorkKey>()
    for (const ghost of ghosts) if (wanted(ghost)) found.set(nameOf(ghost.key), ghost.key)
    for (const key of keys) if (!isFresh(nameOf(key))) found.set(nameOf(key), key)
    return [...found.values()].slice(0, limit)
  }
  const held = async (endpointId: string, limit: number, only?: "live" | "replay"): Promise<WorkKey[]> =>
    haunted(
      await store.listHeldLagging(endpointId, limit + written.size, only),
      ({ key, work }) =>
        work.kind === "held" &&
        key.endpointId === endpointId &&
        (only === undefined || work.replay === (only === "replay")),
      limit,
    )
  const without = <Row>(page: Page<Row>, name: (row: Row) => string): Page<Row> => ({
    rows: page.rows.filter((row) => !isFresh(name(row))),
    cursor: page.cursor,
  })

  const lagging: Partial<Store> = {
    appendEvent: async (row) => {
      const appended = await store.appendEvent(row)
      if (appended) note(placeOf(row))
      return appended
    },
    putDelivery: async (row, expectedVersion) => {
      const before = await store.getDelivery(row.eventId, row.endpointId)
      const put = await store.putDelivery(row, expectedVersion)
      if (put) noteDelivery(nameOf(row), before)
      return put
    },
    forgetDelivery: async (eventId, endpointId) => {
      const before = await store.getDelivery(eventId, endpointId)
      await store.forgetDelivery(eventId, endpointId)
      noteDelivery(nameOf({ eventId, endpointId }), before)
    },
    moveDue: async (eventId, endpointId, from, to) => {
      const before = await store.getDelivery(eventId, endpointId)
      const moved = await store.moveDue(eventId, endpointId, from, to)
      if (moved) noteDelivery(nameOf({ eventId, endpointId }), before)
      return moved
    },
    findEventLagging: async (eventId) => {
      const row = await store.findEventLagging(eventId)
      return row === null || isFresh(placeOf(row)) ? null : row
    },
    listEventsLagging: async (filters, page) => without(await store.listEventsLagging(filters, page), placeOf),
    listDueLagging: async (shard, now, limit) =>
      haunted(
        await store.listDueLagging(shard, now, limit + written.size),
        ({ key, work }) => work.kind === "due" && work.at <= now && shardOfGhost(key) === shard,
        limit,
      ),
    listHeldLagging: held,
    countHeldLagging: async (endpointId, max) => (await held(endpointId, max)).length,
    listDeliveriesLagging: async (filters, page) => without(await store.listDeliveriesLagging(filters, page), nameOf),
  }

  return new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(lagging, name) ?? Reflect.get(target, name)
      if (typeof method !== "function") return method
      return (...input: unknown[]): unknown => {
        calls += 1
        forget()
        return Reflect.apply(method, target, input)
      }
    },
  })
}

interface Ghost {
  key: WorkKey
  work: NonNullable<DeliveryRow["work"]>
}

const nameOf = ({ eventId, endpointId }: WorkKey): string => `${eventId} ${endpointId}`
const placeOf = ({ log, position }: LogRow): string => `${position} ${log}`

/** Any fixed shard does: who sweeps, sweeps them all. */
const shardOfGhost = ({ eventId }: WorkKey): number =>
  Buffer.from(eventId).readUInt16BE(eventId.length - 2) % WORK_SHARDS
