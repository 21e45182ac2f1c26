import { type DeliveryRow, deliveryStatuses, errorKinds, triggers } from "@posthorn/core/delivery"
import type { DeliveryStore } from "@posthorn/core/ports"
import { SECOND_MS } from "@posthorn/core/time"
import * as z from "zod"

import type { Access } from "./access.ts"
import { unchanged } from "./expression.ts"
import { decodeRow, encodeRow, type Fields, type Item, jsonWithoutNulls, orNull, plain } from "./item.ts"
import {
  deliveryKey,
  deliveryListKeys,
  duePartition,
  pairOf,
  shardOf,
  sortable,
  TTL,
  workKeys,
  workOf,
} from "./keys.ts"
import { countHeld, listHeld } from "./held.ts"
import { listDeliveries } from "./list-deliveries.ts"

const Attempt = z.object({
  id: z.string(),
  number: z.number(),
  trigger: z.enum(triggers),
  startedAt: z.number(),
  durationMs: z.number(),
  outcome: z.enum(["succeeded", "failed"]),
  errorKind: z.enum(errorKinds).nullable().default(null),
  errorMessage: z.string().nullable().default(null),
  responseStatus: z.number().nullable().default(null),
  retryAfterSeconds: z.number().nullable().default(null),
  responseBody: z.string().nullable().default(null),
  responseBodyTruncated: z.boolean(),
})
const Claim = z.object({
  id: z.string(),
  number: z.number(),
  trigger: z.enum(triggers),
  startedAt: z.number(),
  until: z.number(),
})
const reasons = [
  ...["paused", "circuit_open", "retry_after", "disabled"],
  ...["endpoint_deleted", "endpoint_gone", "expired", "ordering"],
] as NonNullable<DeliveryRow["statusReason"]>[]

/** A first try, one attempt with it, is to stay within 1 KB: hence the short names. */
type Body = Omit<DeliveryRow, "eventId" | "endpointId" | "work">
const fields: Fields<Body> = {
  version: plain("v", z.number()),
  log: plain("log", z.string()),
  position: plain("pos", z.number()),
  eventType: plain("type", z.string()),
  accountId: orNull("acc", z.string()),
  status: plain("st", z.enum(deliveryStatuses)),
  statusReason: orNull("why", z.enum(reasons)),
  attempts: jsonWithoutNulls("tries", z.array(Attempt), []),
  attemptCount: plain("n", z.number()),
  scheduledAttempts: plain("sched", z.number()),
  trigger: plain("trig", z.enum(triggers)),
  claim: jsonWithoutNulls("claim", Claim.nullable(), null),
  released: orNull("rel", z.number()),
  slot: orNull("slot", z.number()),
  jobId: orNull("job", z.string()),
  nextAttemptAt: orNull("nxtAt", z.number()),
  createdAt: plain("creAt", z.number()),
  updatedAt: plain("updAt", z.number()),
  finishedAt: orNull("finAt", z.number()),
  expiresAt: orNull("expAt", z.number()),
}

const encode = (row: DeliveryRow): Item => ({
  ...deliveryKey(row.eventId, row.endpointId),
  ...deliveryListKeys(row),
  ...workKeys(row),
  ...encodeRow<Body>(fields, row),
  ...(row.expiresAt === null ? {} : { [TTL]: Math.ceil(row.expiresAt / SECOND_MS) }),
})

const decode = (item: Item): DeliveryRow => ({
  ...pairOf(item),
  ...decodeRow(fields, item),
  work: workOf(item),
})

export const deliveryStore = (table: Access, retentionDays: number): DeliveryStore => ({
  async getDelivery(eventId, endpointId) {
    const item = await table.get(deliveryKey(eventId, endpointId))
    return item && decode(item)
  },

  // The whole row: index entries whose keys are the same as before cost nothing.
  putDelivery: (row, expectedVersion) => table.put(encode(row), unchanged("v", expectedVersion)),

  async forgetDelivery(eventId, endpointId) {
    await table.remove(deliveryKey(eventId, endpointId))
  },

  async moveDue(eventId, endpointId, from, to) {
    const moved = await table.update(
      deliveryKey(eventId, endpointId),
      { set: { wsk: sortable(to) } },
      {
        expression: "wpk = :due AND wsk = :from",
        values: { ":due": duePartition(shardOf(eventId)), ":from": sortable(from) },
      },
    )
    return moved !== null
  },

  async listDueLagging(shard, now, limit) {
    const due = await table.query({ index: "work", pk: duePartition(shard), range: ["<=", sortable(now)], limit })
    return due.map((entry) => pairOf(entry))
  },

  listHeldLagging: (endpointId, limit, only) => listHeld(table, endpointId, limit, only),

  countHeldLagging: (endpointId, max) => countHeld(table, endpointId, max),

  listDeliveriesLagging: (filters, page) => listDeliveries(table, retentionDays, decode, filters, page),
})
