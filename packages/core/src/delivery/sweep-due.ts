import { type DeliveryRow, isFinished, type WorkKey } from "../delivery.ts"
import { BATCH_MAX } from "../ports.ts"
import { MINUTE_MS } from "../time.ts"
import type { DeliverDeps } from "./deps.ts"
import { tellExhausted } from "./exhausted.ts"
import type { Guard } from "./sweep-guard.ts"
import { wakeUp } from "./wake-up.ts"

/** Entries of one shard that are read from the index at once. */
const DUE_MAX = 200
/** So often one sweep reads on: 8 shards of 20,000 are the backlog of a long outage. */
const PAGES_MAX = 100
/** A due entry whose message was sent stands so far ahead: if the message gets lost too, it is found again. */
const MOVED_ON_MS = 10 * MINUTE_MS

/** Sends what is due in one shard, and tells of what was exhausted. Answers how many entries it dealt with. */
export const sweepDue = async (shard: number, guard: Guard, deps: DeliverDeps): Promise<number> => {
  let woken = 0
  for (let page = 0; page < PAGES_MAX; page++) {
    const keys = (await guard(() => deps.store.listDueLagging(shard, deps.clock.now(), DUE_MAX))) ?? []
    let moved = 0
    for (let start = 0; start < keys.length; start += BATCH_MAX)
      moved += (await guard(() => wakeBatch(keys.slice(start, start + BATCH_MAX), guard, deps))) ?? 0
    woken += moved
    // No progress: the index still shows what was moved, the queue takes nothing, or time is over.
    if (keys.length < DUE_MAX || moved === 0) break
  }
  return woken
}

const wakeBatch = async (keys: WorkKey[], guard: Guard, deps: DeliverDeps): Promise<number> => {
  const { store, clock, queue } = deps
  const read = await Promise.all(keys.map((key) => guard(() => store.getDelivery(key.eventId, key.endpointId))))
  const due = read.filter((row): row is DueRow => row?.work?.kind === "due" && row.work.at <= clock.now())
  let told = 0
  for (const row of due) if (isFinished(row.status) && (await guard(() => tellExhausted(row, deps))) !== null) told++
  const open = due.filter((row) => !isFinished(row.status))
  if (open.length === 0) return told
  // Sent first: a crash in between sends them twice, and the claim tells them apart.
  const refusals = await queue.send(open.map((row) => wakeUp(row, Math.max(clock.now(), row.nextAttemptAt ?? 0))))
  const sent = open.filter((_, index) => refusals[index] === null)
  const movedOn = clock.now() + MOVED_ON_MS
  await Promise.all(sent.map((row) => guard(() => store.moveDue(row.eventId, row.endpointId, row.work.at, movedOn))))
  return told + sent.length
}

type DueRow = DeliveryRow & { work: { kind: "due"; at: number } }
