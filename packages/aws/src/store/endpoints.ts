import {
  circuitStates,
  closedCircuit,
  endpointFormats,
  endpointOrderings,
  endpointStatuses,
  type EndpointRow,
} from "@posthorn/core/endpoint"
import { ENDPOINTS_MAX, type EndpointStore } from "@posthorn/core/ports"
import { DAY_MS, SECOND_MS } from "@posthorn/core/time"
import * as z from "zod"

import type { Access } from "./access.ts"
import { unchanged } from "./expression.ts"
import { KEPT_BEHIND_RETENTION_MS } from "./retention.ts"
import { decodeRow, encodeRow, type Fields, type Item, json, orNull, plain } from "./item.ts"
import { endpointKey, ENDPOINTS, TTL } from "./keys.ts"

/** Deleted endpoints keep their rows, so more are read than ENDPOINTS_MAX. More than this many were never made by hand. */
const ENDPOINTS_READ_MAX = 20_000

const Text = z.record(z.string(), z.string())
/** Older rows know the first three fields only. */
const Circuit = z.object({
  state: z.enum(circuitStates),
  openedAt: z.number().nullable(),
  nextProbeAt: z.number().nullable(),
  failures: z.number().default(0),
  failedDeliveries: z.array(z.string()).default([]),
  failingSince: z.number().nullable().default(null),
  failedProbes: z.number().default(0),
  rate: z.number().nullable().default(null),
})
const Releaser = z.object({ tick: z.number(), at: z.number(), out: z.array(z.string()) })

/** Older rows have no `enabledAt`. */
type Stored = Omit<EndpointRow, "enabledAt"> & { enabledAt: EndpointRow["enabledAt"] | null }
const fields: Fields<Stored> = {
  id: plain("sk", z.string()),
  version: plain("v", z.number()),
  revision: plain("rev", z.number()),
  url: plain("url", z.string()),
  description: orNull("description", z.string()),
  eventTypes: json("types", z.array(z.string()), []),
  filter: json("filter", z.unknown(), null),
  format: plain("format", z.enum(endpointFormats)),
  ordering: plain("ordering", z.enum(endpointOrderings)),
  headers: json("headers", Text, {}),
  rateLimit: orNull("rateLimit", z.number()),
  metadata: json("metadata", Text, {}),
  secrets: json("secrets", z.array(z.object({ sealed: z.string(), expiresAt: z.number().nullable() })), []),
  rotatedAt: orNull("rotatedAt", z.number()),
  status: plain("status", z.enum(endpointStatuses)),
  disabledReason: orNull("disabledReason", z.enum(["gone", "failing"])),
  disabledAt: orNull("disabledAt", z.number()),
  circuit: json("circuit", Circuit, closedCircuit),
  releaser: json("releaser", Releaser.nullable(), null),
  notBefore: orNull("notBefore", z.number()),
  requestHash: orNull("requestHash", z.string()),
  enabledAt: orNull("enabledAt", z.number()),
  deletedAt: orNull("deletedAt", z.number()),
  createdAt: plain("createdAt", z.number()),
  updatedAt: plain("updatedAt", z.number()),
}

const decode = (item: Item): EndpointRow => {
  const row = decodeRow(fields, item)
  return { ...row, enabledAt: row.enabledAt ?? row.createdAt }
}

export const endpointStore = (table: Access, retentionDays: number): EndpointStore => ({
  async getEndpoint(id) {
    const item = await table.get(endpointKey(id))
    return item && decode(item)
  },

  async listEndpoints() {
    return (await all(table))
      .filter((row) => row.deletedAt === null)
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
      .slice(0, ENDPOINTS_MAX)
  },

  async listDeletedEndpoints() {
    return (await all(table))
      .filter((row) => row.deletedAt !== null)
      .sort((a, b) => (b.deletedAt ?? 0) - (a.deletedAt ?? 0))
      .slice(0, ENDPOINTS_MAX)
  },

  putEndpoint: (row, expectedVersion) =>
    table.put(
      { ...endpointKey(row.id), ...encodeRow<Stored>(fields, row), ...expiry(row, retentionDays) },
      unchanged("v", expectedVersion),
    ),
})

/** A deleted one's row explains the deliveries that were cancelled for it, which are gone by then; as long as events are kept. */
const expiry = ({ deletedAt }: EndpointRow, retentionDays: number): Item =>
  deletedAt === null
    ? {}
    : { [TTL]: Math.ceil((deletedAt + retentionDays * DAY_MS + KEPT_BEHIND_RETENTION_MS) / SECOND_MS) }

const all = async (table: Access): Promise<EndpointRow[]> => {
  const items = await table.query({ pk: ENDPOINTS, limit: ENDPOINTS_READ_MAX })
  // An endpoint left out gets no events: better to say so than to go on.
  if (items.length === ENDPOINTS_READ_MAX)
    throw new Error(`more than ${ENDPOINTS_READ_MAX} endpoints, deleted ones included`)
  return items.map(decode)
}
