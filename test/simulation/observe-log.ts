import type { Account, Checkpoint } from "@posthorn/core/account"
import type { EventData } from "@posthorn/core/event"
import { shortHash } from "@posthorn/core/id"
import type { LogRow } from "@posthorn/core/log-row"
import type { Bus, BusEntry, Store } from "@posthorn/core/ports"
import type { Process } from "./world.ts"

/** What has happened to logs, checkpoints and the bus, with every rule checked at the moment of the write. */
export interface LogHistory {
  rows: Map<string, LogRow[]>
  published: Map<string, number>
  checkpoints: Map<string, Checkpoint>
  /** `<log> <position>` of all that the bus has taken. */
  taken: Set<string>
  /** Entries that were given up and alarmed. */
  unpublishable: Set<string>
  /** Account -> the process whose view of upstream counts as the baseline. */
  baselinedBy: Map<string, Process>
  violations: string[]
}

export const newLogHistory = (): LogHistory => ({
  rows: new Map(),
  published: new Map(),
  checkpoints: new Map(),
  taken: new Set(),
  unpublishable: new Set(),
  baselinedBy: new Map(),
  violations: [],
})

type MessageRow = LogRow & { event: { data: EventData<"message.received"> } }
export const isNewMessage = (row: LogRow): row is MessageRow =>
  ["message.received", "message.sent", "message.unattributed"].includes(row.event.type)

/** The store, watched: `by` is the process that writes. */
export const observedStore = (store: Store, history: LogHistory, by: Process): Store => {
  const watched: Partial<Store> = {
    appendEvent: async (row) => {
      const appended = await store.appendEvent(row)
      if (appended) noteAppend(row, history)
      return appended
    },
    putCheckpoint: async (accountId, checkpoint, expectedUpto) => {
      const put = await store.putCheckpoint(accountId, checkpoint, expectedUpto)
      if (put) noteCheckpoint(accountId, checkpoint, history)
      return put
    },
    raisePublished: async (log, position) => {
      await store.raisePublished(log, position)
      notePublished(log, position, history)
    },
    saveProgress: async (id, owner, progress: Partial<Account>, release) => {
      const saved = await store.saveProgress(id, owner, progress, release)
      if (saved && (progress.baselinedAt ?? null) !== null && !history.baselinedBy.has(id))
        history.baselinedBy.set(id, by)
      return saved
    },
  }
  return new Proxy(store, {
    get: (target, name) => (Reflect.get(watched, name) as unknown) ?? (Reflect.get(target, name) as unknown),
  })
}

const noteAppend = (row: LogRow, history: LogHistory): void => {
  const rows = history.rows.get(row.log) ?? []
  history.rows.set(row.log, rows)
  if (row.position !== (rows.at(-1)?.position ?? 0) + 1)
    history.violations.push(`position ${row.position} of ${row.log} was appended after ${rows.length} rows`)
  if (rows.some(({ event }) => event.id === row.event.id))
    history.violations.push(`${row.event.type} ${row.event.id} stands twice in ${row.log}, again at ${row.position}`)
  if ((rows.at(-1)?.seenAt ?? 0) > row.seenAt) history.violations.push(`${row.log} is not sorted by seenAt`)
  rows.push(row)
}

/** A checkpoint never knows more than the log. */
const noteCheckpoint = (accountId: string, checkpoint: Checkpoint, history: LogHistory): void => {
  const name = `${accountId} ${checkpoint.conversationId}`
  const before = history.checkpoints.get(name)
  history.checkpoints.set(name, checkpoint)
  const rows = (history.rows.get(accountId) ?? []).filter((row) => row.conversationId === checkpoint.conversationId)
  const hashes = new Set(rows.filter(isNewMessage).map((row) => shortHash(row.event.data.message.id)))
  if (checkpoint.known.some(({ hash }) => !hashes.has(hash)))
    history.violations.push(`checkpoint ${name} knows a message that has no event`)
  if (checkpoint.upto > (rows.at(-1)?.position ?? 0))
    history.violations.push(`checkpoint ${name} is folded up to ${checkpoint.upto}, past what was stored`)
  if (before !== undefined && (checkpoint.upto < before.upto || (before.upto > 0 && checkpoint.floor < before.floor)))
    history.violations.push(`checkpoint ${name} went back`)
}

const notePublished = (log: string, position: number, history: LogHistory): void => {
  const before = history.published.get(log) ?? 0
  history.published.set(log, Math.max(before, position))
  for (const row of (history.rows.get(log) ?? []).slice(before, position)) {
    const name = `${log} ${row.position}`
    if (!history.taken.has(name) && !history.unpublishable.has(row.event.id))
      history.violations.push(`published of ${log} passed ${row.position}, which the bus has not taken`)
    const upto = history.checkpoints.get(`${log} ${row.conversationId ?? ""}`)?.upto ?? 0
    if (row.conversationId !== null && upto < row.position)
      history.violations.push(`published of ${log} passed ${row.position}, which is in no checkpoint`)
  }
  if (position > (history.rows.get(log)?.length ?? 0))
    history.violations.push(`published of ${log} is ${position}, past its last row`)
}

/** The bus, watched: what is on it is in its log. */
export const observedBus = (bus: Bus, history: LogHistory): Bus => ({
  publish: async (entries: BusEntry[]) => {
    const answers = await bus.publish(entries)
    entries.forEach((entry, index) => {
      if (answers[index] !== null) return
      history.taken.add(`${entry.log} ${entry.position}`)
      if (history.rows.get(entry.log)?.[entry.position - 1]?.event.id !== entry.event.id)
        history.violations.push(`${entry.event.id} is on the bus, but not at ${entry.position} of ${entry.log}`)
    })
    return answers
  },
})
