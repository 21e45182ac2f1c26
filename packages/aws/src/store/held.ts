import type { WorkKey } from "@posthorn/core/delivery"

import type { Access, Query } from "./access.ts"
import { heldClass, heldPartition, pairOf, probedPartition } from "./keys.ts"

const partitionsOf = (endpointId: string): string[] => [heldPartition(endpointId), probedPartition(endpointId)]

const rangeOf = (only: "live" | "replay" | undefined): Query["range"] =>
  only === undefined ? undefined : [only === "live" ? "<" : ">", heldClass(true)]

/** Both partitions sort by class, instant and event: what is first in one of them is first in all. */
export const listHeld = async (
  table: Access,
  endpointId: string,
  limit: number,
  only: "live" | "replay" | undefined,
): Promise<WorkKey[]> => {
  const range = rangeOf(only)
  const found = await Promise.all(
    partitionsOf(endpointId).map((pk) => table.query({ index: "work", pk, limit, ...(range && { range }) })),
  )
  const entries = found.flat().sort((a, b) => (String(a.wsk) < String(b.wsk) ? -1 : 1))
  return entries.slice(0, limit).map((entry) => pairOf(entry))
}

export const countHeld = async (table: Access, endpointId: string, max: number): Promise<number> => {
  const counts = await Promise.all(partitionsOf(endpointId).map((pk) => table.count({ index: "work", pk, limit: max })))
  return Math.min(
    max,
    counts.reduce((sum, count) => sum + count, 0),
  )
}
