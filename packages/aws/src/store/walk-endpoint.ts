import type { DeliveryStatus } from "@posthorn/core/delivery"

import type { Access } from "./access.ts"
import type { Item } from "./item.ts"
import { deliveriesOf, failedPartition, heldClass, heldPartition, type IndexName, indexes, sortable } from "./keys.ts"

/** One run of index entries that is sorted by when its deliveries were made. */
interface Run {
  index: IndexName
  pk: string
  /** Before the order in the sort key. */
  prefix: string
  orderOf: (sortKey: string) => string
}

/** What keeps a failed or held delivery in the index `work` finds the few among many; any other status is a filter. */
const runsOf = (endpointId: string, statuses: DeliveryStatus[] | undefined): Run[] => {
  const held = [true, false].map((replay): Run => {
    const prefix = heldClass(replay)
    return { index: "work", pk: heldPartition(endpointId), prefix, orderOf: (key) => key.slice(prefix.length) }
  })
  const failed: Run = {
    index: "work",
    pk: failedPartition(endpointId),
    prefix: "",
    orderOf: (key) => key.slice(0, key.lastIndexOf("#")),
  }
  const all: Run = { index: "list", pk: deliveriesOf(endpointId), prefix: "", orderOf: (key) => key }
  const isIndexed = statuses !== undefined && statuses.every((status) => status === "held" || status === "exhausted")
  if (!isIndexed) return [all]
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
): AsyncGenerator<{ key: Item; order: string }[]> {
  const runs = runsOf(endpointId, statuses)
  for (let from = below; ;) {
    // The newest of every run, then the newest of them all: what is left over is found again below the last one taken.
    const found = await Promise.all(runs.map((run) => newestOf(table, run, from, size)))
    const merged = new Map(found.flat().map((entry) => [entry.order, entry]))
    const chunk = [...merged.values()].sort((a, b) => (a.order < b.order ? 1 : -1)).slice(0, size)
    yield chunk
    const last = chunk.at(-1)
    if (last === undefined || merged.size < size) return
    from = last.order
  }
}

const newestOf = async (table: Access, { index, pk, prefix, orderOf }: Run, below: string, size: number) => {
  const entries = await table.query({ index, pk, range: ["<", prefix + below], newestFirst: true, limit: size })
  return entries
    .map((entry) => ({ key: entry, sortKey: String(entry[indexes[index].sk]) }))
    .filter(({ sortKey }) => sortKey.startsWith(prefix))
    .map(({ key, sortKey }) => ({ key, order: orderOf(sortKey) }))
}
