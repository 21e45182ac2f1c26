import { WORK_SHARDS } from "@posthorn/core/delivery"

/** The shard of the due index that an event's deliveries are in. Kept in the rows: a change needs a migration. */
export const shardOf = (eventId: string): number => {
  let sum = 0
  for (let index = 0; index < eventId.length; index += 1) sum += eventId.charCodeAt(index)
  return sum % WORK_SHARDS
}
