import { endpointStatuses, type EndpointRow } from "@posthorn/core/endpoint"
import { ENDPOINTS_MAX, type EndpointStore } from "@posthorn/core/ports"
import * as z from "zod"

import type { Access } from "./access.ts"
import { unchanged } from "./expression.ts"
import { decodeRow, encodeRow, type Fields, json, orNull, plain } from "./item.ts"
import { endpointKey, ENDPOINTS } from "./keys.ts"

/** Deleted endpoints keep their rows, so more are read than ENDPOINTS_MAX. More than this many were never made by hand. */
const ENDPOINTS_READ_MAX = 20_000

const Text = z.record(z.string(), z.string())
const Circuit = z.object({
  state: z.enum(["closed", "open", "ramping"]),
  openedAt: z.number().nullable(),
  nextProbeAt: z.number().nullable(),
})

const fields: Fields<EndpointRow> = {
  id: plain("sk", z.string()),
  version: plain("v", z.number()),
  revision: plain("rev", z.number()),
  url: plain("url", z.string()),
  description: orNull("description", z.string()),
  eventTypes: json("types", z.array(z.string()), []),
  filter: json("filter", z.unknown(), null),
  format: plain("format", z.literal("standard")),
  ordering: plain("ordering", z.literal("none")),
  headers: json("headers", Text, {}),
  rateLimit: orNull("rateLimit", z.number()),
  metadata: json("metadata", Text, {}),
  secrets: json("secrets", z.array(z.object({ sealed: z.string(), expiresAt: z.number().nullable() })), []),
  status: plain("status", z.enum(endpointStatuses)),
  disabledReason: orNull("disabledReason", z.enum(["gone", "failing"])),
  disabledAt: orNull("disabledAt", z.number()),
  circuit: json("circuit", Circuit, { state: "closed", openedAt: null, nextProbeAt: null }),
  notBefore: orNull("notBefore", z.number()),
  requestHash: orNull("requestHash", z.string()),
  deletedAt: orNull("deletedAt", z.number()),
  createdAt: plain("createdAt", z.number()),
  updatedAt: plain("updatedAt", z.number()),
}

export const endpointStore = (table: Access): EndpointStore => ({
  async getEndpoint(id) {
    const item = await table.get(endpointKey(id))
    return item && decodeRow(fields, item)
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
    table.put({ ...endpointKey(row.id), ...encodeRow(fields, row) }, unchanged("v", expectedVersion)),
})

const all = async (table: Access): Promise<EndpointRow[]> => {
  const items = await table.query({ pk: ENDPOINTS, limit: ENDPOINTS_READ_MAX })
  // An endpoint left out gets no events: better to say so than to go on.
  if (items.length === ENDPOINTS_READ_MAX)
    throw new Error(`more than ${ENDPOINTS_READ_MAX} endpoints, deleted ones included`)
  return items.map((item) => decodeRow(fields, item))
}
