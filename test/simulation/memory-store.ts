import type { Account, Checkpoint } from "@posthorn/core/account"
import type { DeliveryRow, WorkKey } from "@posthorn/core/delivery"
import { WORK_SHARDS } from "@posthorn/core/delivery"
import type { EndpointRow } from "@posthorn/core/endpoint"
import type { LogRow } from "@posthorn/core/log-row"
import type { Budget } from "@posthorn/core/poll/budget"
import type { JobRow } from "@posthorn/core/job"
import type { KeyRow } from "@posthorn/core/key"
import type { BudgetStore, JobStore, KeyStore, SessionStore, SlotStore, StatsStore, Store } from "@posthorn/core/ports"
import type { SessionRow } from "@posthorn/core/session"
import type { StatsRow } from "@posthorn/core/stats"
import { pageOf } from "./memory-page.ts"

/** What a MemoryStore holds, for those who check it. */
export interface Tables {
  accounts: Map<string, Account>
  leases: Map<string, { owner: string; until: number }>
  checkpoints: Map<string, Checkpoint>
  logs: Map<string, LogRow[]>
  published: Map<string, number>
  endpoints: Map<string, EndpointRow>
  deliveries: Map<string, DeliveryRow>
  budget: Budget | null
  ticks: Set<number>
  reserved: Map<number, number>
  hints: Map<string, number>
  slots: Map<string, number>
  jobs: Map<string, JobRow>
  keys: Map<string, KeyRow>
  sessions: Map<string, SessionRow>
  stats: Map<string, StatsRow>
}

export type MemoryStore = Store & { tables: Tables }

/** The simulation's fast engine: maps of frozen rows. It passes the same contract as the stores of the runtimes. */
export const memoryStore = (): MemoryStore => {
  const tables: Tables = {
    accounts: new Map(),
    leases: new Map(),
    checkpoints: new Map(),
    logs: new Map(),
    published: new Map(),
    endpoints: new Map(),
    deliveries: new Map(),
    budget: null,
    ticks: new Set(),
    reserved: new Map(),
    hints: new Map(),
    slots: new Map(),
    jobs: new Map(),
    keys: new Map(),
    sessions: new Map(),
    stats: new Map(),
  }
  return {
    tables,
    ...accounts(tables),
    ...log(tables),
    ...endpoints(tables),
    ...deliveries(tables),
    ...budget(tables),
    ...small(tables),
  }
}

type Part<Name extends keyof Store> = Pick<Store, Name>

const accounts = (
  tables: Tables,
): Part<
  | "getAccount"
  | "listAccounts"
  | "createAccount"
  | "acquireLease"
  | "saveProgress"
  | "setNextPollAt"
  | "setWishes"
  | "claimHint"
  | "getCheckpoint"
  | "putCheckpoint"
> => {
  const read = (id: string): Account | null => {
    const account = tables.accounts.get(id)
    return account === undefined ? null : { ...account, published: tables.published.get(id) ?? account.published }
  }
  const change = (id: string, changes: Partial<Account>): void => {
    const account = tables.accounts.get(id)
    if (account !== undefined) tables.accounts.set(id, frozen({ ...account, ...changes }))
  }
  return {
    getAccount: async (id) => read(id),
    listAccounts: async () =>
      [...tables.accounts.keys()].sort().flatMap((id) => {
        const account = read(id)
        return account === null ? [] : [account]
      }),
    createAccount: async (account) => {
      if (tables.accounts.has(account.id)) return false
      tables.accounts.set(account.id, frozen(account))
      return true
    },
    acquireLease: async (id, owner, now, until) => {
      const lease = tables.leases.get(id)
      if (lease !== undefined && lease.owner !== owner && lease.until > now) return null
      const account = read(id)
      if (account !== null) tables.leases.set(id, { owner, until })
      return account
    },
    saveProgress: async (id, owner, progress, release) => {
      if (tables.leases.get(id)?.owner !== owner) return false
      change(id, progress)
      if (release) tables.leases.delete(id)
      return true
    },
    setNextPollAt: async (id, at) => change(id, { nextPollAt: at }),
    setWishes: async (id, wishes) => {
      change(id, wishes)
      return tables.accounts.has(id)
    },
    claimHint: async (id, now, gapMs) => {
      if (!tables.accounts.has(id) || (tables.hints.get(id) ?? -Infinity) > now - gapMs) return false
      tables.hints.set(id, now)
      return true
    },
    getCheckpoint: async (accountId, conversationId) =>
      tables.checkpoints.get(keyOf(accountId, conversationId)) ?? null,
    putCheckpoint: async (accountId, checkpoint, expectedUpto) => {
      const key = keyOf(accountId, checkpoint.conversationId)
      if ((tables.checkpoints.get(key)?.upto ?? null) !== expectedUpto) return false
      tables.checkpoints.set(key, frozen(checkpoint))
      return true
    },
  }
}

const log = (
  tables: Tables,
): Part<
  | "appendEvent"
  | "readLog"
  | "lastPosition"
  | "getEvent"
  | "findEventLagging"
  | "listEventsLagging"
  | "getPublished"
  | "raisePublished"
  | "forgetEvent"
> => {
  const rowsOf = (name: string): LogRow[] => tables.logs.get(name) ?? []
  const all = (): LogRow[] => [...tables.logs.values()].flat().filter((row) => !row.forgotten)
  return {
    appendEvent: async (row) => {
      const rows = rowsOf(row.log)
      if (rows.some(({ position }) => position === row.position)) return false
      const kept = [...rows, frozen(row)]
      // Nearly always the last one.
      if ((rows.at(-1)?.position ?? 0) > row.position) kept.sort((a, b) => a.position - b.position)
      tables.logs.set(row.log, kept)
      return true
    },
    readLog: async (name, after, limit) =>
      rowsOf(name)
        .filter(({ position }) => position > after)
        .slice(0, limit),
    lastPosition: async (name) => rowsOf(name).at(-1)?.position ?? 0,
    getEvent: async (name, position) => rowsOf(name).find((row) => row.position === position) ?? null,
    findEventLagging: async (eventId) =>
      [...tables.logs.values()]
        .flat()
        .filter(({ event }) => event.id === eventId)
        .sort((a, b) => Number(a.forgotten) - Number(b.forgotten))[0] ?? null,
    listEventsLagging: async (filters, page) =>
      pageOf(
        all().filter(
          (row) =>
            filters.types?.includes(row.event.type) !== false &&
            (filters.accountId === undefined || row.log === filters.accountId) &&
            (filters.conversationId === undefined || row.conversationId === filters.conversationId) &&
            within(row.seenAt, filters),
        ),
        (row) => [row.seenAt, `${row.log} ${row.position}`],
        page,
      ),
    getPublished: async (name) => tables.published.get(name) ?? tables.accounts.get(name)?.published ?? 0,
    raisePublished: async (name, position) => {
      tables.published.set(name, Math.max(tables.published.get(name) ?? 0, position))
    },
    forgetEvent: async (name, position) => {
      const emptied = rowsOf(name).map((row) =>
        row.position === position
          ? frozen({ ...row, forgotten: true, event: { ...row.event, data: {} as never } })
          : row,
      )
      tables.logs.set(name, emptied)
    },
  }
}

const endpoints = (tables: Tables): Part<"getEndpoint" | "listEndpoints" | "listDeletedEndpoints" | "putEndpoint"> => ({
  getEndpoint: async (id) => tables.endpoints.get(id) ?? null,
  listEndpoints: async () =>
    [...tables.endpoints.values()]
      .filter(({ deletedAt }) => deletedAt === null)
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
  listDeletedEndpoints: async () => [...tables.endpoints.values()].filter(({ deletedAt }) => deletedAt !== null),
  putEndpoint: async (row, expectedVersion) => {
    if ((tables.endpoints.get(row.id)?.version ?? null) !== expectedVersion) return false
    tables.endpoints.set(row.id, frozen(row))
    return true
  },
})

const deliveries = (
  tables: Tables,
): Part<
  | "getDelivery"
  | "putDelivery"
  | "moveDue"
  | "forgetDelivery"
  | "listDueLagging"
  | "listHeldLagging"
  | "countHeldLagging"
  | "listDeliveriesLagging"
> => {
  const all = (): DeliveryRow[] => [...tables.deliveries.values()]
  const held = (endpointId: string): DeliveryRow[] =>
    all()
      .filter((row) => row.endpointId === endpointId && row.work?.kind === "held")
      .sort((a, b) => classOf(a) - classOf(b) || heldAt(a) - heldAt(b) || (a.eventId < b.eventId ? -1 : 1))
  return {
    getDelivery: async (eventId, endpointId) => tables.deliveries.get(keyOf(eventId, endpointId)) ?? null,
    putDelivery: async (row, expectedVersion) => {
      const key = keyOf(row.eventId, row.endpointId)
      if ((tables.deliveries.get(key)?.version ?? null) !== expectedVersion) return false
      tables.deliveries.set(key, frozen(row))
      return true
    },
    forgetDelivery: async (eventId, endpointId) => void tables.deliveries.delete(keyOf(eventId, endpointId)),
    moveDue: async (eventId, endpointId, from, to) => {
      const row = tables.deliveries.get(keyOf(eventId, endpointId))
      if (row?.work?.kind !== "due" || row.work.at !== from) return false
      tables.deliveries.set(keyOf(eventId, endpointId), frozen({ ...row, work: { kind: "due", at: to } }))
      return true
    },
    listDueLagging: async (shard, now, limit) =>
      all()
        .filter((row) => shardOf(row.eventId) === shard && dueAt(row) <= now)
        .sort((a, b) => dueAt(a) - dueAt(b))
        .slice(0, limit)
        .map(workKey),
    listHeldLagging: async (endpointId, limit, only) =>
      held(endpointId)
        .filter((row) => only === undefined || classOf(row) === Number(only === "replay"))
        .slice(0, limit)
        .map(workKey),
    countHeldLagging: async (endpointId, max) => Math.min(max, held(endpointId).length),
    listDeliveriesLagging: async (filters, page) =>
      pageOf(
        all().filter(
          (row) =>
            filters.statuses?.includes(row.status) !== false &&
            (filters.endpointId === undefined || row.endpointId === filters.endpointId) &&
            (filters.eventId === undefined || row.eventId === filters.eventId) &&
            (filters.accountId === undefined || row.accountId === filters.accountId) &&
            within(row.createdAt, filters),
        ),
        (row) => [row.createdAt, `${row.eventId} ${row.endpointId}`],
        page,
      ),
  }
}

const budget = (tables: Tables): Part<keyof BudgetStore> => ({
  getBudget: async () => tables.budget,
  putBudget: async (row, expectedVersion) => {
    if ((tables.budget?.version ?? null) !== expectedVersion) return false
    tables.budget = frozen(row)
    return true
  },
  claimTick: async (minute) => {
    if (tables.ticks.has(minute)) return false
    tables.ticks.add(minute)
    return true
  },
  takeReserved: async (minute, max) => {
    const taken = tables.reserved.get(minute) ?? 0
    if (taken >= max) return false
    tables.reserved.set(minute, taken + 1)
    return true
  },
})

const small = (tables: Tables): SlotStore & JobStore & KeyStore & SessionStore & StatsStore => ({
  takeSlot: async (endpointId, now, intervalMs) => {
    const slot = Math.max(now, tables.slots.get(endpointId) ?? now)
    tables.slots.set(endpointId, slot + intervalMs)
    return slot
  },
  getJob: async (id) => tables.jobs.get(id) ?? null,
  listJobs: async () => [...tables.jobs.values()],
  putJob: async (row, expectedVersion) => putIf(tables.jobs, row, expectedVersion),
  getKey: async (id) => tables.keys.get(id) ?? null,
  listKeys: async () => [...tables.keys.values()],
  putKey: async (row, expectedVersion) => putIf(tables.keys, row, expectedVersion),
  deleteKey: async (id) => tables.keys.delete(id),
  getSession: async (id) => tables.sessions.get(id) ?? null,
  putSession: async (row) => {
    if (tables.sessions.has(row.id)) return false
    tables.sessions.set(row.id, frozen(row))
    return true
  },
  deleteSession: async (id) => tables.sessions.delete(id),
  addStats: async ({ endpointId, ...delta }) => {
    const key = keyOf(endpointId ?? "", String(delta.minute))
    const before = tables.stats.get(key)
    tables.stats.set(key, frozen(before === undefined ? delta : summed(before, delta)))
  },
  readStats: async (endpointId, since, until, limit) =>
    [...tables.stats]
      .filter(
        ([key, row]) =>
          key === keyOf(endpointId ?? "", String(row.minute)) && row.minute >= since && row.minute < until,
      )
      .map(([, row]) => row)
      .sort((a, b) => a.minute - b.minute)
      .slice(0, limit),
})

const summed = (a: StatsRow, b: StatsRow): StatsRow => ({
  minute: a.minute,
  seen: a.seen + b.seen,
  succeeded: a.succeeded + b.succeeded,
  failed: a.failed + b.failed,
  held: a.held + b.held,
  durations: a.durations.map((count, index) => count + (b.durations[index] ?? 0)),
})

const putIf = <Row extends { id: string; version: number }>(
  rows: Map<string, Row>,
  row: Row,
  expectedVersion: number | null,
): boolean => {
  if ((rows.get(row.id)?.version ?? null) !== expectedVersion) return false
  rows.set(row.id, frozen(row))
  return true
}

const keyOf = (...parts: string[]): string => JSON.stringify(parts)
const workKey = ({ eventId, endpointId }: DeliveryRow): WorkKey => ({ eventId, endpointId })
const classOf = ({ work }: DeliveryRow): number => (work?.kind === "held" && work.replay ? 1 : 0)
const heldAt = ({ work }: DeliveryRow): number => (work?.kind === "held" ? work.at : Infinity)
const dueAt = ({ work }: DeliveryRow): number => (work?.kind === "due" ? work.at : Infinity)
const shardOf = (eventId: string): number =>
  Array.from(eventId).reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % WORK_SHARDS
const within = (at: number, { since = -Infinity, until = Infinity }: { since?: number; until?: number }): boolean =>
  at >= since && at < until

/** A copy that nobody can change: rows are handed out as they are. */
const frozen = <Row>(row: Row): Row => deepFreeze(structuredClone(row))
const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
