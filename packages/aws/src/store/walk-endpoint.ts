import type { DeliveryStatus } from "@posthorn/core/delivery"

import type { Access } from "./access.ts"
import type { Item } from "./item.ts"
import {
  deliveriesOf,
  failedPartition,
  heldClass,
  heldPartition,
  type IndexName,
  indexes,
  orderOfProbed,
  probedPartition,
  sortable,
} from "./keys.ts"

/** Circuits open seldom and probe more and more slowly: an endpoint with more deliveries that failed as probes is not to be expected. */
const PROBED_MAX = 1_000

/** Entries of an endpoint's deliveries below an order, newest first by when they were made. */
type Run = (table: Access, below: string, size: number) => Promise<Entry[]>

interface Entry {
  key: Item
  order: string
}

/** Of an index that sorts them so, behind a prefix of the sort key. */
const sortedRun =
  (index: IndexName, pk: string, prefix = "", orderOf = (sortKey: string) => sortKey.slice(prefix.length)): Run =>
  async (table, below, size) => {
    const entries = await table.query({ index, pk, range: ["<", prefix + below], newestFirst: true, limit: size })
    return entries
      .map((key) => ({ key, sortKey: String(key[indexes[index].sk]) }))
      .filter(({ sortKey }) => sortKey.startsWith(prefix))
      .map(({ key, sortKey }) => ({ key, order: orderOf(sortKey) }))
  }

/** These sort by something else: all are read. */
const probedRun =
  (endpointId: string): Run =>
  async (table, below, size) => {
    const entries = await table.query({ index: "work", pk: probedPartition(endpointId), limit: PROBED_MAX })
    return entries
      .map((key) => ({ key, order: orderOfProbed(String(key.wsk)) }))
      .filter(({ order }) => order < below)
      .sort(byOrder)
      .slice(0, size)
  }

/** What keeps a failed or held delivery in the index `work` finds the few among many; any other status is a filter. */
const runsOf = (endpointId: string, statuses: DeliveryStatus[] | undefined): Run[] => {
  const isIndexed = statuses !== undefined && statuses.every((status) => status === "held" || status === "exhausted")
  if (!isIndexed) return [sortedRun("list", deliveriesOf(endpointId))]
  const held = [
    ...[true, false].map((replay) => sortedRun("work", heldPartition(endpointId), heldClass(replay))),
    probedRun(endpointId),
  ]
  const failed = sortedRun("work", failedPartition(endpointId), "", (key) => key.slice(0, key.lastIndexOf("#")))
  return [...(statuses.includes("held") ? held : []), ...(statuses.includes("exhausted") ? [failed] : [])]
}

export interface EndpointWalk {
  endpointId: string
  statuses?: DeliveryStatus[] | undefined
  /** Below this order, or instant. */
  below?: string | undefined
  size: number
}

/** Keys of an endpoint's deliveries with their order, newest first. */
export async function* walkEndpoint(
  table: Access,
  { endpointId, statuses, below = sortable(Infinity), size }: EndpointWalk,
): AsyncGenerator<Entry[]> {
  const runs = runsOf(endpointId, statuses)
  for (let from = below; ;) {
    // The newest of every run, then the newest of them all: what is left over is found again below the last one taken.
    const found = await Promise.all(runs.map((run) => run(table, from, size)))
    const merged = new Map(found.flat().map((entry) => [entry.order, entry]))
    const chunk = [...merged.values()].sort(byOrder).slice(0, size)
    yield chunk
    const last = chunk.at(-1)
    if (last === undefined || merged.size < size) return
    from = last.order
  }
}

const byOrder = (a: Entry, b: Entry): number => (a.order < b.order ? 1 : -1)
