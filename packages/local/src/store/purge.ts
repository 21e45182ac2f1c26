import type { DatabaseSync, StatementSync } from "node:sqlite"

import { STATS_KEPT_MS } from "@posthorn/core/stats"
import { DAY_MS, type Instant } from "@posthorn/core/time"

import type { Writer } from "./writer.ts"

export interface Purged {
  events: number
  deliveries: number
  deadLetters: number
  endpoints: number
  jobs: number
  stats: number
  slots: number
  sessions: number
}

/** Deletes what retention no longer covers; answers how much. What one call leaves, the next one finds. */
export type Purge = (now: Instant, retentionMs: number) => Promise<Purged>

/** Events outlive their deliveries, which refer to them. */
const EVENT_SLACK_MS = 8 * DAY_MS
const BATCH = 200
const BATCHES_MAX = 500

/** `forget` is called when rows are gone, so that none is served from memory. */
export const createPurge = (db: DatabaseSync, writer: Writer, forget: () => void): Purge => {
  // Unpublished rows stay, however old: they are the outbox.
  const events = db.prepare(
    `DELETE FROM events WHERE id IN (
       SELECT events.id FROM events JOIN logs USING (log)
       WHERE seen_at < ? AND position <= published ORDER BY seen_at LIMIT ${BATCH})`,
  )
  // A finished row that is still due has something to say first.
  const deliveries = db.prepare(
    `DELETE FROM deliveries WHERE id IN (
       SELECT id FROM deliveries WHERE expires_at <= ? AND (work IS NULL OR work = 'failed') ORDER BY expires_at LIMIT ${BATCH})`,
  )

  const deadLetters = db.prepare(
    `DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE died_at < ? LIMIT ${BATCH})`,
  )

  // Its row explains deliveries that were cancelled for it: gone when they are.
  const endpoints = db.prepare(
    `DELETE FROM endpoints WHERE id IN (SELECT id FROM endpoints WHERE deleted_at < ? LIMIT ${BATCH})`,
  )

  const jobs = db.prepare(
    `DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE expires_at <= ? ORDER BY expires_at LIMIT ${BATCH})`,
  )

  const stats = db.prepare(
    `DELETE FROM stats WHERE id IN (SELECT id FROM stats WHERE minute < ? ORDER BY minute LIMIT ${BATCH})`,
  )

  // A turn in the past says no more than none.
  const slots = db.prepare(
    `DELETE FROM slots WHERE endpoint_id IN (SELECT endpoint_id FROM slots WHERE free_at < ? LIMIT ${BATCH})`,
  )

  const sessions = db.prepare(
    `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ${BATCH})`,
  )

  const inBatches = async (statement: StatementSync, before: Instant): Promise<number> => {
    let total = 0
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const deleted = Number((await writer.write(() => statement.run(before))).changes)
      total += deleted
      if (deleted < BATCH) break
    }
    return total
  }

  return async (now, retentionMs) => {
    const purged = {
      deliveries: await inBatches(deliveries, now),
      events: await inBatches(events, now - retentionMs - EVENT_SLACK_MS),
      deadLetters: await inBatches(deadLetters, now - retentionMs),
      endpoints: await inBatches(endpoints, now - retentionMs - EVENT_SLACK_MS),
      jobs: await inBatches(jobs, now),
      stats: await inBatches(stats, now - STATS_KEPT_MS),
      slots: await inBatches(slots, now - DAY_MS),
      sessions: await inBatches(sessions, now),
    }
    forget()
    return purged
  }
}
