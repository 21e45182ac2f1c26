import { isFinished, WORK_SHARDS, type DeliveryRow } from "../delivery.ts"
import { gateOf, type Gate } from "../endpoint.ts"
import { messageOf } from "../error.ts"
import { drainSystemLog } from "../log/system.ts"
import { MINUTE_MS, SECOND_MS, type Instant } from "../time.ts"
import type { DeliverDeps } from "./deps.ts"
import { wakeUp } from "./wake-up.ts"
import { tellExhausted } from "./exhausted.ts"
import { cancelled, DUE_GRACE_MS, next } from "./plan.ts"

/** Entries of one shard, and held deliveries of one endpoint, that one sweep looks at. */
const DUE_MAX = 200
const HELD_MAX = 500
/** The function's timeout is 50 s. */
const SWEEP_MS_MAX = 40 * SECOND_MS
/** A due entry whose message was sent stands so far ahead: if the message gets lost too, it is found again. */
const MOVED_ON_MS = 10 * MINUTE_MS

export interface Swept {
  woken: number
  released: number
}

/**
 * Finds open deliveries whose queue message is gone or never was (waits beyond the queue's delay), held ones whose endpoint's gate
 * is open again, and events of the log `system` that nobody published. Everything it finds in an index is read again first. What
 * fails stops nothing else, and is thrown at the end; what there is no time for is for the next sweep.
 */
export const sweep = async (deps: DeliverDeps): Promise<Swept> => {
  const until = deps.clock.now() + SWEEP_MS_MAX
  const failures: unknown[] = []
  const attempt = async (work: () => Promise<number>): Promise<number> => {
    if (deps.clock.now() > until) return 0
    try {
      return await work()
    } catch (error) {
      failures.push(error)
      deps.logger.error("sweep.failed", { error: messageOf(error) })
      return 0
    }
  }
  await attempt(async () => {
    await drainSystemLog(deps)
    return 0
  })
  let released = 0
  const endpoints = [...(await deps.store.listEndpoints()), ...(await deps.store.listDeletedEndpoints())]
  for (const endpoint of endpoints)
    released += await attempt(() => sweepHeld(endpoint.id, gateOf(endpoint, deps.clock.now()), until, deps))
  const shards = Array.from({ length: WORK_SHARDS }, (_, shard) => attempt(() => sweepShard(shard, until, deps)))
  const woken = (await Promise.all(shards)).reduce((sum, count) => sum + count, 0)
  const [failure] = failures
  if (failure !== undefined) throw failure as Error
  return { woken, released }
}

const sweepShard = async (shard: number, until: Instant, deps: DeliverDeps): Promise<number> => {
  const keys = await deps.store.listDueLagging(shard, deps.clock.now(), DUE_MAX)
  for (const { eventId, endpointId } of keys) {
    if (deps.clock.now() > until) break
    const row = await deps.store.getDelivery(eventId, endpointId)
    if (row?.work?.kind !== "due" || row.work.at > deps.clock.now()) continue
    if (isFinished(row.status)) await tellExhausted(row, deps)
    else {
      // Sent first: a crash in between sends it twice, and the claim tells them apart.
      const [refusal] = await deps.queue.send([wakeUp(row, deps.clock.now())])
      if (refusal === null) await deps.store.moveDue(eventId, endpointId, row.work.at, deps.clock.now() + MOVED_ON_MS)
    }
  }
  return keys.length
}

/** Lets out what an endpoint held, or ends what waited longer than events are kept. */
const sweepHeld = async (endpointId: string, gate: Gate, until: Instant, deps: DeliverDeps): Promise<number> => {
  const keys = await deps.store.listHeldLagging(endpointId, HELD_MAX)
  let released = 0
  for (const key of keys) {
    if (deps.clock.now() > until) break
    const row = await deps.store.getDelivery(key.eventId, key.endpointId)
    if (row?.status !== "held") continue
    const now = deps.clock.now()
    if (now - row.createdAt > deps.settings.retentionMs)
      await deps.store.putDelivery(
        cancelled(row, "expired", { now, retentionMs: deps.settings.retentionMs }),
        row.version,
      )
    else if (gate.kind === "cancel")
      await deps.store.putDelivery(
        cancelled(row, gate.reason, { now, retentionMs: deps.settings.retentionMs }),
        row.version,
      )
    else if (gate.kind === "hold") break
    else if (await releaseHeld(row, now, deps)) released++
  }
  return released
}

const releaseHeld = async (row: DeliveryRow, now: number, deps: DeliverDeps): Promise<boolean> => {
  const open: DeliveryRow = {
    ...next(row, now),
    status: "retrying",
    statusReason: null,
    nextAttemptAt: now,
    work: { kind: "due", at: now + DUE_GRACE_MS },
  }
  if (!(await deps.store.putDelivery(open, row.version))) return false
  await deps.queue.send([wakeUp(open, now)])
  return true
}
