import { createStore } from "@posthorn/aws/store/client"
import type { Store } from "@posthorn/core/ports"
import { DURATION_BUCKETS_MS } from "@posthorn/core/stats"
import { DAY_MS, MINUTE_MS } from "@posthorn/core/time"

import { counterOf, type Units } from "./dynamodb-counter.ts"
import { startDynamodbLocal } from "./dynamodb-engine.ts"
import * as live from "./dynamodb-units-rows.ts"
import { checkpoint, known, logRow } from "./rows.ts"

/** What each step costs, counted by DynamoDB Local: the figures follow from sizes and keys alone, so they never vary. */
export const countUnits = async (): Promise<Record<keyof typeof steps, Units>> => {
  const engine = await startDynamodbLocal()
  try {
    const count = counterOf(engine.client)
    const result: Partial<Record<keyof typeof steps, Units>> = {}
    for (const [name, step] of Object.entries(steps) as [keyof typeof steps, Step][]) {
      const tableName = await engine.createTable()
      const clock = { now: () => live.NOW + DAY_MS, sleep: async () => {} }
      const measured = await step(createStore({ client: engine.client, tableName, retentionDays: 30, clock }))
      result[name] = await count(measured)
    }
    return result as Record<keyof typeof steps, Units>
  } finally {
    await engine.close()
  }
}

/** Prepares a table, and answers what is to be counted. */
type Step = (store: Store) => Promise<() => Promise<unknown>>

const steps = {
  eventOf2KBWith200KnownIds: async (store) => {
    const before = checkpoint(live.CONVERSATION, {
      baseline: live.NOW,
      floor: live.NOW,
      known: known(200),
      sequences: { "message.received": 1_240, "message.sent": 871 },
    })
    await store.createAccount(live.liveAccount())
    await store.putCheckpoint(live.ACCOUNT, before, null)
    const after = { ...before, upto: 2_112, lastPosition: 2_112 }
    const row = logRow(live.ACCOUNT, 2_112, {
      event: live.eventOf(live.EVENT_BYTES),
      conversationId: live.CONVERSATION,
      sequence: 1_241,
      previous: 2_097,
    })
    return async () => {
      await store.appendEvent(row)
      await store.putCheckpoint(live.ACCOUNT, after, 1)
      await store.raisePublished(live.ACCOUNT, 2_112)
    }
  },
  firstTryDelivery: async (store) => async () => {
    await store.putDelivery(live.claimed(), null)
    await store.putDelivery(live.succeeded(), 1)
  },
  retryRecorded: async (store) => {
    await store.putDelivery(live.claimed(), null)
    return () => store.putDelivery(live.retrying(), 1)
  },
  dueEntryMoved: async (store) => {
    await store.putDelivery(live.retrying(), null)
    return () => store.moveDue(live.EVENT, live.ENDPOINT, live.NOW + 5_000, live.NOW + 605_000)
  },
  idlePoll: async (store) => {
    await store.createAccount(live.liveAccount())
    await store.claimHint(live.ACCOUNT, live.NOW, MINUTE_MS)
    return async () => {
      await store.acquireLease(live.ACCOUNT, live.OWNER, live.NOW, live.NOW + MINUTE_MS)
      await store.readLog(live.ACCOUNT, 2_111, 100)
      const progress = {
        lastPolledAt: live.NOW + 300,
        lastAttemptedAt: live.NOW + 300,
        nextPollAt: live.NOW + MINUTE_MS,
        updatedAt: live.NOW + 300,
      }
      await store.saveProgress(
        live.ACCOUNT,
        live.OWNER,
        { ...progress, status: "healthy", front: live.front(1), lagMs: 900 },
        true,
      )
    }
  },
  turnBehindOthers: async (store) => {
    await store.takeSlot(live.ENDPOINT, live.NOW, 50)
    return () => store.takeSlot(live.ENDPOINT, live.NOW, 50)
  },
  firstTurnForLong: async (store) => {
    await store.takeSlot(live.ENDPOINT, live.NOW, 50)
    return () => store.takeSlot(live.ENDPOINT, live.NOW + MINUTE_MS, 50)
  },
  minuteCounted: async (store) => {
    const counts = { seen: 12, succeeded: 400, failed: 7, held: 3, durations: DURATION_BUCKETS_MS.map(() => 99) }
    const delta = { endpointId: live.ENDPOINT, minute: live.NOW, ...counts }
    await store.addStats(delta)
    return () => store.addStats(delta)
  },
} satisfies Record<string, Step>
